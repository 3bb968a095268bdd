"""A sound item and what it may name, in few words; and what the rules tell of a changed one."""

from typing import Any

from services.catalog.records.rules import Vocabulary, item_flaws
from services.contracts import ItemDefinition

TYPES = {"area": "number", "purpose": "choice", "workers": "list", "sealed": "boolean"}
FIELDS = {code: {"type": kind, "personal": False} for code, kind in TYPES.items()} | {
    "owner_phone": {"type": "phone", "personal": True}
}
KNOWN = Vocabulary(
    departments={"market", "health", "city"},
    fields=FIELDS,
    evidence={"permit", "plan"},
    owners={("task-code", "T" * 24): "other-item"},
)
DAYS = {"value": 5, "unit": "working_day"}
PROMISE = {"code": "hygiene", "text": "本人承诺……"}
INSPECTION = {"kind": "inspect", "within": DAYS}
INSTANT: dict[str, Any] = {
    "fields": [{"field": "area"}, {"field": "owner_phone"}, {"field": "workers"}],
    "instant": {"rule": "area < 50.0", "commitment": "hygiene"},
    "commitments": [PROMISE],
    "supervision": [INSPECTION],
    "regulator": "health",
}


def item(**more: Any) -> dict[str, Any]:
    least = {"name": "事项", "department": "market", "region": "430700", "promised": DAYS}
    return ItemDefinition.model_validate(least | more).model_dump(mode="json")


def told(**more: Any) -> list[tuple[str, str]]:
    flaws = item_flaws(item(**more), KNOWN)
    for flaw in flaws:
        assert any(ord(char) > 0x4E00 for char in flaw.zh) and flaw.en.isprintable()
    return [(flaw.more["fault"], flaw.pointer) for flaw in flaws]


def days(value: int, unit: str = "working_day") -> dict[str, Any]:
    return {"value": value, "unit": unit}


def need(**more: Any) -> dict[str, Any]:
    return {"requirements": [{"evidence": "plan"} | more]}


def code(system: str, value: str) -> dict[str, Any]:
    return {"codes": [{"system": system, "value": value}]}
