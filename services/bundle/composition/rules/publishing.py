"""Publishing: a draft bundle becomes ready to compose, or all its faults are told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.bundle.composition.rules import guardians, reachability, roles
from services.bundle.composition.rules.bundle_records import Bundle, MemberDefinition
from services.bundle.composition.rules.commitments import Commitment, commitments_of
from services.bundle.composition.rules.conditions import Condition
from services.bundle.composition.rules.effects import Effect, effects_of
from services.bundle.composition.rules.field_records import EvidenceType, FieldDefinition
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.item_records import ItemVersion, Requirement
from services.bundle.composition.rules.retirements import Retirement
from services.bundle.composition.rules.vocabulary import Items, gather
from services.chassis.errors import Conflict, Invalid


class BundleFaulty(Invalid):
    """This bundle cannot be published: it has faults."""

    zh = "该“一件事”存在问题，不能发布。"


class UnknownItem(Conflict):
    """The bundle names items that are not known here (yet)."""

    zh = "该“一件事”引用了（尚）未知的事项。"


@dataclass(frozen=True, slots=True)
class Published:
    """A bundle that passed, with all that composing needs: keep it, it is dear to make."""

    bundle: Bundle
    items: Mapping[str, ItemVersion]
    fields: Mapping[str, FieldDefinition]
    """Merged over all members: the strictest that any of their items says."""
    evidence: Mapping[str, EvidenceType]
    conditions: Mapping[str, Condition]
    """By their text."""
    classes: Mapping[str, Sequence[Any] | None]
    """For each question one answer of every class that no condition can tell apart."""
    effects: Mapping[str, tuple[Effect, ...]]
    """By member, what answers do to it."""
    distinct_effects: tuple[Effect, ...]
    commitments: Mapping[tuple[str, str], Commitment]
    """By (item, code): the texts that may be signed."""
    retired_members: tuple[tuple[MemberDefinition, ItemVersion, Retirement], ...] = ()
    """Members for whose item nobody can apply any more: they are told among those left out."""
    no_longer_asked: Mapping[str, tuple[tuple[Requirement, Retirement], ...]] = field(
        default_factory=dict
    )
    """By item, what it asked for and nobody issues any more."""

    @property
    def needed(self) -> frozenset[str]:
        """The evidence types that its items ask for."""
        versions = self.items.values()
        return frozenset(need.evidence for one in versions for need in one.item.requirements)


def publish(bundle: Bundle, items: Items) -> Published:
    """Check everything that can be checked before anybody applies.

    Raises UnknownItem (bundle may not have heard of the item yet: try again), or BundleFaulty
    with every fault found.  Circles and the promise are judged as if all members were selected:
    the worst case, so whatever the answers, no plan is circular or slower than promised.
    """
    _check_items_known(bundle, items)
    vocabulary, flaws = gather(bundle, items)
    compiled, classes, condition_flaws = reachability.conditions(bundle, items, vocabulary)
    flaws += roles.duplicates(bundle)
    flaws += roles.party_flaws(bundle, vocabulary)
    flaws += roles.question_flaws(bundle, vocabulary)
    flaws += roles.threshold_flaws(bundle, items, vocabulary)
    flaws += roles.member_flaws(bundle, items, vocabulary)
    flaws += guardians.ward_flaws(bundle, items)
    flaws += condition_flaws
    flaws += reachability.edge_flaws(bundle, items)
    flaws += reachability.order_flaws(bundle, items)
    if flaws:
        raise BundleFaulty(errors=flaws)
    used = {member.item: items[member.item] for member in bundle.members}
    effects = effects_of(bundle, used, vocabulary.evidence, compiled)
    distinct = {effect.key: effect for of_member in effects.values() for effect in of_member}
    return Published(
        bundle,
        used,
        vocabulary.fields,
        vocabulary.evidence,
        compiled,
        classes,
        effects,
        tuple(distinct.values()),
        commitments_of(used),
    )


def _check_items_known(bundle: Bundle, items: Items) -> None:
    unknown = [
        flaw(
            "unknown-item",
            pointer("members", index, "item"),
            f"事项 {member.item} 未知，或尚未收到其发布消息。",
            f"Item {member.item} is unknown, or its publication has not arrived yet.",
            item=member.item,
        )
        for index, member in enumerate(bundle.members)
        if member.item not in items
    ]
    if unknown:
        raise UnknownItem(errors=unknown, retry_after=2)
