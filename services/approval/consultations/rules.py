"""Who may be asked for an opinion, and who may give it.  Plain values, no I/O."""

from collections.abc import Sequence
from enum import StrEnum

from services.approval.clock.rules.lengths import Length
from services.approval.desk.rules import Command, State, check
from services.chassis.errors import Conflict, Flaw, Invalid, NotFound


class Opinion(StrEnum):
    AGREE = "agree"
    AGREE_WITH_CONDITIONS = "agree_with_conditions"
    DISAGREE = "disagree"


class Because(StrEnum):
    """Why an opinion is not waited for any more."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class ConsultationUnknown(NotFound):
    """Your department was asked for no such opinion, or did not ask for it."""

    zh = "没有征求贵部门的这项意见，或不是贵部门征求的。"


class ConsultationClosed(Conflict):
    """The opinion was given, or is no longer wanted."""

    zh = "意见已经反馈，或不再需要。"


class ConsultationFaulty(Invalid):
    """The request for an opinion lacks something or contradicts itself."""

    zh = "征求意见的内容不全或自相矛盾。"


def check_request(
    state: State,
    department: str,
    consulted: str,
    known: bool,
    open_with: Sequence[str],
    within: Length,
) -> None:
    """Raise unless `consulted` may be asked.  `open_with`: whose opinion is outstanding already."""
    check(Command.CONSULT, state)
    flaws = []
    if consulted == department:
        flaws.append(Flaw("/consulted", "应为另一部门。", "This should be another department."))
    elif not known:
        flaws.append(Flaw("/consulted", "没有这个部门。", "There is no such department."))
    elif consulted in open_with:
        flaw = "已在征求该部门的意见。", "Its opinion is asked for already."
        flaws.append(Flaw("/consulted", *flaw))
    if not within.value:
        flaws.append(Flaw("/within", "应大于零。", "This should be above zero."))
    if flaws:
        raise ConsultationFaulty(errors=flaws)


def check_opinion(state: State, closed: bool, opinion: Opinion, statement: str | None) -> None:
    """Raise unless the opinion may be given now."""
    check(Command.CONSULT, state)
    if closed:
        raise ConsultationClosed()
    if opinion is not Opinion.AGREE and statement is None:
        flaw = "有条件同意或不同意须附书面意见。", "Conditions and objections are written down."
        raise ConsultationFaulty(errors=[Flaw("/statement", *flaw)])


def over(state: State) -> Because:
    """Why nobody waits for opinions about an approval that is in no open state."""
    return Because.CANCELLED if state is State.CANCELLED else Because.DECIDED
