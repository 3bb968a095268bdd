"""When a field or an evidence type makes sense."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.catalog.records.rules.flaws import RecordFaulty, flaw, unknown
from services.chassis.errors import Flaw


def check_evidence_type(record: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    """`fields`: type by code of the fields that exist."""
    tied = [record["subject_field"]] if record["subject_field"] else []
    flaws = unknown("/content/{}", record["content"], fields)
    flaws += unknown("/subject_field", tied, fields)
    flaws += _lists("/content/{}", record["content"], fields)
    flaws += _lists("/subject_field", tied, fields)
    if record["identifies"] and record["identifies"] not in record["content"]:
        told = "应是 content 中的一项。", "This should be one of `content`."
        flaws.append(flaw("identifies-nothing", "/identifies", *told))
    if flaws:
        raise RecordFaulty(errors=flaws)


def check_field(
    code: str,
    record: Mapping[str, Any],
    fields: Mapping[str, str],
    inside: bool,
    readers: Sequence[str] = (),
) -> None:
    """`fields`: type by code of the fields that exist; `inside`: a list or a certificate has it;
    `readers`: items whose conditions could not read it any more."""
    flaws = _of(code, record, fields)
    if readers:
        zh = f"事项 {'、'.join(readers[:5])} 的条件将不能再使用该字段。"
        en = f"The conditions of {', '.join(readers[:5])} could not read it any more."
        where = "/personal" if record["personal"] else "/type"
        flaws.append(flaw("conditions-broken", where, zh, en, items=list(readers)))
    if inside and record["type"] == "list":
        told = "列表或证照内容中的字段不能改为列表。", "It stands in a list or on a certificate."
        flaws.append(flaw("list-inside", "/type", *told))
    if (record["type"] == "choice") != bool(record["rule"]["options"]):
        told = "仅 choice 类型有 options，且必须有。", "A choice, and only a choice, has options."
        flaws.append(flaw("options-misplaced", "/rule/options", *told))
    low, high = record["rule"]["minimum"], record["rule"]["maximum"]
    if low is not None and high is not None and low > high:
        told = "下限大于上限。", "The minimum is above the maximum."
        flaws.append(flaw("empty-range", "/rule", *told))
    if flaws:
        raise RecordFaulty(errors=flaws)


def _of(code: str, record: Mapping[str, Any], fields: Mapping[str, str]) -> list[Flaw]:
    flaws = unknown("/of/{}", record["of"], fields)
    if (record["type"] == "list") != bool(record["of"]):
        told = "仅 list 类型有 of，且必须有。", "A list, and only a list, has `of`."
        flaws.append(flaw("entries-misplaced", "/of", *told))
    if code in record["of"] or any(fields.get(one) == "list" for one in record["of"]):
        told = "列表不能套列表。", "A list cannot hold lists."
        flaws.append(flaw("list-inside", "/of", *told))
    return flaws


def _lists(pointer: str, used: Iterable[str], fields: Mapping[str, str]) -> list[Flaw]:
    told = "证照内容不能是列表。", "A certificate carries no list."
    return [
        flaw("list-inside", pointer.format(place), *told)
        for place, code in enumerate(used)
        if fields.get(code) == "list"
    ]
