"""One table says which state takes which command; every refusal has a name."""

import itertools

import pytest

from services.approval.desk.rules import (
    DECIDED,
    OPEN,
    TAKES,
    AcceptanceWasRefused,
    AlreadyAccepted,
    AlreadyDecided,
    ApprovalCancelled,
    ApprovalSuspended,
    AwaitingCorrection,
    Command,
    NotAccepted,
    NotDecided,
    NotGranted,
    NotSuspended,
    State,
    cancelled,
    check,
)
from services.chassis.errors import Refusal

NAMED = [
    (Command.DECIDE, State.OPENED, NotAccepted),
    (Command.SUSPEND, State.OPENED, NotAccepted),
    (Command.EXTEND, State.OPENED, NotAccepted),
    (Command.RESUME, State.OPENED, NotSuspended),
    (Command.RESUME, State.ACCEPTED, NotSuspended),
    (Command.ACCEPT, State.CORRECTING, AwaitingCorrection),
    (Command.DECIDE, State.CORRECTING, AwaitingCorrection),
    (Command.ASK_CORRECTION, State.CORRECTING, AwaitingCorrection),
    (Command.REFUSE_ACCEPTANCE, State.ACCEPTED, AlreadyAccepted),
    (Command.REFUSE_ACCEPTANCE, State.SUSPENDED, AlreadyAccepted),
    (Command.DECIDE, State.SUSPENDED, ApprovalSuspended),
    (Command.SUSPEND, State.SUSPENDED, ApprovalSuspended),
    (Command.ISSUE, State.ACCEPTED, NotGranted),
    (Command.ISSUE, State.REFUSED, NotGranted),
    (Command.DELIVER, State.ACCEPTED, NotDecided),
    (Command.DELIVER, State.CANCELLED, NotDecided),
    (Command.DECIDE, State.GRANTED, AlreadyDecided),
    (Command.ACCEPT, State.REFUSED, AlreadyDecided),
    (Command.ACCEPT, State.ACCEPTANCE_REFUSED, AcceptanceWasRefused),
    (Command.DECIDE, State.NOT_OUR_MATTER, AcceptanceWasRefused),
    (Command.RESUME, State.CANCELLED, ApprovalCancelled),
]


@pytest.mark.parametrize(("command", "state", "refusal"), NAMED)
def test_what_a_state_does_not_take_is_refused_by_name(command, state, refusal):
    with pytest.raises(refusal):
        check(command, state)


@pytest.mark.parametrize(("command", "state"), list(itertools.product(Command, State)))
def test_every_command_in_every_state_is_taken_or_refused(command, state):
    if command in TAKES[state]:
        check(command, state)
        return
    with pytest.raises(Refusal) as refused:
        check(command, state)
    assert refused.value.zh != Refusal.zh


def test_once_it_is_over_a_grant_is_issued_and_what_was_decided_delivered():
    after = {state: TAKES[state] for state in State if TAKES[state] and state not in OPEN}
    assert after == {
        State.GRANTED: {Command.ISSUE, Command.DELIVER},
        State.REFUSED: {Command.DELIVER},
        State.ACCEPTANCE_REFUSED: {Command.DELIVER},
    }
    assert DECIDED.isdisjoint(OPEN)


@pytest.mark.parametrize("reason", ["withdrawn", "retired", "stopped"])
@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("state", State)
def test_a_stop_ends_what_nobody_has_accepted_and_nothing_ends_what_is_over(
    state, accepted, reason
):
    ends = state in OPEN and (reason != "stopped" or not accepted)
    assert cancelled(state, accepted, reason) is ends
