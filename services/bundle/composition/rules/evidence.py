"""How each piece of evidence comes: issued on the way, held already, looked up, or asked once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.bundle.composition.rules.bundle_records import Held
from services.bundle.composition.rules.item_records import EvidenceType, Requirement
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.selecting import ANYONE, Selected, Situation


@dataclass(frozen=True, slots=True)
class Sources:
    """Who issues what to whom among the selected members, and what the wallets hold."""

    types: Mapping[str, EvidenceType]
    issued: Mapping[tuple[str, str], Sequence[str]]
    held: Mapping[tuple[str, str], Sequence[Held]]

    @classmethod
    def of(
        cls,
        published: Published,
        members: Iterable[Selected],
        held: Iterable[Held],
        answers: Mapping[str, Any],
    ) -> "Sources":
        """Held evidence that is tied to a thing counts only for the thing the answers name."""
        issued: dict[tuple[str, str], list[str]] = {}
        for member in members:
            if evidence := member.version.item.issues:
                for owner in (member.owner, ANYONE):
                    issued.setdefault((evidence, owner), []).append(member.key)
        kept: dict[tuple[str, str], list[Held]] = {}
        for one in sorted(held, key=lambda h: (h.trust, h.id)):
            type_ = published.evidence.get(one.evidence)
            if type_ and _serves(one, type_.subject_field, answers):
                for owner in (one.owner, ANYONE):
                    kept.setdefault((one.evidence, owner), []).append(one)
        return cls(published.evidence, issued, kept)

    def fitting(self, key: tuple[str, str], lowest_trust: str) -> Held | None:
        """The best held evidence that suffices; the choice depends on nothing but what is held."""
        return next((h for h in self.held.get(key, ()) if h.suffices(lowest_trust)), None)


def _serves(held: Held, subject_field: str | None, answers: Mapping[str, Any]) -> bool:
    if subject_field is None:
        return True
    return held.subject is not None and answers.get(subject_field) == held.subject


@dataclass(slots=True)
class Gathering:
    """The plan's materials, what is not asked, and who waits for whom, while they grow."""

    waits: dict[str, dict[tuple[str, str | None], dict[str, Any]]] = field(default_factory=dict)
    materials: dict[str, dict[str, Any]] = field(default_factory=dict)
    not_asked: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)

    def wait(
        self, member: str, producer: str, state: str, evidence: str | None = None, why: str = ""
    ) -> None:
        """One wait per producer and evidence; "issued" is the stricter state."""
        waits = self.waits.setdefault(member, {})
        wait = waits.setdefault(
            (producer, evidence),
            {"member": producer, "state": state, "evidence": evidence, "why": why},
        )
        if state == "issued":
            wait["state"] = state


def gather(
    published: Published, members: Sequence[Selected], situation: Situation, held: Iterable[Held]
) -> tuple[Gathering, int]:
    """Settle every requirement; the number says how many there are when each member files alone."""
    applicant = published.bundle.applicant or ""
    sources = Sources.of(published, members, held, situation.answers)
    gathering, alone = Gathering(), 0
    for member in members:
        own = set()
        for need in member.version.item.requirements:
            if situation.holds(need.when):
                owner = member.owner_of(need, applicant)
                _settle(gathering, sources, member, need, owner)
                if need.source != "register":
                    own.add((need.evidence, owner))
        alone += len(own)
    return gathering, alone


def _settle(
    gathering: Gathering, sources: Sources, member: Selected, need: Requirement, owner: str
) -> None:
    key = (need.evidence, owner)
    type_ = sources.types[need.evidence]
    if producers := sources.issued.get(key):
        for producer in producers:
            gathering.wait(member.key, producer, need.waits_for, need.evidence, need.legal_basis)
            _spare(gathering, type_, owner, "issued", producer, member.key)
    elif need.source == "register":
        _spare(gathering, type_, owner, "register", None, member.key)
    elif held := sources.fitting(key, need.lowest_trust):
        _spare(gathering, type_, owner, "held", held.id, member.key)
    else:
        _ask(gathering, type_, owner, member, need)


def _spare(
    gathering: Gathering, type_: EvidenceType, owner: str, why: str, by: str | None, member: str
) -> None:
    entry = gathering.not_asked.setdefault(
        (type_.code, owner, why, by or ""),
        {
            "evidence": type_.code,
            "name": type_.name,
            "owner": owner,
            "why": why,
            "by": by,
            "for": [],
        },
    )
    if member not in entry["for"]:
        entry["for"].append(member)


def _ask(
    gathering: Gathering, type_: EvidenceType, owner: str, member: Selected, need: Requirement
) -> None:
    """Asked once, whoever needs it, and as the strictest of them needs it."""
    key = f"{type_.code}:{owner}"
    kind = "commitment" if need.source == "commitment" else "evidence"
    material = gathering.materials.setdefault(
        key,
        {
            "key": key,
            "evidence": type_.code,
            "name": type_.name,
            "name_en": type_.name_en,
            "owner": owner,
            "kind": kind,
            "lowest_trust": need.lowest_trust,
            "deferrable": need.deferrable,
            "why": [],
        },
    )
    if kind == "evidence":
        material["kind"] = kind
    material["lowest_trust"] = min(material["lowest_trust"], need.lowest_trust)
    material["deferrable"] = material["deferrable"] and need.deferrable
    material["why"].append(
        {
            "member": member.key,
            "item": member.version.item.code,
            "legal_basis": need.legal_basis,
            "condition": need.when,
        }
    )
