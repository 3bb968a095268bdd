"""What accepting, or refusing to, must say.  Plain values, no I/O."""

from datetime import date
from enum import StrEnum

from services.approval.desk.rules import AwaitingCorrection, Command, State, check
from services.chassis.errors import Flaw, Invalid


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    ACCEPTANCE_REFUSED = "acceptance_refused"
    NOT_OUR_MATTER = "not_our_matter"


class AcceptanceFaulty(Invalid):
    """The answer to the question of acceptance lacks something or contradicts itself."""

    zh = "受理与否的答复不全或自相矛盾。"


def check_refusal(
    state: State,
    reason_code: str | None,
    department: str,
    refer_to: str | None,
    answer_by: date | None,
    today: date,
) -> None:
    """Raise unless acceptance may be refused so.

    An applicant who was asked for a correction has until `answer_by`; without such a day the
    request stands until it is answered.
    """
    check(Command.REFUSE_ACCEPTANCE, state)
    if state is State.CORRECTING and (answer_by is None or today <= answer_by):
        zh = "补正期限届满之前不能不予受理。"
        en = "Before the last day for the answer has passed, acceptance cannot be refused."
        raise AwaitingCorrection(zh, en)
    flaws = []
    if not reason_code:
        flaws.append(Flaw("/reason_code", "不受理须给出理由代码。", "Not accepting says why."))
    if refer_to == department:
        flaws.append(Flaw("/refer_to", "应为另一部门。", "This should be another department."))
    if flaws:
        raise AcceptanceFaulty(errors=flaws)


def check_plain(reason_code: str | None, refer_to: str | None) -> None:
    """Accepting needs no reasons, and whoever is accepted is not sent elsewhere."""
    said = {"/reason_code": reason_code, "/refer_to": refer_to}
    flaws = [
        Flaw(pointer, "受理时无此项，请去掉。", "Accepting says no such thing; leave it out.")
        for pointer, value in said.items()
        if value
    ]
    if flaws:
        raise AcceptanceFaulty(errors=flaws)
