"""When an item makes sense: every contradiction is found, named and told at once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.catalog.records.rules import papers
from services.catalog.records.rules.conditions import condition_flaws, names
from services.catalog.records.rules.flaws import RecordFaulty, flaw, twice, unknown
from services.catalog.records.rules.instant import (
    commitment_flaws,
    instant_flaws,
    supervision_flaws,
)
from services.catalog.records.rules.later import later_flaws
from services.catalog.records.rules.powers import code_flaws, power_flaws, taken_flaws
from services.catalog.records.rules.times import time_flaws
from services.chassis.errors import Flaw


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an item may name."""

    departments: Collection[str]
    fields: Mapping[str, Mapping[str, Any]]
    """Their records, by code."""
    evidence: Collection[str]
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Which other item has a code (system, value) already."""


RESERVED = frozenset({"counts", "imports", "export", "import-template"})
"""Words that stand at `/items/...` where a code does: an item of such a code could not be read."""


def code_word_flaws(code: str) -> list[Flaw]:
    if code not in RESERVED:
        return []
    zh, en = (
        f"{code} 是接口路径用词，不能用作事项代码。",
        f"{code} is a word of our paths, not a code.",
    )
    return [flaw("reserved-code", "/code", zh, en)]


def check_item(item: Mapping[str, Any], known: Vocabulary) -> None:
    """Raise RecordFaulty with every flaw of an item at once."""
    if flaws := item_flaws(item, known):
        raise RecordFaulty(errors=flaws)


def item_flaws(item: Mapping[str, Any], known: Vocabulary) -> list[Flaw]:
    used = [use["field"] for use in item["fields"]]
    return [
        *power_flaws(item, known.departments),
        *code_flaws(item["codes"]),
        *taken_flaws(item["codes"], known.owners),
        *time_flaws(item),
        *unknown("/fields/{}/field", used, known.fields),
        *twice("/fields/{}/field", used),
        *twice("/situations/{}/code", [one["code"] for one in item["situations"]]),
        *twice("/thresholds/{}/name", [one["name"] for one in item["thresholds"]]),
        *threshold_flaws(item, known.fields),
        *papers.requirement_flaws(item, known.departments, known.evidence),
        *papers.result_flaws(item, known.evidence),
        *papers.fee_flaws(item),
        *commitment_flaws(item),
        *instant_flaws(item, known.fields),
        *supervision_flaws(item),
        *later_flaws(item),
        *when_flaws(item, known.fields),
    ]


def when_flaws(item: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> list[Flaw]:
    """A condition reads any field of the catalogue: the bundle's questions feed it, and those are
    never personal."""
    types = {code: one["type"] for code, one in fields.items()}
    personal = {code for code, one in fields.items() if one["personal"]}
    limits = {one["name"]: one["value"] for one in item.get("thresholds", ())}
    flaws = []
    for pointer, text in conditions(item):
        flaws += condition_flaws(pointer, text, types, personal, limits)
    return flaws


def threshold_flaws(
    item: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]
) -> Iterator[Flaw]:
    """A name in a condition means one thing.  One that none uses is left alone: a retirement may
    have taken the requirement away that did."""
    for place, one in enumerate(item["thresholds"]):
        name = one["name"]
        if name in fields:
            zh, en = f"门槛 {name} 与字段同名。", f"Threshold {name} has the name of a field."
            yield flaw("threshold-name", f"/thresholds/{place}/name", zh, en, field=name)


def conditions(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where the item has a condition, and which; its instant rule is not one of them."""
    for name in ("fields", "requirements", "situations"):
        for place, one in enumerate(item[name]):
            if one["when"] is not None:
                yield f"/{name}/{place}/when", one["when"]


def unreadable(
    field: str, items: Mapping[str, Mapping[str, Any]], fields: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Of `items` by code, those that read `field` in a condition and cannot with such `fields`."""
    return sorted(
        code for code, item in items.items() if _reads(item, field) and _broken(item, fields)
    )


def _reads(item: Mapping[str, Any], field: str) -> bool:
    texts = [text for _, text in conditions(item)]
    if item["instant"]:
        texts.append(item["instant"]["rule"])
    return any(field in names(text) for text in texts)


def _broken(item: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> bool:
    return bool(when_flaws(item, fields) or instant_flaws(item, fields))
