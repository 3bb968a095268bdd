"""A ward's relation to the guardian who files: shown by a paper that every desk of theirs sees."""

from collections.abc import Iterator

from services.bundle.composition.rules.bundle_records import Bundle, Party
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.item_records import Requirement
from services.bundle.composition.rules.vocabulary import Items
from services.chassis.errors import Flaw

ORIGINAL = frozenset("AB")


def ward_flaws(bundle: Bundle, items: Items) -> Iterator[Flaw]:
    """A number in a form proves nothing, so whatever is issued to a ward rests on that paper: each
    of their items asks for it, always, in a form that somebody has seen."""
    for index, party in enumerate(bundle.parties):
        place = pointer("parties", index)
        if party.who != "ward":
            if party.proved_by is not None:
                zh, en = "只有被监护人写明关系证明。", "Only a ward names what proves the relation."
                yield flaw("no-ward", f"{place}/proved_by", zh, en, role=party.role)
        elif party.kind != "person" or party.role != bundle.holder:
            zh, en = (
                "被监护人应是个人，且是持证人。",
                "A ward is a person, and the bundle's holder.",
            )
            yield flaw("faulty-ward", f"{place}/who", zh, en, role=party.role)
        elif party.proved_by is None or party.number_field is None:
            zh = "被监护人须写明证件号字段与关系证明（proved_by）。"
            en = "A ward needs a `number_field`, and in `proved_by` what proves the relation."
            yield flaw("unproven-ward", f"{place}/proved_by", zh, en, role=party.role)
        else:
            yield from _members(bundle, items, party)


def _members(bundle: Bundle, items: Items, ward: Party) -> Iterator[Flaw]:
    for index, member in enumerate(bundle.members):
        item = items[member.item].item
        if member.holder != ward.role:
            continue
        if item.instant:
            zh = f"事项 {item.code} 由规则即时决定，无人核对监护关系。"
            en = f"Item {item.code} is decided by rule: nobody would see the relation's proof."
            yield flaw("instant-ward", pointer("members", index, "item"), zh, en, item=item.code)
        if not any(_shows(need, ward) for need in item.requirements):
            zh = f"事项 {item.code} 没有要求（可信等级 A 或 B、不可容缺的）{ward.proved_by}。"
            en = f"Item {item.code} does not always ask for {ward.proved_by}, at level A or B."
            yield flaw("unproven-ward", pointer("members", index, "item"), zh, en, item=item.code)


def _shows(need: Requirement, ward: Party) -> bool:
    always = need.when is None and not need.deferrable and need.commitment is None
    seen = need.lowest_trust in ORIGINAL and need.source in ("applicant", "item")
    return need.evidence == ward.proved_by and need.whose == "holder" and always and seen
