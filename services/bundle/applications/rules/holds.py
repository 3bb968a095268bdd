"""What keeps a member standing still at its desk, and who has to do something about it.

A hold has a kind and a number; its beginning and its end are told by two events that may arrive in
either order, or twice.  Whichever comes first makes the entry, and what has ended does not begin.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Any

Holds = Mapping[str, Mapping[str, Any]]


class Hold(StrEnum):
    CORRECTION = "correction"
    """补正: the applicant has to put something right."""
    PROCEDURE = "procedure"
    """特别程序: a step of the authority whose time is not counted."""
    EXTENSION = "extension"
    """延长期限: holds nothing up; entered as over, so that it is told once."""


def begun(holds: Holds, kind: Hold, number: int, since: str, facts: Mapping[str, Any]) -> Holds:
    """With the hold's beginning written down.  What is known already is not told anew."""
    known = holds.get(_key(kind, number), {})
    if "since" in known:
        return holds
    entry = {"kind": str(kind), "number": number, "until": None, **known, **facts, "since": since}
    return {**holds, _key(kind, number): entry}


def ended(holds: Holds, kind: Hold, number: int, until: str) -> Holds:
    known = holds.get(_key(kind, number), {"kind": str(kind), "number": number})
    if known.get("until"):
        return holds
    return {**holds, _key(kind, number): {**known, "until": until}}


def open_holds(holds: Holds) -> Iterator[Mapping[str, Any]]:
    """Those that have begun and not ended, in the order of their beginning."""
    on = [one for one in holds.values() if "since" in one and not one["until"]]
    yield from sorted(on, key=lambda one: str(one["since"]))


def open_correction(holds: Holds) -> Mapping[str, Any] | None:
    return next((one for one in open_holds(holds) if one["kind"] == Hold.CORRECTION), None)


def lessened(holds: Holds, gone: Collection[str], until: str) -> Holds:
    """With evidence that is no longer asked taken out of an open correction; one that asks for
    nothing else is over."""
    asked = open_correction(holds)
    if asked is None:
        return holds
    left = [key for key in asked["materials"] if key.partition(":")[0] not in gone]
    if left == asked["materials"]:
        return holds
    gaps = [g for g in asked["gaps"] if (g["evidence"] or "").partition(":")[0] not in gone]
    less = {**asked, "materials": left, "gaps": gaps}
    if not left and not asked["fields"]:
        less["until"] = until
    return {**holds, _key(Hold(asked["kind"]), asked["number"]): less}


def _key(kind: Hold, number: int) -> str:
    return f"{kind}/{number}"
