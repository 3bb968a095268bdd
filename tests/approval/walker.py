"""The clock done by hand: one minute, or one day, after the other, and nothing clever.

Written against the law's words, not against services/approval/clock: it knows which days are
worked, and counts.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

EAST_EIGHT = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
OPENS, CLOSES = time(9), time(17)

Works = Callable[[date], bool]
Pause = tuple[datetime, datetime | None]


def day_of(moment: datetime) -> date:
    return moment.astimezone(EAST_EIGHT).date()


def midnight(day: date) -> datetime:
    """The end of a day."""
    return datetime.combine(day + DAY, time(), EAST_EIGHT).astimezone(UTC)


def out(day: date, pauses: list[Pause]) -> bool:
    """Whether the clock stands still as the day ends."""
    last = datetime.combine(day, time(23, 59, 59, 999999), EAST_EIGHT)
    return any(begin <= last and (end is None or end > last) for begin, end in pauses)


def for_ever(day: date, pauses: list[Pause]) -> bool:
    return any(end is None and day_of(begin) <= day for begin, end in pauses)


def due_by_days(
    start: datetime, days: int, unit: str, pauses: list[Pause], works: Works
) -> datetime | None:
    """The n-th day after the start that is counted; natural days end on a day that is worked."""
    day = day_of(start) - (DAY if days == 0 else timedelta())
    while days:
        day += DAY
        if for_ever(day, pauses):
            return None
        days -= (unit == "natural_day" or works(day)) and not out(day, pauses)
        if not days and unit == "working_day":
            return midnight(day)
    while not works(day) or out(day, pauses) or day < day_of(start):
        day += DAY
        if for_ever(day, pauses):
            return None
    return midnight(day)


def due_by_hours(start: datetime, hours: int, pauses: list[Pause], works: Works) -> datetime | None:
    """Minute by minute: pauses and starts of these tests fall on whole minutes."""
    left, moment = hours * 60, start
    minute = timedelta(minutes=1)
    while left:
        if any(end is None and begin <= moment for begin, end in pauses):
            return None
        here = moment.astimezone(EAST_EIGHT)
        open_now = works(here.date()) and OPENS <= here.time() < CLOSES
        moment += minute
        if open_now:
            left -= not any(
                b <= moment - minute and (e is None or moment - minute < e) for b, e in pauses
            )
    return moment


def pauses_from(random: Any, start: datetime, most: int, minutes: int) -> list[Pause]:
    """Some pauses in order, none overlapping; now and then the last one goes on."""
    pauses: list[Pause] = []
    moment = start
    for _ in range(random.randint(0, most)):
        begin = moment + timedelta(minutes=random.randint(0, minutes))
        moment = begin + timedelta(minutes=random.randint(0, minutes))
        pauses.append((begin, moment))
    if random.randint(0, 5) == 0:
        pauses.append((moment + timedelta(minutes=random.randint(0, minutes)), None))
    return pauses
