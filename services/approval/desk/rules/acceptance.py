"""Who accepts, and what refusing to accept must say.  Plain values, no I/O."""

from datetime import date
from enum import StrEnum

from services.approval.desk.rules.states import AwaitingCorrection, Command, State, check
from services.chassis.errors import Flaw, Invalid


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


class RefusalFaulty(Invalid):
    """Refusing to accept lacks something or contradicts itself."""

    zh = "不予受理的内容不全或自相矛盾。"


def check_refusal(
    state: State, answer_by: date | None, today: date, department: str, refer_to: str | None
) -> None:
    """Raise unless acceptance may be refused.

    An applicant who was asked for a correction has until `answer_by`; without such a day the
    request stands until it is answered.
    """
    check(Command.REFUSE_ACCEPTANCE, state)
    if state is State.CORRECTING and (answer_by is None or today <= answer_by):
        raise AwaitingCorrection(
            "补正期限届满之前不能不予受理。",
            "Until the last day for its answer acceptance cannot be refused.",
        )
    if refer_to == department:
        flaw = "应为另一部门。", "This should be another department."
        raise RefusalFaulty(errors=[Flaw("/refer_to", *flaw)])
