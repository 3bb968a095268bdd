"""Which members the answers select, once per entry where they repeat, and why not the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.bundle.composition.rules.bundle_records import MemberDefinition
from services.bundle.composition.rules.conditions import Condition, Domains
from services.bundle.composition.rules.item_records import ItemVersion, Requirement
from services.bundle.composition.rules.publishing import Published

ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Situation:
    """The answers, and what they make of each condition; every condition is judged once.

    Questions that cannot change the plan may be unanswered: then any answer says the same.
    """

    answers: Mapping[str, Any]
    conditions: Mapping[str, Condition]
    classes: Domains = field(default_factory=dict)
    judged: dict[str, bool] = field(default_factory=dict)

    def holds(self, when: str | None) -> bool:
        if when is None:
            return True
        if when not in self.judged:
            self.judged[when] = self._judge(self.conditions[when])
        return self.judged[when]

    def _judge(self, condition: Condition) -> bool:
        value = condition.value(self.answers)
        if value is not None:
            return value
        any_ = {code: kinds[0] for code in condition.reads if (kinds := self.classes.get(code))}
        return condition.holds({**any_, **self.answers})

    def read_by(self, when: str | None) -> dict[str, Any]:
        """The given answers that a condition reads, and the thresholds that it compares them with:
        why it holds, or does not."""
        if when is None:
            return {}
        condition = self.conditions[when]
        given = {code: self.answers[code] for code in condition.reads if code in self.answers}
        return {**given, **condition.constants}


@dataclass(frozen=True, slots=True)
class Selected:
    """One member of the plan.  `owner` is the holder's role, `role[n]` for entry n of a list."""

    key: str
    definition: MemberDefinition
    version: ItemVersion
    owner: str
    entry: int | None

    def owner_of(self, need: Requirement, applicant: str) -> str:
        return {"holder": self.owner, "applicant": applicant}.get(need.whose, ANYONE)


def select(
    published: Published, situation: Situation
) -> tuple[list[Selected], list[dict[str, Any]]]:
    """The selected members in the bundle's order, and those left out with their reason."""
    selected: list[Selected] = []
    left_out: list[dict[str, Any]] = []
    for member in published.bundle.members:
        version = published.items[member.item]
        if not situation.holds(member.when):
            answers = situation.read_by(member.when)
            left_out.append(_left_out(member, version, member.when, answers))
        elif member.repeat is None:
            selected.append(Selected(member.member, member, version, member.holder, None))
        elif count := situation.answers[member.repeat.count]:
            selected += [_entry(member, version, n) for n in range(1, count + 1)]
        else:
            counted = member.repeat.count
            left_out.append(_left_out(member, version, f"{counted} >= 1", {counted: count}))
    for member, version, why in published.retired_members:
        left_out.append(_left_out(member, version, None, {}) | {"retired": why.record()})
    return selected, left_out


def _entry(member: MemberDefinition, version: ItemVersion, n: int) -> Selected:
    return Selected(f"{member.member}-{n}", member, version, f"{member.holder}[{n}]", n)


def _left_out(
    member: MemberDefinition,
    version: ItemVersion,
    condition: str | None,
    answers: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "member": member.member,
        "item": member.item,
        "name": version.item.name,
        "condition": condition,
        "answers": answers,
    }
