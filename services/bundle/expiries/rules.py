"""When a holder is told that a certificate runs out.  Plain values, no I/O."""

from collections.abc import Collection
from datetime import date

AHEAD = (90, 30)
"""Days before the end, furthest first.  A renewal of a licence is asked 30 days before it ends
(行政许可法 art. 50), so the last notice still comes in time."""


def due(valid_from: date | None, valid_until: date, today: date) -> tuple[int, ...]:
    """Which notices have fallen due, nearest to the end last.  What never was valid for longer than
    that needs no notice so early; what has run out needs none any more."""
    left = (valid_until - today).days
    if left < 0:
        return ()
    begun = valid_from or date.min
    return tuple(days for days in AHEAD if left <= days < (valid_until - begun).days)


def to_tell(fallen_due: Collection[int], told: Collection[int]) -> int | None:
    """The one to send: after an outage the nearest speaks for those before it."""
    return min(fallen_due) if fallen_due and min(fallen_due) not in told else None
