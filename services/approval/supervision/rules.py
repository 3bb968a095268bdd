"""Which duties a grant opens, who is drawn, and where a duty stands.  Plain values, no I/O.

Random checks are drawn twice (双随机): whether a grant is looked at, and by whom.  The seed is the
digest of the decision's link in the chain of acts: nobody knows it before the decision is made, and
anybody who holds the chain draws the same again.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.approval.clock.rules.lengths import Length
from services.chassis.errors import Conflict, Flaw, Forbidden, Invalid, NotFound


class Kind(StrEnum):
    VERIFY_COMMITMENT = "verify_commitment"
    INSPECT = "inspect"
    RANDOM_CHECK = "random_check"
    REVIEW = "review"
    """A result that the grant relied on has ended: does it still stand?"""


class State(StrEnum):
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    """The regulator says that it is another's."""
    IN_PROGRESS = "in_progress"
    RECTIFYING = "rectifying"
    """限期整改: the holder has time to put it right."""
    ANSWERED = "answered"
    """The holder says that it is put right: the regulator looks again."""
    PASSED = "passed"
    ENDING_PROPOSED = "ending_proposed"
    CLOSED = "closed"
    """The result ended before: there is nothing left to look at."""


class Verdict(StrEnum):
    PASS = "pass"
    RECTIFY = "rectify"
    FAIL = "fail"


class Outlook(StrEnum):
    """What supervision made of a grant."""

    WAITING = "waiting"
    """The catalogue's word on this version of the item has not come yet."""
    OPENED = "opened"
    NOT_DRAWN = "not_drawn"
    NO_PLAN = "no_plan"
    """The item plans no duty."""


OVER = frozenset({State.PASSED, State.CLOSED})
LIVE = frozenset(State) - OVER
DUE = LIVE - {State.ENDING_PROPOSED}
"""Where somebody still has something to do by the due date."""
ACKNOWLEDGES = frozenset({State.OPENED, State.DISPUTED})
DISPUTES = frozenset({State.OPENED, State.ACKNOWLEDGED, State.DISPUTED})
BEGINS = frozenset({State.ACKNOWLEDGED, State.RECTIFYING, State.ANSWERED})
FINDS = BEGINS | {State.IN_PROGRESS, State.ENDING_PROPOSED}
"""A proposed ending may still turn out not to be needed: a re-check passes."""
LONGEST_RECTIFICATION = 365
RECHECK = Length(10)
"""How soon the regulator looks again at what the holder has answered."""
MISSED = "rectification-missed"
"""Why an ending is proposed where nobody answered in time."""


class DutyUnknown(NotFound):
    """Your department has no such supervision duty."""

    zh = "贵部门没有这项监管任务。"


class DutyOver(Conflict):
    """This duty is closed and stays closed."""

    zh = "该监管任务已经办结，不能更改。"


class NotAcknowledged(Conflict):
    """A duty is acknowledged before anything is found."""

    zh = "监管任务须先认领，再登记检查情况。"


class AlreadyBegun(Conflict):
    """The check has begun; the duty is yours."""

    zh = "检查已经开始，不能再提出异议。"


class DisputeFaulty(Invalid):
    """The dispute does not say where the duty belongs."""

    zh = "异议没有说明该任务归属何处。"


class FindingFaulty(Invalid):
    """The finding lacks something or contradicts itself."""

    zh = "检查结论缺少内容或自相矛盾。"


class AnotherWasDrawn(Forbidden):
    """Another inspector was drawn for this check."""

    zh = "该次抽查已抽中另一名检查人员。"


@dataclass(frozen=True, slots=True)
class Planned:
    """A duty as the item's record plans it."""

    kind: Kind
    within: Length
    after: str = "grant"
    share: float = 1.0

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Planned":
        after, share = record.get("after", "grant"), record.get("share", 1.0)
        return cls(Kind(record["kind"]), Length.of(record["within"]), after, share)


def at_once(plan: Sequence[Planned], seed: str, approval: UUID) -> list[Planned]:
    """What a grant opens.  What waits for a duty that nobody planned waits for nothing."""
    kinds = {one.kind for one in plan}
    return [
        one
        for one in plan
        if (one.after == "grant" or Kind(one.after) not in kinds or one.after == one.kind)
        and due_by_lot(one, seed, approval)
    ]


def following(plan: Iterable[Planned], passed: Kind, seed: str, approval: UUID) -> list[Planned]:
    """What opens once a duty has been passed."""
    waiting = [one for one in plan if one.after == passed and one.kind != passed]
    return [one for one in waiting if due_by_lot(one, seed, approval)]


def due_by_lot(one: Planned, seed: str, approval: UUID) -> bool:
    """Only random checks are drawn."""
    return one.kind is not Kind.RANDOM_CHECK or lot(seed, approval) < one.share


def lot(seed: str, approval: UUID) -> float:
    """The grant's lot, in [0, 1): the first 53 bits of SHA-256 over seed and approval."""
    return _bits(f"{seed}|{approval}") / (1 << 53)


def drawn_inspector(seed: str, approval: UUID, enrolled: Iterable[str]) -> str | None:
    """Who checks, of the inspectors of the regulator.  In whatever order they are given."""
    pool = sorted(set(enrolled))
    return pool[_bits(f"{seed}|{approval}|inspector") % len(pool)] if pool else None


def _bits(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 11


def check(state: State, takes: frozenset[State]) -> None:
    """Raise, by name, where a duty in `state` is not among those the command takes."""
    if state in takes:
        return
    if state in OVER:
        raise DutyOver()
    raise NotAcknowledged() if state in ACKNOWLEDGES else AlreadyBegun()


def check_dispute(state: State, department: str, refer_to: str, known: bool) -> None:
    """`known`: there is such a department; a duty that nobody finds would never be done."""
    check(state, DISPUTES)
    if refer_to == department:
        flaw = "应是另一个部门。", "This should be another department."
        raise DisputeFaulty(errors=[Flaw("/refer_to", *flaw)])
    check_known(known, "/refer_to")


def check_known(known: bool, pointer: str) -> None:
    if not known:
        flaw = (
            "没有这个部门；请在 departments 中查找。",
            "There is no such department; see `departments`.",
        )
        raise DisputeFaulty(errors=[Flaw(pointer, *flaw)])


def check_finding(
    state: State, verdict: Verdict, reasons: Sequence[str], within: Length | None
) -> None:
    """Raise unless the finding may be entered, and says why and until when."""
    check(state, FINDS)
    flaws = []
    if verdict is not Verdict.PASS and not reasons:
        flaws.append(Flaw("/reason_codes", "不合格须给出理由代码。", "What is wrong has a code."))
    if verdict is Verdict.RECTIFY and (within is None or not within.value):
        flaws.append(Flaw("/within", "整改须有期限。", "A rectification has a time limit."))
    if verdict is not Verdict.RECTIFY and within is not None:
        flaws.append(Flaw("/within", "只有整改才有期限。", "Only a rectification has one."))
    if within is not None and within.value > LONGEST_RECTIFICATION:
        flaws.append(Flaw("/within", "至多 365。", "At most 365."))
    if flaws:
        raise FindingFaulty(errors=flaws)


def check_inspector(drawn: str | None, by: str) -> None:
    if drawn is not None and drawn != by:
        raise AnotherWasDrawn()


AFTER: Mapping[Verdict, State] = {
    Verdict.PASS: State.PASSED,
    Verdict.RECTIFY: State.RECTIFYING,
    Verdict.FAIL: State.ENDING_PROPOSED,
}


def broke_promise(kind: str, signed: bool) -> bool:
    """Whether a failed check shows a broken promise, not only that something is wrong."""
    return kind == Kind.VERIFY_COMMITMENT or signed


COVERAGE_ZH = (
    "监管部门已认领任务的准予件数 ÷ 应有监管任务的准予件数。"
    "无监管方案的、未被抽中的，分子分母均不计。"
)
COVERAGE_EN = (
    "Grants with a duty that its regulator acknowledged, over grants that owe one.  Grants of items"
    " without a plan, and grants that were not drawn, owe none and count in neither."
)
