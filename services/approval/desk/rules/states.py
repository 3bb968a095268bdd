"""Where an approval stands and which commands it takes there: one table.  Plain values, no I/O."""

from collections.abc import Mapping
from enum import StrEnum

from services.chassis.errors import Conflict, NotFound, Refusal


class State(StrEnum):
    OPENED = "opened"
    """接件: it lies at a desk."""
    CORRECTING = "correcting"
    """补正: the applicant was told what is missing or wrong, and has not answered yet."""
    ACCEPTED = "accepted"
    """受理: the legal clock runs."""
    SUSPENDED = "suspended"
    """特别程序: a step whose time is not counted is under way."""
    GRANTED = "granted"
    REFUSED = "refused"
    ACCEPTANCE_REFUSED = "acceptance_refused"
    """不予受理: it may not be accepted, for reasons that can be appealed."""
    NOT_OUR_MATTER = "not_our_matter"
    """不受理: it needs no approval, or not this authority's."""
    CANCELLED = "cancelled"


class Until(StrEnum):
    """How far an approval must come until cards about it are over.  In the order of their names:
    the database takes the least."""

    ACCEPTED = "accepted"
    DECIDED = "decided"
    ISSUED = "issued"


class Accepts(StrEnum):
    """Who takes an item's approvals on."""

    AUTOMATIC = "automatic"
    WINDOW = "window"
    DEPARTMENT = "department"


class Acceptor(StrEnum):
    """Who did."""

    AUTOMATIC = "automatic"
    WINDOW = "window"
    DEPARTMENT = "department"
    LAW = "law"
    """Nobody said anything for five working days (行政许可法 art. 32)."""


class Command(StrEnum):
    """What people and partners' systems do with an approval."""

    ACCEPT = "accept"
    REFUSE_ACCEPTANCE = "refuse_acceptance"
    ASK_CORRECTION = "ask_correction"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    DECIDE = "decide"
    ISSUE = "issue"
    DELIVER = "deliver"
    CLAIM = "claim"
    CONSULT = "consult"
    HAND_OVER = "hand_over"
    FORWARD = "forward"


OPEN = frozenset({State.OPENED, State.CORRECTING, State.ACCEPTED, State.SUSPENDED})
DECIDED = frozenset({State.GRANTED, State.REFUSED})
NOT_ACCEPTED = frozenset({State.ACCEPTANCE_REFUSED, State.NOT_OUR_MATTER})

ALWAYS = {Command.CLAIM, Command.CONSULT}
TAKES: Mapping[State, frozenset[Command]] = {
    State.OPENED: frozenset(
        {
            Command.ACCEPT,
            Command.REFUSE_ACCEPTANCE,
            Command.ASK_CORRECTION,
            Command.HAND_OVER,
            *ALWAYS,
        }
    ),
    State.CORRECTING: frozenset({Command.REFUSE_ACCEPTANCE, *ALWAYS}),
    State.ACCEPTED: frozenset(
        {
            Command.ACCEPT,
            Command.ASK_CORRECTION,
            Command.SUSPEND,
            Command.EXTEND,
            Command.DECIDE,
            Command.HAND_OVER,
            Command.FORWARD,
            *ALWAYS,
        }
    ),
    State.SUSPENDED: frozenset({Command.ACCEPT, Command.RESUME, *ALWAYS}),
    State.GRANTED: frozenset({Command.ISSUE, Command.DELIVER}),
    State.REFUSED: frozenset({Command.DELIVER}),
    State.ACCEPTANCE_REFUSED: frozenset({Command.DELIVER}),
    State.NOT_OUR_MATTER: frozenset(),
    State.CANCELLED: frozenset(),
}
"""What the table takes may still be refused for what it says; what it does not take never happens.
Accepting what is accepted is accepting once."""


class ApprovalUnknown(NotFound):
    """Your department has no such approval (yet)."""

    zh = "贵部门（尚）没有这项审批。"


class AlreadyDecided(Conflict):
    """This approval has been decided and stays decided."""

    zh = "该审批已经作出决定，不能更改。"


class ApprovalCancelled(Conflict):
    """This approval is no longer wanted; it cannot be answered."""

    zh = "该审批已被取消，不再需要答复。"


class AcceptanceWasRefused(Conflict):
    """This approval was not accepted, and that is its end."""

    zh = "该审批未予受理，程序已经终结。"


class AlreadyAccepted(Conflict):
    """This approval has been accepted; what is accepted is decided."""

    zh = "该审批已经受理，须作出决定。"


class NotAccepted(Conflict):
    """An approval is accepted before anything else follows."""

    zh = "审批须先受理，再进行其他步骤。"


class AwaitingCorrection(Conflict):
    """The applicant was asked to put something right; that comes first."""

    zh = "已通知申请人补正，须待其补正。"


class ApprovalSuspended(Conflict):
    """A special procedure is under way; it has to end first."""

    zh = "特别程序正在进行，须先结束。"


class NotSuspended(Conflict):
    """No special procedure is under way; there is nothing to resume."""

    zh = "没有正在进行的特别程序，无从恢复。"


class ClaimedByAnother(Conflict):
    """A colleague works on this approval: ask them, or take it over naming them."""

    zh = "该审批由其他同事领办：请与其商量，或注明从谁转交。"


class NotDecided(Conflict):
    """What is delivered is a decision, or its certificate; there is none."""

    zh = "送达的是决定书或证照，该审批尚无决定书可送。"


class NotGranted(Conflict):
    """Only a granted approval issues a result."""

    zh = "只有准予的审批才颁发结果。"


def check(command: Command, state: State) -> None:
    """Raise, by name, where an approval in `state` does not take the command."""
    if command not in TAKES[state]:
        raise _refusal(command, state)


def check_claim(claimed_by: str | None, by: str | None) -> None:
    """Raise where a colleague works on it."""
    if by is not None and claimed_by not in (None, by):
        raise ClaimedByAnother(officer=claimed_by)


OVER: Mapping[State, type[Refusal]] = {
    State.GRANTED: AlreadyDecided,
    State.REFUSED: AlreadyDecided,
    State.ACCEPTANCE_REFUSED: AcceptanceWasRefused,
    State.NOT_OUR_MATTER: AcceptanceWasRefused,
    State.CANCELLED: ApprovalCancelled,
}
# What stands in the way, where an approval is still open.
FIRST: Mapping[State, type[Refusal]] = {
    State.OPENED: NotAccepted,
    State.CORRECTING: AwaitingCorrection,
    State.ACCEPTED: AlreadyAccepted,
    State.SUSPENDED: ApprovalSuspended,
}


def _refusal(command: Command, state: State) -> Refusal:
    if command is Command.ISSUE:
        return NotGranted(f"当前状态是 {state}。", f"It is {state}.")
    if command is Command.DELIVER:
        return NotDecided(f"当前状态是 {state}。", f"It is {state}.")
    if state in DECIDED:
        return AlreadyDecided(f"结论是 {state}。", f"It was {state}.", verdict=state)
    if state in OVER:
        return OVER[state]()
    if command is Command.RESUME:
        return NotSuspended()
    if command is Command.REFUSE_ACCEPTANCE and state is State.SUSPENDED:
        return AlreadyAccepted()
    return FIRST[state]()
