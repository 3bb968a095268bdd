"""What a designer should know of a bundle that can be published: no fault, but worth a look.

Answers are tried class by class (classes.py); what is too large to try is named, not guessed at.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.bundle.composition.rules.bundle_records import MemberDefinition
from services.bundle.composition.rules.conditions import Condition, every
from services.bundle.composition.rules.effects import influence
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.item_records import Requirement
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.reachability import may_answer
from services.chassis.errors import Flaw

MOST_TRIED = 4096
MOST_IN_ALL = 50_000
"""Combinations tried for one bundle, some µs each: publishing holds up nobody for longer."""


def advice(published: Published) -> list[Flaw]:
    return [
        *_idle_questions(published),
        *_without_source(published),
        *_untold_situations(published),
        *_idle_thresholds(published),
    ]


def _idle_questions(published: Published) -> Iterator[Flaw]:
    found = influence(published.distinct_effects, {}, published.classes)
    for index, field in enumerate(published.bundle.questions):
        place = pointer("questions", index, "field")
        if field in found.certain:
            continue
        if field in found.unexamined:
            zh = f"问题 {field} 的回答是否影响方案，因条件过多或含有运算而未能逐一核对。"
            en = f"Whether question {field} changes anything was not examined: too many answers."
            yield flaw("not-examined", place, zh, en, field=field)
        else:
            zh = f"问题 {field} 的回答不影响任何方案，可以去掉；表单需要的字段会照常填写。"
            en = f"No answer to question {field} changes a plan; the form asks it where needed."
            yield flaw("idle-question", place, zh, en, field=field)


def _without_source(published: Published) -> Iterator[Flaw]:
    """Requirements that an item should answer, under answers that select none that does."""
    left = MOST_IN_ALL
    for index, target in enumerate(published.bundle.members):
        place, seen = pointer("members", index, "item"), set()
        for need in published.items[target.item].item.requirements:
            if need.source == "item" and (need.evidence, need.when) not in seen:
                seen.add((need.evidence, need.when))
                told, tried = _source_advice(published, target, need, place, left)
                left -= tried
                yield from told


def _source_advice(
    published: Published, target: MemberDefinition, need: Requirement, place: str, most: int
) -> tuple[list[Flaw], int]:
    """What is to be said, and how many combinations it took."""
    bundle, items = published.bundle, published.items
    makers = [
        one for one in bundle.members if may_answer(need, one, target, items, bundle.applicant)
    ]
    more = {"member": target.member, "evidence": need.evidence}
    texts = [text for text in (target.when, need.when) if text]
    conditions = [published.conditions[text] for text in texts]
    questions = _questions(published, [target, *makers], conditions)
    tried = every(questions, published.classes, min(MOST_TRIED, most))
    if tried is None:
        zh = f"{target.member} 需要的 {need.evidence} 是否总有来源，因回答组合过多而未能核对。"
        en = f"Whether {target.member} always gets {need.evidence} was not examined."
        return [flaw("not-examined", place, zh, en, **more)], 0
    count = 0
    for count, answers in enumerate(tried, 1):
        wanted = _selected(published, target, answers)
        wanted = wanted and all(condition.value(answers) for condition in conditions)
        if wanted and not any(_selected(published, one, answers) for one in makers):
            zh = (
                f"联办事项 {target.member} 需要由其他事项核发的 {need.evidence}，"
                "但按这些回答没有联办事项核发它，将向申请人索要。"
            )
            en = (
                f"Member {target.member} needs {need.evidence} from another item, but under these "
                "answers no member issues it: the applicant will be asked."
            )
            return [flaw("no-source", place, zh, en, **more, answers=answers)], count
    return [], count


def _questions(
    published: Published, members: Sequence[MemberDefinition], more: Sequence[Condition]
) -> list[str]:
    found: dict[str, None] = {}
    for member in members:
        if member.when:
            found |= dict.fromkeys(published.conditions[member.when].reads)
        if member.repeat:
            found[member.repeat.count] = None
    for condition in more:
        found |= dict.fromkeys(condition.reads)
    return list(found)


def _selected(published: Published, member: MemberDefinition, answers: Mapping[str, Any]) -> bool:
    if member.when and published.conditions[member.when].value(answers) is not True:
        return False
    return member.repeat is None or bool(answers[member.repeat.count] >= 1)


def _untold_situations(published: Published) -> Iterator[Flaw]:
    for index, member in enumerate(published.bundle.members):
        for one in published.items[member.item].item.situations:
            if one.when is not None and one.when not in published.conditions:
                zh = f"事项 {member.item} 的情形 {one.code} 的条件没有问题提供，方案中不会显示。"
                en = f"Situation {one.code} of item {member.item} is fed by no question: not told."
                place = pointer("members", index, "item")
                yield flaw("situation-not-told", place, zh, en, item=member.item, code=one.code)


def _idle_thresholds(published: Published) -> Iterator[Flaw]:
    used = {name for one in published.conditions.values() for name in one.constants}
    for name in published.bundle.thresholds:
        if name not in used:
            zh, en = f"没有条件用到门槛 {name}。", f"No condition uses the threshold {name}."
            yield flaw("idle-threshold", pointer("thresholds", name), zh, en)
