"""When a catalogue record makes sense.  Plain values, no I/O."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from services.chassis.errors import Flaw, Invalid


class RecordFaulty(Invalid):
    """The record uses codes that do not exist, or contradicts itself."""

    zh = "记录使用了不存在的代码，或自相矛盾。"


def check_item(
    item: Mapping[str, Any],
    departments: Collection[str],
    fields: Collection[str],
    evidence: Collection[str],
) -> None:
    """Raise RecordFaulty with every flaw of an item at once."""
    flaws = [*_unknown("/department", [item["department"]], departments)]
    flaws += _unknown("/fields/{}/field", [use["field"] for use in item["fields"]], fields)
    needed = [one["evidence"] for one in item["requirements"]]
    flaws += _unknown("/requirements/{}/evidence", needed, evidence)
    flaws += _unknown("/issues", [item["issues"]] if item["issues"] else [], evidence)
    flaws += _twice("/fields/{}/field", [use["field"] for use in item["fields"]])
    if item["issues"] in needed:
        flaw = "事项不能以自己颁发的证明为前提。", "An item cannot need what it issues itself."
        flaws.append(Flaw("/issues", *flaw))
    flaws += _slower_than_the_law(item)
    if flaws:
        raise RecordFaulty(errors=flaws)


def check_evidence_type(record: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    """`fields`: type by code of the fields that exist."""
    tied = [record["subject_field"]] if record["subject_field"] else []
    flaws = _unknown("/content/{}", record["content"], fields)
    flaws += _unknown("/subject_field", tied, fields)
    flaws += _lists("/content/{}", record["content"], fields)
    flaws += _lists("/subject_field", tied, fields)
    if record["identifies"] and record["identifies"] not in record["content"]:
        flaw = "应是 content 中的一项。", "This should be one of `content`."
        flaws.append(Flaw("/identifies", *flaw))
    if flaws:
        raise RecordFaulty(errors=flaws)


def check_field(
    code: str, record: Mapping[str, Any], fields: Mapping[str, str], inside: bool
) -> None:
    """`fields`: type by code of the fields that exist; `inside`: a list or a certificate has it."""
    flaws = _of(code, record, fields)
    if inside and record["type"] == "list":
        flaw = "列表或证照内容中的字段不能改为列表。", "It stands in a list or on a certificate."
        flaws.append(Flaw("/type", *flaw))
    if (record["type"] == "choice") != bool(record["rule"]["options"]):
        flaw = "仅 choice 类型有 options，且必须有。", "A choice, and only a choice, has options."
        flaws.append(Flaw("/rule/options", *flaw))
    low, high = record["rule"]["minimum"], record["rule"]["maximum"]
    if low is not None and high is not None and low > high:
        flaws.append(Flaw("/rule", "下限大于上限。", "The minimum is above the maximum."))
    if flaws:
        raise RecordFaulty(errors=flaws)


def _of(code: str, record: Mapping[str, Any], fields: Mapping[str, str]) -> list[Flaw]:
    flaws = _unknown("/of/{}", record["of"], fields)
    if (record["type"] == "list") != bool(record["of"]):
        flaw = "仅 list 类型有 of，且必须有。", "A list, and only a list, has `of`."
        flaws.append(Flaw("/of", *flaw))
    if code in record["of"] or any(fields.get(one) == "list" for one in record["of"]):
        flaws.append(Flaw("/of", "列表不能套列表。", "A list cannot hold lists."))
    return flaws


def _lists(pointer: str, used: Iterable[str], fields: Mapping[str, str]) -> list[Flaw]:
    return [
        Flaw(pointer.format(place), "证照内容不能是列表。", "A certificate carries no list.")
        for place, code in enumerate(used)
        if fields.get(code) == "list"
    ]


def _unknown(pointer: str, used: Iterable[str], known: Collection[str]) -> list[Flaw]:
    return [
        Flaw(
            pointer.format(place), f"没有代码 {code}，请先登记。", f"{code} is not registered yet."
        )
        for place, code in enumerate(used)
        if code not in known
    ]


def _twice(pointer: str, used: list[str]) -> list[Flaw]:
    return [
        Flaw(pointer.format(place), f"{code} 重复。", f"{code} stands here twice.")
        for place, code in enumerate(used)
        if code in used[:place]
    ]


# Working hours of one unit: what a promise and a legal limit are compared in.
HOURS = {"hour": 1, "working_day": 8, "natural_day": 8}


def _slower_than_the_law(item: Mapping[str, Any]) -> list[Flaw]:
    legal, promised = item["legal"], item["promised"]
    if legal is None:
        return []
    allowed = legal["value"] * HOURS[legal["unit"]]
    if promised["value"] * HOURS[promised["unit"]] <= allowed:
        return []
    flaw = "承诺时限长于法定时限。", "The promise is slower than the legal limit."
    return [Flaw("/promised", *flaw)]
