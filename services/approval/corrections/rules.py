"""Whether a correction may be asked, and what the notice must say.  Plain values, no I/O."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from services.approval.desk.rules import Acceptor, AlreadyAccepted, Command, State, check
from services.chassis.errors import Conflict, Flaw, Invalid


class CorrectionAskedOnce(Conflict):
    """A correction was asked before: the law allows one notice, with everything in it."""

    zh = "已经通知过补正；补正内容须一次性告知，不能再次通知。"


class CorrectionTooLate(Conflict):
    """Five working days after the receipt no correction can be asked any more."""

    zh = "自收件之日起已逾五个工作日，不能再通知补正。"


class CorrectionFaulty(Invalid):
    """The notice lacks something or contradicts itself."""

    zh = "补正通知内容不全或自相矛盾。"


class Gap(NamedTuple):
    """One thing to put right: a field's code, or a material (its evidence type, or the key
    `evidence:owner`)."""

    field: str | None
    evidence: str | None
    reason_code: str


def check_request(
    state: State,
    acceptor: Acceptor | None,
    asked_before: bool,
    due: datetime | None,
    now: datetime,
    gaps: Sequence[Gap],
    answer_by: date | None,
    today: date,
    spared: Collection[str] = (),
) -> None:
    """Raise unless the applicant may be asked to put these right.

    `due`: when the time for it runs out.  What a rule accepted nobody has looked at, so it may
    still turn out to be incomplete; what a person accepted is complete.  `spared`: evidence that
    nobody may ask any more.
    """
    check(Command.ASK_CORRECTION, state)
    if state is State.ACCEPTED and acceptor is not Acceptor.AUTOMATIC:
        raise AlreadyAccepted()
    if asked_before:
        raise CorrectionAskedOnce()
    if due is not None and now >= due:
        raise CorrectionTooLate()
    flaws = [*_gap_flaws(gaps), *_spared_flaws(gaps, spared)]
    if answer_by is not None and answer_by <= today:
        flaws.append(Flaw("/answer_by", "应晚于今天。", "This should be after today."))
    if flaws:
        raise CorrectionFaulty(errors=flaws)


def _gap_flaws(gaps: Sequence[Gap]) -> list[Flaw]:
    flaws, named = [], set()
    for place, gap in enumerate(gaps):
        what = (gap.field, gap.evidence)
        if (gap.field is None) == (gap.evidence is None):
            flaw = "应有 field 或 evidence 之一。", "Name either a field or an evidence."
            flaws.append(Flaw(f"/gaps/{place}", *flaw))
        elif what in named:
            flaws.append(Flaw(f"/gaps/{place}", "重复列出。", "This stands here twice."))
        named.add(what)
    return flaws


def _spared_flaws(gaps: Sequence[Gap], spared: Collection[str]) -> list[Flaw]:
    """What nobody issues any more nobody can bring."""
    told = "核发该材料的事项已退出，不得再要求。", "Its item is retired: nobody may ask for it."
    return [
        Flaw(f"/gaps/{place}/evidence", *told, {"fault": "evidence-spared"})
        for place, gap in enumerate(gaps)
        if gap.evidence is not None and gap.evidence.partition(":")[0] in spared
    ]
