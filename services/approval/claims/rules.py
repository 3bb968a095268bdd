"""Who may take an approval up, and from whom.  Plain values, no I/O."""

from services.approval.desk.rules import ClaimedByAnother, Command, State, check
from services.chassis.errors import Conflict


class NotClaimed(Conflict):
    """Nobody works on this approval."""

    zh = "该审批尚无人领办。"


def check_claim(state: State, holder: str | None, by: str, taken_from: str | None) -> None:
    """Raise unless `by` may say who works on it.

    Whoever does is respected: to take it away (somebody is ill), one has to name them.
    """
    check(Command.CLAIM, state)
    if holder is None and taken_from is not None:
        raise NotClaimed()
    if holder not in (None, by, taken_from):
        raise ClaimedByAnother(officer=holder)


def check_release(state: State, holder: str | None, by: str) -> None:
    check(Command.CLAIM, state)
    if holder is None:
        raise NotClaimed()
    if holder != by:
        raise ClaimedByAnother(officer=holder)
