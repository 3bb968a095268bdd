"""Who may send an approval on, and what is said with it.  Plain values, no I/O."""

from collections.abc import Iterator
from enum import StrEnum

from services.approval.clock.rules.deadlines import REVIEWED_FIRST
from services.approval.clock.rules.lengths import LICENSING, Length
from services.approval.desk.rules import Command, State, check
from services.chassis.errors import Conflict, Flaw, Invalid


class Kind(StrEnum):
    MISROUTED = "misrouted"
    """It lay at the wrong desk: inside, it is put right without the applicant."""
    FORWARDED = "forwarded"
    """初审转报: reviewed here first, decided by the higher authority."""


class DecidedHere(Conflict):
    """The item is decided by whoever it lies with; it is not forwarded."""

    zh = "该事项由本机关决定，不属于初审转报事项。"


class TransferFaulty(Invalid):
    """The transfer lacks something or contradicts itself."""

    zh = "移交内容不全或自相矛盾。"


FIRST_REVIEW = LICENSING
"""How long one level may take, unless the transfer says otherwise (行政许可法 art. 42, 43)."""


def check_transfer(
    state: State,
    kind: Kind,
    handling: str,
    department: str,
    to: str,
    known: bool,
    reason_code: str | None,
    opinion: str | None,
    within: Length | None,
) -> None:
    """Raise unless it may go to `to`.  `known`: there is such a department."""
    check(Command.FORWARD if kind is Kind.FORWARDED else Command.HAND_OVER, state)
    if kind is Kind.FORWARDED and handling not in REVIEWED_FIRST:
        raise DecidedHere()
    flaws = [*_wrong_way(department, to, known), *_wrong_words(kind, reason_code, opinion, within)]
    if flaws:
        raise TransferFaulty(errors=flaws)


def _wrong_way(department: str, to: str, known: bool) -> Iterator[Flaw]:
    if to == department:
        yield Flaw("/to", "应为另一部门。", "This should be another department.")
    elif not known:
        yield Flaw("/to", "没有这个部门。", "There is no such department.")


def _wrong_words(
    kind: Kind, reason_code: str | None, opinion: str | None, within: Length | None
) -> Iterator[Flaw]:
    if kind is Kind.FORWARDED and not opinion:
        yield Flaw("/opinion", "须附初审意见。", "Give the opinion of the first review.")
    if kind is Kind.MISROUTED and not reason_code:
        yield Flaw("/reason_code", "须说明移交理由。", "Say why it is misrouted.")
    if kind is Kind.MISROUTED and (opinion or within):
        pointer = "/opinion" if opinion else "/within"
        flaw = "移交错派件时无此项。", "Only what is forwarded has this; leave it out."
        yield Flaw(pointer, *flaw)
    if within is not None and not within.value:
        yield Flaw("/within", "应大于零。", "This should be above zero.")
