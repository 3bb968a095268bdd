"""How each piece of evidence comes: issued on the way, held already, looked up, replaced by a
commitment that the applicant chose, or asked once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.bundle.composition.rules.asking import Gathering
from services.bundle.composition.rules.bundle_records import Held
from services.bundle.composition.rules.commitments import Key
from services.bundle.composition.rules.field_records import EvidenceType
from services.bundle.composition.rules.item_records import Requirement
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

    def fitting(self, need: Requirement, owner: str) -> Held | None:
        """The best held evidence that suffices; the choice depends on nothing but what is held."""
        found = self.held.get((need.evidence, owner), ())
        return next((h for h in found if h.suffices(need.lowest_trust)), None)

    def answers(self, need: Requirement, owner: str) -> bool:
        """Whether nobody has to be asked for it."""
        return (
            (need.evidence, owner) in self.issued
            or need.source == "register"
            or self.fitting(need, owner) is not None
        )


def _serves(held: Held, subject_field: str | None, answers: Mapping[str, Any]) -> bool:
    if subject_field is None:
        return True
    return held.subject is not None and answers.get(subject_field) == held.subject


def gather(
    published: Published,
    members: Sequence[Selected],
    situation: Situation,
    sources: Sources,
    chosen: Collection[Key] = (),
) -> tuple[Gathering, int]:
    """Settle every requirement; the number says how many there are when each member files alone.

    `chosen`: the commitments that the applicant wants to sign.
    """
    applicant = published.bundle.applicant or ""
    gathering, alone = Gathering(situation, published.commitments), 0
    for member in members:
        own = set()
        for need in member.version.item.requirements:
            if situation.holds(need.when):
                owner = member.owner_of(need, applicant)
                _settle(gathering, sources, member, need, owner, chosen)
                if need.source != "register":
                    own.add((need.evidence, owner))
        for need, why in published.no_longer_asked.get(member.version.item.code, ()):
            if situation.holds(need.when):
                owner = member.owner_of(need, applicant)
                type_ = sources.types[need.evidence]
                gathering.spare(type_, owner, member, "retired", by=why.item)
        alone += len(own)
    return gathering, alone


def _settle(
    gathering: Gathering,
    sources: Sources,
    member: Selected,
    need: Requirement,
    owner: str,
    chosen: Collection[Key],
) -> None:
    type_ = sources.types[need.evidence]
    if producers := sources.issued.get((need.evidence, owner)):
        for producer in producers:
            gathering.wait(member.key, producer, need.waits_for, need.evidence, need.legal_basis)
            gathering.spare(type_, owner, member, "issued", by=producer)
    elif need.source == "register":
        gathering.spare(type_, owner, member, "register", register=need.register_name)
    elif held := sources.fitting(need, owner):
        gathering.spare(type_, owner, member, "held", by=held.id)
    elif gathering.may_sign(member, need) and _is_signed(member, need, chosen):
        gathering.sign(type_, owner, member, need)
    else:
        gathering.ask(type_, owner, member, need)


def _is_signed(member: Selected, need: Requirement, chosen: Collection[Key]) -> bool:
    """The applicant chose it, or the item takes nothing else."""
    key = member.version.item.code, need.commitment
    return need.source == "commitment" or key in chosen
