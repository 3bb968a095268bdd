"""What is filed already and not decided is shown, not filed a second time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.bundle.composition.rules.bundle_records import Held
from services.bundle.composition.rules.evidence import Sources
from services.bundle.composition.rules.field_records import EvidenceType
from services.bundle.composition.rules.item_records import ItemVersion
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.selecting import ANYONE, Selected, Situation


@dataclass(frozen=True, slots=True)
class OpenFiling:
    """A member of an application that nobody has decided: same item, same holder, same subject."""

    item: str
    owner: str
    """The role, in the bundle that is being composed, of whoever holds it."""
    application: str
    member: str


@dataclass(frozen=True, slots=True)
class Aside:
    """The members that are left to file, and why the others are not.

    What an open filing will issue reaches its holder's wallet, so whoever needs it is held back
    rather than asked for a paper that does not exist yet, and can be filed when it is there.
    """

    selected: list[Selected]
    sources: Sources
    already_open: list[dict[str, Any]]
    held_back: list[dict[str, Any]]


def set_aside(
    published: Published,
    everybody: Sequence[Selected],
    situation: Situation,
    held: Sequence[Held],
    open_filings: Sequence[OpenFiling],
) -> Aside:
    filings = {(one.item, one.owner): one for one in open_filings}
    open_ = {m.key: f for m in everybody if (f := filings.get((m.version.item.code, m.owner)))}
    waits: dict[str, list[str]] = {}
    while True:
        absent = [m for m in everybody if m.key in open_ or m.key in waits]
        left = [m for m in everybody if m.key not in open_ and m.key not in waits]
        sources = Sources.of(published, left, held, situation.answers)
        found = _held_back(published, left, absent, situation, sources) if absent else {}
        if not found:
            break
        waits |= found
    return Aside(
        left,
        sources,
        [_open(m, open_[m.key]) for m in everybody if m.key in open_],
        [_waiting(m, waits[m.key]) for m in everybody if m.key in waits],
    )


def _held_back(
    published: Published,
    left: Sequence[Selected],
    absent: Sequence[Selected],
    situation: Situation,
    sources: Sources,
) -> dict[str, list[str]]:
    found = {m.key: list(_awaited(published, m, absent, situation, sources)) for m in left}
    return {key: list(dict.fromkeys(awaited)) for key, awaited in found.items() if awaited}


def _awaited(
    published: Published,
    member: Selected,
    absent: Sequence[Selected],
    situation: Situation,
    sources: Sources,
) -> Iterator[str]:
    applicant = published.bundle.applicant or ""
    for need in member.version.item.requirements:
        owner = member.owner_of(need, applicant)
        makers = [
            one.key
            for one in absent
            if one.version.item.issues == need.evidence and owner in (one.owner, ANYONE)
        ]
        if makers and situation.holds(need.when) and not sources.answers(need, owner):
            yield from makers
    for edge in published.bundle.edges:
        if edge.target == member.definition.member:
            yield from (one.key for one in absent if one.definition.member == edge.source)


def _open(member: Selected, filing: OpenFiling) -> dict[str, Any]:
    return {
        **_named(member),
        "application": filing.application,
        "open_member": filing.member,
    }


def _waiting(member: Selected, waits_for: Sequence[str]) -> dict[str, Any]:
    return {**_named(member), "waits_for": list(waits_for)}


def _named(member: Selected) -> dict[str, Any]:
    item = member.version.item
    return {
        "member": member.key,
        "item": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "department": item.department,
    }


def subjects_of(version: ItemVersion, types: Mapping[str, EvidenceType]) -> frozenset[str]:
    """The evidence types of an item that are tied to a thing: they say what it is about."""
    needed = [need.evidence for need in version.item.requirements]
    known = {*needed, version.item.issues}
    return frozenset(code for code, type_ in types.items() if code in known and type_.subject_field)
