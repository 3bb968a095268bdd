"""Whether members can come about: conditions that can hold, an order without circles, in time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.bundle.composition.rules.bundle_records import Bundle, MemberDefinition
from services.bundle.composition.rules.classes import answer_classes
from services.bundle.composition.rules.conditions import CEL_TYPES, Condition, Domains, Faulty
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.graph import critical_path, cycles
from services.bundle.composition.rules.item_records import Requirement
from services.bundle.composition.rules.vocabulary import Items, Vocabulary
from services.chassis.errors import Flaw


def conditions(
    bundle: Bundle, items: Items, vocabulary: Vocabulary
) -> tuple[dict[str, Condition], dict[str, Sequence[Any] | None], list[Flaw]]:
    """Every condition of the bundle and its items, compiled, and the classes of answers to them.

    Those that cannot be compiled, or never hold for a member, are told.
    """
    asked = [vocabulary.fields[q] for q in bundle.questions if q in vocabulary.fields]
    asked = [field for field in asked if field.type in CEL_TYPES]
    types = {field.code: field.type for field in asked}
    compiled: dict[str, Condition] = {}
    flaws: list[Flaw] = []
    numbers = thresholds_of(bundle, items)
    for place, whose, text in _texts(bundle, items, vocabulary):
        if text in compiled:
            continue
        try:
            compiled[text] = Condition.compiled(text, types, numbers)
        except Faulty as fault:
            flaws.append(_condition_flaw(place, whose, text, fault, vocabulary))
    _add_situations(bundle, items, types, compiled, numbers)
    counts = {member.repeat.count for member in bundle.members if member.repeat}
    classes = answer_classes(asked, compiled.values(), counts)
    flaws += _never_selected(bundle, compiled, classes)
    return compiled, classes, flaws


def thresholds_of(bundle: Bundle, items: Items) -> dict[str, Any]:
    """The numbers that conditions use by name: the items' own, unless the bundle says others."""
    own = [items[member.item].item.thresholds for member in bundle.members]
    said = {name: value for one in own for name, value in one.items()}
    return said | dict(bundle.thresholds)


def _add_situations(
    bundle: Bundle,
    items: Items,
    types: Mapping[str, str],
    compiled: dict[str, Condition],
    numbers: Mapping[str, Any],
) -> None:
    """Situations (办理情形) describe an item and decide nothing: one that these questions do not
    feed is not told, and is no fault."""
    for text in situation_texts(bundle, items):
        try:
            compiled[text] = compiled.get(text) or Condition.compiled(text, types, numbers)
        except Faulty:
            continue


def situation_texts(bundle: Bundle, items: Items) -> Iterator[str]:
    for member in bundle.members:
        for situation in items[member.item].item.situations:
            if situation.when is not None:
                yield situation.when


def _never_selected(
    bundle: Bundle, compiled: Mapping[str, Condition], classes: Domains
) -> Iterator[Flaw]:
    for index, member in enumerate(bundle.members):
        condition = compiled.get(member.when or "")
        if condition and not condition.can_hold(classes):
            zh = f"联办事项 {member.member} 的条件“{condition.text}”永远不会成立。"
            en = f"The condition `{condition.text}` of member {member.member} can never hold."
            yield flaw("unreachable", pointer("members", index, "when"), zh, en)


def _texts(
    bundle: Bundle, items: Items, vocabulary: Vocabulary
) -> Iterator[tuple[str, tuple[str, str], str]]:
    for index, member in enumerate(bundle.members):
        if member.when is not None:
            whose = (f"联办事项 {member.member}", f"member {member.member}")
            yield pointer("members", index, "when"), whose, member.when
    for code, place in vocabulary.places.items():
        item = items[code].item
        for use in item.fields:
            if use.when is not None:
                whose = (f"事项 {code} 的字段 {use.field}", f"item {code}, field {use.field}")
                yield place, whose, use.when
        for need in item.requirements:
            if need.when is not None:
                evidence = need.evidence
                whose = (f"事项 {code} 的材料 {evidence}", f"item {code}, evidence {evidence}")
                yield place, whose, need.when


def _condition_flaw(
    place: str, whose: tuple[str, str], text: str, fault: Faulty, vocabulary: Vocabulary
) -> Flaw:
    zh, en = whose
    field = fault.undeclared
    if field in vocabulary.fields:
        return flaw(
            "unfed-condition",
            place,
            f"{zh} 的条件“{text}”用到字段 {field}，但没有问题询问它。",
            f"The condition `{text}` of {en} reads {field}, which no question feeds.",
            condition=text,
            field=field,
        )
    return flaw(
        "faulty-condition",
        place,
        f"{zh} 的条件“{text}”无效：{fault.reason}",
        f"The condition `{text}` of {en} is faulty: {fault.reason}",
        condition=text,
    )


def edge_flaws(bundle: Bundle, items: Items) -> Iterator[Flaw]:
    members = {member.member: member for member in bundle.members}
    for index, edge in enumerate(bundle.edges):
        for key, name in (("from", edge.source), ("to", edge.target)):
            if name not in members:
                zh = f"先后关系用到了未知的联办事项 {name}。"
                en = f"An edge names an unknown member {name}."
                yield flaw("unknown-member", pointer("edges", index, key), zh, en, member=name)
        source = members.get(edge.source)
        if source and edge.state == "issued" and not items[source.item].item.issues:
            zh = f"{edge.target} 等待 {edge.source} 制证，但后者不核发任何证照。"
            en = f"{edge.target} waits for what {edge.source} issues, but that issues nothing."
            yield flaw("unreachable", pointer("edges", index, "state"), zh, en, member=edge.target)


def order_flaws(bundle: Bundle, items: Items) -> Iterator[Flaw]:
    """Circles, judged as if all members were selected; and a promise that nobody could keep."""
    successors: dict[str, list[str]] = {member.member: [] for member in bundle.members}
    predecessors: dict[str, list[str]] = {member.member: [] for member in bundle.members}
    for source, target in _links(bundle, items):
        if target not in successors[source]:
            successors[source].append(target)
            predecessors[target].append(source)
    circular = False
    for circle in cycles(successors):
        circular = True
        path = " → ".join(circle)
        zh, en = f"联办事项互相等待：{path}。", f"Members wait for one another: {path}."
        yield flaw("cycle", "/members", zh, en, path=list(circle))
    if not circular and bundle.promised:
        hours = {member.member: items[member.item].item.promised.hours for member in bundle.members}
        yield from _promise_flaws(bundle.promised.hours, hours, predecessors)


def _links(bundle: Bundle, items: Items) -> Iterator[tuple[str, str]]:
    names = {member.member for member in bundle.members}
    for edge in bundle.edges:
        if names >= {edge.source, edge.target}:
            yield edge.source, edge.target
    for target in bundle.members:
        for need in items[target.item].item.requirements:
            for source in bundle.members:
                if may_answer(need, source, target, items, bundle.applicant):
                    yield source.member, target.member


def may_answer(
    need: Requirement,
    source: MemberDefinition,
    target: MemberDefinition,
    items: Items,
    applicant: str | None,
) -> bool:
    """Whether what `source` issues may be the evidence that `target` needs."""
    if items[source.item].item.issues != need.evidence:
        return False
    holders = {"holder": target.holder, "applicant": applicant}
    return need.whose == "anyone" or source.holder == holders[need.whose]


def _promise_flaws(
    promised: int, hours: Mapping[str, int], predecessors: Mapping[str, Sequence[str]]
) -> Iterator[Flaw]:
    needed, path = critical_path(hours, predecessors)
    if promised < needed:
        shown = " → ".join(path)
        zh = f"承诺时限不足：{shown} 需要 {needed} 个工作小时。"
        en = f"The promise is too short: {shown} takes {needed} working hours."
        yield flaw("promise", "/promised", zh, en, path=list(path), working_hours=needed)
