"""The ledger of pauses: what may be entered.  Nothing here moves a date."""

from collections.abc import Sequence
from datetime import datetime

from services.approval.clock.rules.reckoning import Pause
from services.chassis.errors import Conflict, Flaw, Invalid


class NotRunning(Conflict):
    """The clock of this approval does not run."""

    zh = "该审批的时限没有在计算。"


class AlreadyPaused(Conflict):
    """The clock stands still already; one pause at a time."""

    zh = "时限已经中止，同一时间只能有一个中止。"


class NotPaused(Conflict):
    """The clock does not stand still."""

    zh = "时限没有中止，无从恢复。"


class TimeRanOut(Conflict):
    """Time that has run out cannot be extended."""

    zh = "期限已经届满，不能再延长。"


class PauseFaulty(Invalid):
    """The pause lacks something or contradicts the ledger."""

    zh = "中止的内容不全，或与已记的中止矛盾。"


def check_pause(
    running_since: datetime | None,
    stopped_at: datetime | None,
    pauses: Sequence[Pause],
    begin: datetime,
    now: datetime,
    evidence: str,
) -> None:
    """Raise unless a pause may begin at `begin`.  `pauses` are those entered so far, in order."""
    if running_since is None or stopped_at is not None:
        raise NotRunning()
    if pauses and pauses[-1].end is None:
        raise AlreadyPaused()
    flaws = []
    if begin > now:
        flaws.append(Flaw("/since", "不能晚于现在。", "It should not lie in the future."))
    if begin < running_since:
        flaws.append(Flaw("/since", "不能早于受理。", "It should not precede the acceptance."))
    if any(pause.end and begin < pause.end for pause in pauses):
        flaw = "与已记的中止重叠。", "It overlaps with a pause that was entered."
        flaws.append(Flaw("/since", *flaw))
    if not evidence.strip() or not evidence.isprintable():
        flaw = (
            "中止须有凭据（文号或附件）。",
            "A pause needs evidence: a document's number or upload.",
        )
        flaws.append(Flaw("/evidence", *flaw))
    if flaws:
        raise PauseFaulty(errors=flaws)


def check_resumption(pauses: Sequence[Pause], end: datetime, now: datetime) -> None:
    """Raise unless the pause that goes on may end at `end`."""
    if not pauses or pauses[-1].end is not None:
        raise NotPaused()
    flaws = []
    if end > now:
        flaws.append(Flaw("/until", "不能晚于现在。", "It should not lie in the future."))
    if end < pauses[-1].begin:
        flaws.append(Flaw("/until", "不能早于中止开始。", "It should not precede its beginning."))
    if flaws:
        raise PauseFaulty(errors=flaws)


def check_in_time(due: datetime | None, now: datetime) -> None:
    """Raise where it is too late to extend.  While the clock stands still it is not."""
    if due is not None and now >= due:
        raise TimeRanOut()
