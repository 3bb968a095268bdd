"""What may be asked of a result later (延续, 变更, 补证): a part of what the item itself asks."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.catalog.records.rules.conditions import LITERAL, names
from services.catalog.records.rules.flaws import flaw, twice
from services.chassis.errors import Flaw

Json = Mapping[str, Any]
OF_RENEWALS = ("days_before", "deemed_consent")


def later_flaws(item: Json) -> list[Flaw]:
    offered = item.get("later_filings", ())
    flaws = twice("/later_filings/{}/kind", [one["kind"] for one in offered])
    if offered and item["issues"] is None:
        told = "该事项不颁发证照，没有可延续、变更或补发的结果。", "The item issues nothing."
        flaws.append(flaw("later-filing-without-result", "/later_filings", *told))
    for place, one in enumerate(offered):
        flaws += _one(item, one, f"/later_filings/{place}")
    return flaws


def _one(item: Json, one: Json, pointer: str) -> Iterator[Flaw]:
    yield from _parts(item, one, pointer)
    yield from _unfed(item, one, pointer)
    if one["kind"] == "renewal" and item["validity"] is None:
        told = "结果长期有效，无需延续。", "What does not expire is not renewed."
        yield flaw("renewal-without-end", f"{pointer}/kind", *told)
    for name in OF_RENEWALS if one["kind"] != "renewal" else ():
        if one[name] not in (None, ""):
            told = "只有延续才有此项。", "Only a renewal has this."
            yield flaw("renewal-only", f"{pointer}/{name}", *told)


def _parts(item: Json, one: Json, pointer: str) -> Iterator[Flaw]:
    """It asks nothing that a first filing does not ask: that has its reasons in the record."""
    asked = {
        "fields": {use["field"] for use in item["fields"]},
        "evidence": {need["evidence"] for need in item["requirements"]},
    }
    for name, known in asked.items():
        yield from twice(f"{pointer}/{name}/{{}}", one[name])
        for place, code in enumerate(one[name]):
            if code not in known:
                zh = f"该事项本身不要求 {code}，请先写入 fields 或 requirements。"
                en = f"The item itself does not ask for {code}: name it there first."
                yield flaw("not-asked-at-all", f"{pointer}/{name}/{place}", zh, en, code=code)


def _unfed(item: Json, one: Json, pointer: str) -> Iterator[Flaw]:
    """No bundle puts its questions here, so its conditions read the item's own fields."""
    own = {use["field"] for use in item["fields"]}
    uses = [use for use in item["fields"] if use["field"] in one["fields"]]
    needs = [need for need in item["requirements"] if need["evidence"] in one["evidence"]]
    for asked in (*uses, *needs):
        when = asked["when"]
        if when and not _reads_only(when, own):
            zh = f"条件“{when}”所用字段不全在该事项的表单中，单独申请时无从判断。"
            en = f"The condition `{when}` reads what the item does not ask, so nobody answers it."
            yield flaw("condition-unfed", pointer, zh, en)


def _reads_only(when: str, own: set[str]) -> bool:
    words = names(LITERAL.sub("''", when)) - {"true", "false", "in", "null", "size"}
    return words <= own
