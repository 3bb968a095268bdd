"""What answers do to a plan: each part of it that is there or not, and what that hangs on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.bundle.composition.rules.bundle_records import Bundle, MemberDefinition
from services.bundle.composition.rules.conditions import Condition, Domains, every
from services.bundle.composition.rules.field_records import EvidenceType
from services.bundle.composition.rules.item_records import Item, ItemVersion

MOST_PER_EFFECT = 1024
MOST_AT_ONCE = 20_000
"""Combinations tried for one applicant's answers; beyond it a question counts as one that matters,
so the price of a bundle that is too large to look through is a question too many."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One part of a plan: there when all its conditions hold."""

    conditions: tuple[Condition, ...]
    value_of: str | None
    """A question whose very answer matters then: how often, or which premises."""

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple({code: None for one in self.conditions for code in one.reads})

    @property
    def questions(self) -> frozenset[str]:
        return frozenset(self.reads).union(self.counted)

    @property
    def counted(self) -> tuple[str, ...]:
        return (self.value_of,) if self.value_of else ()

    @property
    def key(self) -> tuple[frozenset[str], str | None]:
        """Equal for equal effects: members share conditions, and each is looked into once."""
        return frozenset(one.text for one in self.conditions), self.value_of

    def value(self, answers: Mapping[str, Any]) -> bool | None:
        values = [condition.value(answers) for condition in self.conditions]
        if False in values:
            return False
        return None if None in values else True


def effects_of(
    bundle: Bundle,
    items: Mapping[str, ItemVersion],
    types: Mapping[str, EvidenceType],
    conditions: Mapping[str, Condition],
) -> dict[str, tuple[Effect, ...]]:
    """By member, everything of it that answers can change."""
    return {
        member.member: tuple(_effects(bundle, member, items[member.item].item, types, conditions))
        for member in bundle.members
    }


def _effects(
    bundle: Bundle,
    member: MemberDefinition,
    item: Item,
    types: Mapping[str, EvidenceType],
    conditions: Mapping[str, Condition],
) -> Iterator[Effect]:
    repeated = member.repeat.count if member.repeat else None
    parts = [(None, repeated), *_parts(item, types, bundle.questions)]
    for when, value_of in dict.fromkeys(parts):
        texts = dict.fromkeys(text for text in (member.when, when) if text and text in conditions)
        if texts or value_of:
            yield Effect(tuple(conditions[text] for text in texts), value_of)


def _parts(
    item: Item, types: Mapping[str, EvidenceType], questions: Sequence[str]
) -> Iterator[tuple[str | None, str | None]]:
    """(condition, question whose answer says what the evidence is about) of all an item has."""
    for use in item.fields:
        yield use.when, None
    for situation in item.situations:
        yield situation.when, None
    for need in item.requirements:
        about = types[need.evidence].subject_field
        yield need.when, about if about in questions else None
    if item.issues:
        about = types[item.issues].subject_field
        yield None, about if about in questions else None


@dataclass(frozen=True, slots=True)
class Influence:
    """Questions whose answers can still change something; `unexamined`: nobody could tell."""

    certain: frozenset[str]
    unexamined: frozenset[str]


def influence(effects: Iterable[Effect], answers: Mapping[str, Any], domains: Domains) -> Influence:
    """Which unanswered questions can still change the plan, whatever the others are answered."""
    certain: set[str] = set()
    unexamined: set[str] = set()
    left = MOST_AT_ONCE
    for effect in effects:
        unanswered = [code for code in effect.reads if code not in answers]
        value_of = {code for code in effect.counted if code not in answers}
        if certain.issuperset(unanswered) and certain.issuperset(value_of):
            continue
        value = effect.value(answers)
        if value is not None or not unanswered:
            certain |= value_of if value else set()
            continue
        tried = every(unanswered, domains, min(MOST_PER_EFFECT, left))
        if tried is None:
            unexamined |= {*unanswered, *value_of}
            continue
        values = {tuple(one.values()): effect.value({**answers, **one}) for one in tried}
        left -= len(values)
        certain |= {code for at, code in enumerate(unanswered) if _differs(values, at)}
        certain |= value_of if True in values.values() else set()
    return Influence(frozenset(certain), frozenset(unexamined - certain))


def _differs(values: Mapping[tuple[Any, ...], bool | None], at: int) -> bool:
    """Whether some two answers that differ in one place alone make a difference."""
    seen: dict[tuple[Any, ...], bool | None] = {}
    for answers, value in values.items():
        if seen.setdefault((*answers[:at], *answers[at + 1 :]), value) is not value:
            return True
    return False
