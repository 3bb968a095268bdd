"""What an authority may do with an approval, and when.  Plain values, no I/O."""

from datetime import date
from enum import StrEnum

from services.chassis.errors import Conflict, Flaw, Invalid, NotFound


class State(StrEnum):
    OPENED = "opened"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


OPEN = frozenset({State.OPENED, State.ACCEPTED})
DECIDED = frozenset({State.GRANTED, State.REFUSED})
ENDS_ACCEPTED = frozenset({"withdrawn", "retired"})


class ApprovalUnknown(NotFound):
    """Your department has no such approval (yet)."""

    zh = "贵部门（尚）没有这项审批。"


class AlreadyDecided(Conflict):
    """This approval has been decided and stays decided."""

    zh = "该审批已经作出决定，不能更改。"


class ApprovalCancelled(Conflict):
    """This approval is no longer wanted; it cannot be answered."""

    zh = "该审批已被取消，不再需要答复。"


class NotAccepted(Conflict):
    """An approval is accepted before it is decided."""

    zh = "审批须先受理，再作决定。"


class NotGranted(Conflict):
    """Only a granted approval issues a result."""

    zh = "只有准予的审批才颁发结果。"


class AlreadyIssued(Conflict):
    """This approval has issued its result."""

    zh = "该审批的结果已经颁发。"


class NumberTaken(Conflict):
    """The issuer has given this number to another result."""

    zh = "发证机关的这个编号已用于另一结果。"


class DecisionFaulty(Invalid):
    """The decision lacks something or contradicts itself."""

    zh = "决定缺少内容或自相矛盾。"


def check_acceptance(state: State) -> None:
    if state is State.CANCELLED:
        raise ApprovalCancelled()
    if state in DECIDED:
        raise AlreadyDecided(f"结论是 {state}。", f"It was {state}.", verdict=state)


def check_decision(
    state: State, verdict: State, reason_code: str | None, issues: bool, result: bool
) -> None:
    """Raise unless `state` may become `verdict`.

    `issues`: the item issues something; `result`: the decision brings it along.
    """
    check_acceptance(state)
    if state is not State.ACCEPTED:
        raise NotAccepted("先 PUT acceptance。", "PUT its acceptance first.")
    flaws = []
    if verdict is State.REFUSED and not reason_code:
        flaws.append(Flaw("/reason_code", "不予批准须给出理由代码。", "A refusal says why."))
    if verdict is State.REFUSED and result:
        flaws.append(Flaw("/result", "不予批准没有结果可发。", "A refusal issues nothing."))
    if verdict is State.GRANTED and result and not issues:
        flaws.append(Flaw("/result", "该事项不颁发结果。", "This item issues nothing."))
    if flaws:
        raise DecisionFaulty(errors=flaws)


def check_issue(state: State, issues: bool, issued: bool) -> None:
    if state is not State.GRANTED:
        raise NotGranted(f"当前状态是 {state}。", f"It is {state}.")
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


def cancelled(state: State, reason: str) -> bool:
    """Whether a cancellation ends an approval in `state`.

    What is decided stands.  When another member's refusal stops the rest, an accepted approval
    keeps its right to its own decision; when the applicant withdraws, or its item was retired and
    nobody has the power to decide it any more, it does not.
    """
    return state is State.OPENED or (state is State.ACCEPTED and reason in ENDS_ACCEPTED)
