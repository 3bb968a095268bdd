"""What a decision and a result must say, and what a cancellation ends.  Plain values, no I/O."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from services.approval.desk.rules.states import OPEN, Command, State, check
from services.chassis.errors import Conflict, Flaw, Invalid

ENDS_ACCEPTED = frozenset({"withdrawn", "retired"})


class AlreadyIssued(Conflict):
    """This approval has issued its result."""

    zh = "该审批的结果已经颁发。"


class GapOpen(Conflict):
    """A material left for later has not come: grant without a result, and issue when it has."""

    zh = "容缺材料尚未补齐：可先作出决定而不发证，补齐后再发证；未定期限的须在决定前补齐。"


class NumberTaken(Conflict):
    """The issuer has given this number to another result."""

    zh = "发证机关的这个编号已用于另一结果。"


class DecisionFaulty(Invalid):
    """The decision lacks something or contradicts itself."""

    zh = "决定缺少内容或自相矛盾。"


def check_decision(
    state: State, verdict: State, reason_code: str | None, issues: bool, result: bool
) -> None:
    """Raise unless `state` may become `verdict`.

    `issues`: the item issues something; `result`: the decision brings it along.
    """
    check(Command.DECIDE, state)
    flaws = []
    if verdict is State.REFUSED and not reason_code:
        flaws.append(Flaw("/reason_code", "不予批准须给出理由代码。", "A refusal says why."))
    if verdict is State.REFUSED and result:
        flaws.append(Flaw("/result", "不予批准没有结果可发。", "A refusal issues nothing."))
    if verdict is State.GRANTED and result and not issues:
        flaws.append(Flaw("/result", "该事项不颁发结果。", "This item issues nothing."))
    if flaws:
        raise DecisionFaulty(errors=flaws)


def check_gaps(
    deferred: Sequence[Mapping[str, Any]], issues_with_gaps: bool, verdict: State, result: bool
) -> None:
    """Raise where a material that the filing left for later (容缺) stands in the way.

    One with a day of its own holds up the result only; one without is due before the grant.  The
    item may say that it issues all the same.
    """
    if verdict is not State.GRANTED or not deferred:
        return
    due_before = any(one["until"] is None for one in deferred)
    if due_before or (result and not issues_with_gaps):
        raise GapOpen(deferred=[one["evidence"] for one in deferred])


def still_deferred(
    deferred: Sequence[Mapping[str, Any]], closed: Collection[str]
) -> list[Mapping[str, Any]]:
    """Without what has come or is no longer asked: by key, or by evidence type alone."""
    return [
        one
        for one in deferred
        if one["evidence"] not in closed and one["evidence"].partition(":")[0] not in closed
    ]


def check_issue(state: State, issues: bool, issued: bool) -> None:
    check(Command.ISSUE, state)
    if not issues:
        raise DecisionFaulty(
            errors=[Flaw("/result", "该事项不颁发结果。", "This item issues nothing.")]
        )
    if issued:
        raise AlreadyIssued()


def check_number(issuer_number: str) -> None:
    """A number that cannot be printed is none; a NUL could not even be stored."""
    if not issuer_number.isprintable():
        flaw = "编号应为可打印字符。", "A number consists of printable characters."
        raise DecisionFaulty(errors=[Flaw("/result/issuer_number", *flaw)])


def check_validity(start: date, end: date | None) -> None:
    if end is not None and end < start:
        flaw = "有效期止早于起。", "It should not end before it starts."
        raise DecisionFaulty(errors=[Flaw("/result/valid_until", *flaw)])


def cancelled(state: State, accepted: bool, reason: str) -> bool:
    """Whether a cancellation ends an approval in `state`.

    What is decided stands.  When another member's refusal stops the rest, an accepted approval
    keeps its right to its own decision; when the applicant withdraws, or its item was retired and
    nobody has the power to decide it any more, it does not.  `accepted`: it was, at some time.
    """
    return state in OPEN and (not accepted or reason in ENDS_ACCEPTED)
