"""When a budget is used up, pauses left out: due = f(start, budget, pauses, calendar).

Days are counted as the Civil Code counts them: the day of the start is not (art. 201), the last one
lasts until midnight, and a count of natural days that would end on a day off ends on the next
working day (art. 203).  A day on which the clock stands still as it ends is not counted: no time
runs out during a pause.  Hours are counted from the very moment, within working time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from services.approval.clock.rules.days import Calendar
from services.approval.clock.rules.lengths import Length, Spell, Unit, working_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHARE = 0.8
NINE_TO_FIVE = working_time("09:00-17:00")
NOON = time(12)


class Pause(NamedTuple):
    """The clock stands still from `begin` until `end`; without an end, it still does."""

    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted: a budget from a start on, with the pauses in order, none overlapping."""

    start: datetime
    budget: tuple[Length, ...]
    """Used up one after the other: a limit, then its extension."""
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How one deployment counts."""

    calendar: Calendar
    working_time: tuple[Spell, ...] = NINE_TO_FIVE
    share: float = SHARE
    """How much of a budget is used when it turns yellow."""


class Reckoned(NamedTuple):
    due: datetime | None
    """The moment at which the time has run out; None while the clock stands still."""
    yellow: datetime | None = None
    """None also for what is done at once."""


def reckon(count: Count, rules: Rules) -> Reckoned:
    """Most counts are of days and never paused: those that began on one day end together."""
    if count.pauses or any(leg.unit is Unit.HOUR for leg in count.budget):
        return _reckon(count, rules)
    return _reckon_days(local(count.start), count.budget, rules)


@lru_cache(maxsize=4096)
def _reckon_days(day: date, budget: tuple[Length, ...], rules: Rules) -> Reckoned:
    return _reckon(Count(datetime.combine(day, NOON, SHANGHAI), budget), rules)


def _reckon(count: Count, rules: Rules) -> Reckoned:
    legs = merged(count.budget)
    if not legs:
        return Reckoned(_at_once(count, rules.calendar))
    start, after = count.start, local(count.start)
    for leg in legs[:-1]:
        end = _run_out(start, after, leg, count.pauses, rules)
        if end is None:
            return Reckoned(None)
        start, after = end, day_ended(end)
    last = legs[-1]
    due = _run_out(start, after, last, count.pauses, rules)
    if due is not None and last.unit is Unit.NATURAL_DAY:
        due = _rolled(due, count.pauses, rules.calendar)
    return Reckoned(due, _yellow(start, after, last, count.pauses, rules))


def merged(budget: Sequence[Length]) -> list[Length]:
    """A budget and its extension in the same unit are one."""
    legs: list[Length] = []
    for leg in budget:
        if legs and legs[-1].unit is leg.unit:
            legs[-1] = Length(legs[-1].value + leg.value, leg.unit)
        elif leg.value:
            legs.append(leg)
    return legs


class Days(Protocol):
    """Days that are counted, as places in a row of ordinals."""

    def place_after(self, ordinal: int) -> int: ...
    def at(self, place: int) -> int: ...
    def between(self, begin: int, end: int) -> int: ...


class EveryDay:
    """The row of all days: each stands at its own ordinal."""

    def place_after(self, ordinal: int) -> int:
        return ordinal + 1

    def at(self, place: int) -> int:
        return place

    def between(self, begin: int, end: int) -> int:
        return end - begin


def _days(unit: Unit, calendar: Calendar, start: date) -> Days:
    if unit is Unit.NATURAL_DAY:
        return EveryDay()
    calendar.cover(start.year)
    return calendar


def _run_out(
    start: datetime, after: date, leg: Length, pauses: Sequence[Pause], rules: Rules
) -> datetime | None:
    if leg.unit is Unit.HOUR:
        return run_hours(start, timedelta(hours=leg.value), pauses, rules)
    last = _nth(_days(leg.unit, rules.calendar, after), after, leg.value, pauses)
    return None if last is None else midnight_after(last)


def _yellow(
    start: datetime, after: date, leg: Length, pauses: Sequence[Pause], rules: Rules
) -> datetime | None:
    """When the share is used up.  Of days: as the first day beyond it begins."""
    if leg.unit is Unit.HOUR:
        share = timedelta(hours=leg.value) * rules.share
        return run_hours(start, share, pauses, rules)
    number = int(leg.value * rules.share + 1e-9) + 1
    days = _days(leg.unit, rules.calendar, after)
    day = _nth(days, after, min(number, leg.value), pauses)
    return None if day is None else midnight_after(day - timedelta(days=1))


def _nth(days: Days, after: date, number: int, pauses: Sequence[Pause]) -> date | None:
    """The n-th day after `after` on which the clock does not stand still as the day ends."""
    first = after.toordinal() + 1
    place = days.place_after(after.toordinal()) + number - 1
    for begin, end in _still(pauses):
        if days.at(place) < begin:
            break
        if end is None:
            return None
        if end > first:
            place += days.between(max(begin, first), end)
    return date.fromordinal(days.at(place))


def _still(pauses: Sequence[Pause]) -> Iterator[tuple[int, int | None]]:
    """The days that a pause takes out: from the one it begins on to the one before it ends on."""
    for begin, end in pauses:
        yield local(begin).toordinal(), local(end).toordinal() if end else None


def stands_still(day: date, pauses: Sequence[Pause]) -> int | None:
    """The number (from 0) of the pause that takes this day out."""
    ordinal = day.toordinal()
    for number, (begin, end) in enumerate(_still(pauses)):
        if begin <= ordinal and (end is None or ordinal < end):
            return number
    return None


def _rolled(due: datetime, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    working = next_working(day_ended(due), pauses, calendar)
    return None if working is None else midnight_after(working)


def next_working(day: date, pauses: Sequence[Pause], calendar: Calendar) -> date | None:
    """This day or the next that is worked and not taken out by a pause."""
    while not calendar.day(day).works or stands_still(day, pauses) is not None:
        number = stands_still(day, pauses)
        if number is not None and pauses[number].end is None:
            return None
        day += timedelta(days=1)
    return day


def _at_once(count: Count, calendar: Calendar) -> datetime | None:
    """No budget at all: by the end of that day, or of the next working one."""
    last = next_working(local(count.start), count.pauses, calendar)
    return None if last is None else midnight_after(last)


def run_hours(
    start: datetime, need: timedelta, pauses: Sequence[Pause], rules: Rules
) -> datetime | None:
    """When so much working time has passed since `start`, pauses left out to the second."""
    for begin, end in working_spells(start, rules):
        for piece, until in running(begin, end, pauses):
            if until - piece >= need:
                return piece + need
            need -= until - piece
        if pauses and pauses[-1].end is None and pauses[-1].begin <= end:
            return None
    raise AssertionError("days do not end")


def working_spells(start: datetime, rules: Rules) -> Iterator[tuple[datetime, datetime]]:
    """Working time from `start` on, spell by spell."""
    day = local(start)
    while True:
        if rules.calendar.day(day).works:
            for spell in rules.working_time:
                begin, end = (_moment(datetime.combine(day, at, SHANGHAI)) for at in spell)
                if end > start:
                    yield max(begin, start), end
        day += timedelta(days=1)


def running(
    begin: datetime, end: datetime, pauses: Sequence[Pause]
) -> Iterator[tuple[datetime, datetime]]:
    """The pieces of a spell in which the clock runs."""
    for pause in pauses:
        if pause.begin > begin:
            yield begin, min(pause.begin, end)
        begin = max(begin, end if pause.end is None else pause.end)
        if begin >= end:
            return
    yield begin, end


def local(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def midnight_after(day: date) -> datetime:
    return _moment(datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI))


def _moment(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def day_ended(end: datetime) -> date:
    """The day on which this moment is the end of something: of midnight, the day before."""
    return local(end - timedelta(microseconds=1))
