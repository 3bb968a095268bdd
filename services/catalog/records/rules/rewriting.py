"""What a retirement makes of an item's requirements: the item as it is from that day on."""

from collections.abc import Iterable, Mapping
from typing import Any

LOOKED_UP = frozenset({"register", "commitment"})
"""Sources that ask nobody for the paper itself."""


def asks(need: Mapping[str, Any], evidence: str) -> bool:
    """Whether a requirement sends somebody to fetch this evidence."""
    return need["evidence"] == evidence and need["source"] not in LOOKED_UP


def is_kept(need: Mapping[str, Any]) -> bool:
    """Whether somebody answers, by a law, for asking what nobody issues."""
    return bool(need["kept_by"] and need["legal_basis"])


def rewritten(record: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The record with each change made; `changes` are dispositions with their evidence.

    What the record does not ask (any more) is not changed, so a change made twice is made once.
    """
    made = dict(record)
    for change in changes:
        evidence, needs = change["evidence"], made["requirements"]
        if not any(asks(need, evidence) for need in needs):
            continue
        made["requirements"] = [
            after
            for need in needs
            for after in (_after(need, change) if asks(need, evidence) else [need])
        ]
        if change["action"] == "commitment":
            others = [t for t in made["commitments"] if t["code"] != change["commitment"]["code"]]
            made["commitments"] = [*others, change["commitment"]]
    if made.get("later_filings"):
        made["later_filings"] = [_left(one, made) for one in made["later_filings"]]
    return made


def _left(later: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """A later filing asks no evidence that the item does not ask any more."""
    asked = {need["evidence"] for need in made["requirements"]}
    return {**later, "evidence": [one for one in later["evidence"] if one in asked]}


def _after(need: Mapping[str, Any], change: Mapping[str, Any]) -> list[dict[str, Any]]:
    match change["action"]:
        case "register":
            gone = {"deferrable": False, "deferral": None, "commitment": None}
            looked_up = {"source": "register", "register_name": change["register_name"]}
            return [{**need, **gone, **looked_up}]
        case "commitment":
            gone = {"deferrable": False, "deferral": None}
            code = change["commitment"]["code"]
            return [{**need, **gone, "source": "commitment", "commitment": code}]
        case "keep":
            kept = {"kept_by": change["kept_by"], "legal_basis": change["legal_basis"]}
            source = "applicant" if need["source"] == "item" else need["source"]
            return [{**need, **kept, "source": source}]
        case _:
            return []
