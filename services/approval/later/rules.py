"""When silence has renewed, and when it has not.  Plain values, no I/O."""

from collections.abc import Iterable
from datetime import datetime

from services.approval.clock.rules.reckoning import Pause


def silent(end: datetime, complete_at: datetime | None, pauses: Iterable[Pause]) -> bool:
    """Whether nothing but the authority was waited for as the earlier result ended.

    We may look at it later than that: what has been answered, or resumed, meanwhile was open then.
    `complete_at`: when the applicant put right what was missing.
    """
    if complete_at is not None and complete_at > end:
        return False
    return not any(one.begin <= end and (one.end is None or one.end > end) for one in pauses)


def renewed_at(end: datetime, opened_at: datetime, accepted_at: datetime) -> datetime:
    """The moment of the grant by law: the end of the earlier result's last day.

    Where we heard of the filing only afterwards it is when it opened.  That it was asked for in
    time was seen when it was filed, and the holder is not answerable for our delay (行政许可法 art.
    50); but nothing is decided before it is there.
    """
    return max(end, opened_at, accepted_at)
