"""Who is who in a bundle: parties, questions, holders and repeats fit one another."""

from collections.abc import Iterable, Iterator
from typing import Any

from services.bundle.composition.rules.bundle_records import Bundle, MemberDefinition, Party
from services.bundle.composition.rules.conditions import CEL_TYPES
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.vocabulary import Items, Vocabulary, unknown_field
from services.chassis.errors import Flaw


def duplicates(bundle: Bundle) -> Iterator[Flaw]:
    """Everything that has a name has it alone, the numbered members of a repeat included."""
    yield from _twice("parties", "role", (party.role for party in bundle.parties))
    yield from _twice("questions", "field", bundle.questions)
    yield from _twice("members", "member", (member.member for member in bundle.members))
    yield from _twice("edges", "from", ((e.source, e.target, e.state) for e in bundle.edges))
    repeated = {member.member for member in bundle.members if member.repeat}
    for index, member in enumerate(bundle.members):
        stem, dash, number = member.member.rpartition("-")
        if dash and number.isdigit() and stem in repeated:
            zh = f"联办事项 {member.member} 与重复事项 {stem} 的编号冲突。"
            en = f"Member {member.member} has the name of a repeat of {stem}."
            yield flaw("duplicate", pointer("members", index, "member"), zh, en)


def _twice(part: str, key: str, names: Iterable[object]) -> Iterator[Flaw]:
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            shown = " → ".join(name) if isinstance(name, tuple) else name
            zh, en = f"{shown} 出现了两次。", f"{shown} is there twice."
            yield flaw("duplicate", pointer(part, index, key), zh, en)
        seen.add(name)


def party_flaws(bundle: Bundle, vocabulary: Vocabulary) -> Iterator[Flaw]:
    applicants = [party for party in bundle.parties if party.who == "applicant"]
    if len(applicants) != 1:
        zh, en = "须有且只有一个申请人角色。", "There must be exactly one party who applies."
        yield flaw("applicant", "/parties", zh, en)
    holder = bundle.party(bundle.holder)
    if holder is None or holder.who == "entry":
        zh = f"持证人角色 {bundle.holder} 不存在，或只是列表中的一项。"
        en = f"The holder {bundle.holder} is no party, or only an entry of a list."
        yield flaw("unknown-role", "/holder", zh, en, role=bundle.holder)
    for index, party in enumerate(bundle.parties):
        yield from _party(party, pointer("parties", index), vocabulary)


def _party(party: Party, place: str, vocabulary: Vocabulary) -> Iterator[Flaw]:
    asked: Iterable[str] = vocabulary.asked
    if party.who == "entry":
        of = _list_fields(party.list, vocabulary)
        if of is None:
            zh = f"角色 {party.role} 的列表 {party.list} 不在任何事项的表单中。"
            en = f"The list {party.list} of party {party.role} is on no member's form."
            yield flaw("faulty-list", f"{place}/list", zh, en, role=party.role)
            return
        asked = of
    elif party.list is not None:
        zh = f"角色 {party.role} 不是列表中的一项，不应指定列表。"
        en = f"Party {party.role} is no entry of a list and must not name one."
        yield flaw("faulty-list", f"{place}/list", zh, en, role=party.role)
    # A party that is born of the application gets its number from what is issued to it.
    number = None if party.who == "born" else party.number_field
    for key, field in (("name_field", party.name_field), ("number_field", number)):
        if field is not None and field not in asked:
            zh, en = f"角色 {party.role}（无事项询问）", f"Party {party.role} (no item asks it)"
            yield unknown_field(f"{place}/{key}", field, zh, en)


def _list_fields(field: str | None, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    if field is None or field not in vocabulary.asked:
        return None
    definition = vocabulary.fields.get(field)
    return definition.of if definition and definition.type == "list" else None


def threshold_flaws(bundle: Bundle, items: Items, vocabulary: Vocabulary) -> Iterator[Flaw]:
    """A name in a condition means one thing, and has one value."""
    for name in bundle.thresholds:
        if name in vocabulary.fields or name in bundle.questions:
            zh, en = f"门槛 {name} 与字段同名。", f"Threshold {name} has the name of a field."
            yield flaw("threshold-name", pointer("thresholds", name), zh, en, field=name)
    said: dict[str, Any] = dict(bundle.thresholds)
    for code, place in vocabulary.places.items():
        for name, value in items[code].item.thresholds.items():
            if name in vocabulary.fields or name in bundle.questions:
                zh = f"事项 {code} 的门槛 {name} 与字段同名。"
                en = f"Threshold {name} of item {code} has the name of a field."
                yield flaw("threshold-name", place, zh, en, field=name)
            elif name not in bundle.thresholds and said.setdefault(name, value) != value:
                zh = f"事项 {code} 的门槛 {name} 与其他事项的值不同；请在“一件事”中写明该门槛。"
                en = f"Item {code} says another {name} than an item before; let the bundle say it."
                yield flaw("threshold-conflict", place, zh, en, item=code)


def question_flaws(bundle: Bundle, vocabulary: Vocabulary) -> Iterator[Flaw]:
    for index, field in enumerate(bundle.questions):
        place = pointer("questions", index, "field")
        definition = vocabulary.fields.get(field)
        if definition is None:
            yield unknown_field(place, field, "问题", "A question")
        elif definition.personal:
            zh = f"字段 {field} 属于个人信息，不能用作问题。"
            en = f"Field {field} is personal and cannot be a question."
            yield flaw("personal-question", place, zh, en, field=field)
        elif definition.type not in CEL_TYPES:
            zh, en = f"列表 {field} 不能用作问题。", f"Field {field} is a list and no question."
            yield flaw("list-question", place, zh, en, field=field)


def member_flaws(bundle: Bundle, items: Items, vocabulary: Vocabulary) -> Iterator[Flaw]:
    if not bundle.members:
        zh, en = "至少要有一个联办事项。", "A bundle needs at least one member."
        yield flaw("no-members", "/members", zh, en)
    for index, member in enumerate(bundle.members):
        place = pointer("members", index)
        yield from _holder(bundle, member, f"{place}/holder", items, vocabulary)
        if member.repeat:
            yield from _repeat(bundle, member, f"{place}/repeat", items, vocabulary)


def _holder(
    bundle: Bundle, member: MemberDefinition, place: str, items: Items, vocabulary: Vocabulary
) -> Iterator[Flaw]:
    party = bundle.party(member.holder)
    if party is None:
        zh = f"联办事项 {member.member} 的持证人角色 {member.holder} 不存在。"
        en = f"The holder {member.holder} of member {member.member} is no party."
        yield flaw("unknown-role", place, zh, en, role=member.holder)
        return
    of_list = party.list if party.who == "entry" else None
    repeats = member.repeat.list if member.repeat else None
    if of_list != repeats:
        zh = f"联办事项 {member.member} 的持证人 {member.holder} 与其重复方式不符。"
        en = f"The holder {member.holder} of member {member.member} does not fit its repeat."
        yield flaw("holder-repeat", place, zh, en, role=member.holder)
    issued = vocabulary.evidence.get(items[member.item].item.issues or "")
    if issued is not None and issued.holder_kind != party.kind:
        zh = f"材料 {issued.code} 不能发给角色 {party.role}：持有人类型不符。"
        en = f"Evidence {issued.code} is for a holder of another kind than party {party.role}."
        yield flaw("holder-kind", place, zh, en, role=party.role, evidence=issued.code)


def _repeat(
    bundle: Bundle, member: MemberDefinition, place: str, items: Items, vocabulary: Vocabulary
) -> Iterator[Flaw]:
    assert member.repeat is not None
    count, listed = member.repeat.count, member.repeat.list
    definition = vocabulary.fields.get(count)
    if count not in bundle.questions or definition is None or definition.type != "integer":
        zh = f"联办事项 {member.member} 的重复次数 {count} 不是整数问题。"
        en = f"The count {count} of member {member.member} is no question for a whole number."
        yield flaw("faulty-repeat", f"{place}/count", zh, en, field=count)
    uses = {use.field for use in items[member.item].item.fields}
    if listed not in uses or _list_fields(listed, vocabulary) is None:
        zh = f"联办事项 {member.member} 的列表 {listed} 不是其事项表单中的列表字段。"
        en = f"The list {listed} of member {member.member} is no list on its item's form."
        yield flaw("faulty-repeat", f"{place}/list", zh, en, field=listed)
    counts = {m.repeat.count for m in bundle.members if m.repeat and m.repeat.list == listed}
    if len(counts) > 1:
        zh = f"列表 {listed} 的长度由不同的问题决定。"
        en = f"The length of list {listed} is given by different questions."
        yield flaw("faulty-repeat", f"{place}/count", zh, en, field=listed)
