"""Why a due date is what it is: each day in turn, counted or not, and by which rule.

This walks where reckoning.py computes; tests hold the two against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.approval.clock.rules.days import Calendar, Kind, Name
from services.approval.clock.rules.lengths import Length, Unit
from services.approval.clock.rules.reckoning import (
    Count,
    Pause,
    Reckoned,
    Rules,
    day_ended,
    local,
    midnight_after,
    reckon,
    running,
    stands_still,
    working_spells,
)

NO_TIME = timedelta()
A_DAY = timedelta(days=1)


class Rule(StrEnum):
    START = "start"
    COUNTED = "counted"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSE = "pause"
    ROLLED = "rolled"
    CLOSED = "closed"
    """Of hours: what was left of that day lay outside working time."""
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class Step:
    """One day of the count."""

    day: date
    rule: Rule
    name: Name = Name("", "")
    """The holiday's."""
    leg: int = 0
    counted: int = 0
    """Of a budget of days: 1 where this one counts."""
    worked: timedelta = NO_TIME
    """Of a budget of hours: how much of it went that day."""
    pause: int | None = None
    """Which pause takes the day out."""
    awaits: int | None = None
    """The year whose announcement may still change whether it counts."""


@dataclass(frozen=True, slots=True)
class Used:
    """One leg of the budget, a limit or its extension, by the moment that was asked for.

    Both are in the leg's own unit; of hours, there are parts.
    """

    length: Length
    used: float
    left: float


@dataclass(frozen=True, slots=True)
class Explanation:
    reckoned: Reckoned
    steps: tuple[Step, ...]
    budget: tuple[Used, ...]
    awaits: tuple[int, ...]
    """The years without an announcement that it rests on: the due date is provisional."""
    overdue_days: int
    """Working days begun since the time ran out."""


def explain(count: Count, rules: Rules, now: datetime) -> Explanation:
    """As of `now`.  Of a pause that goes on, days are told until then."""
    steps, _ = walk(count, rules, now)
    reckoned = reckon(count, rules)
    return Explanation(
        reckoned=reckoned,
        steps=tuple(steps),
        budget=tuple(_used(count, rules, steps, now)),
        awaits=tuple(sorted({step.awaits for step in steps if step.awaits})),
        overdue_days=_overdue(reckoned.due, now, rules.calendar),
    )


def walk(count: Count, rules: Rules, now: datetime) -> tuple[list[Step], datetime | None]:
    """Every day from the start on, and the moment at which the budget is used up."""
    legs = [(number, leg) for number, leg in enumerate(count.budget) if leg.value]
    if not legs:
        return _until_working(local(count.start) - A_DAY, Rule.AT_ONCE, count, rules, now)
    steps: list[Step] = []
    if legs[0][1].unit is not Unit.HOUR:
        steps.append(Step(local(count.start), Rule.START))
    end: datetime | None = count.start
    after = local(count.start)
    for number, leg in legs:
        assert end is not None
        if leg.unit is Unit.HOUR:
            walked, end = _hours(end, leg, count.pauses, rules, now)
        else:
            walked, end = _days(after, leg, count.pauses, rules.calendar, now)
        steps += [replace(step, leg=number) for step in walked]
        if end is None:
            return steps, None
        after = day_ended(end)
    if legs[-1][1].unit is Unit.NATURAL_DAY:
        steps[-1] = replace(steps[-1], awaits=rules.calendar.awaits(after))
        if not rules.calendar.day(after).works:
            rolled, end = _until_working(after, Rule.ROLLED, count, rules, now)
            steps += rolled
    return steps, end


def _days(
    day: date, leg: Length, pauses: Sequence[Pause], calendar: Calendar, now: datetime
) -> tuple[list[Step], datetime | None]:
    steps: list[Step] = []
    used = 0
    while used < leg.value:
        day += A_DAY
        step = _judged(day, leg.unit, pauses, calendar)
        if _goes_on(step, pauses, now):
            return steps, None
        steps.append(step)
        used += step.counted
    return steps, midnight_after(day)


def _judged(day: date, unit: Unit, pauses: Sequence[Pause], calendar: Calendar) -> Step:
    """By the calendar first: a weekend is no pause's doing."""
    what = calendar.day(day)
    pause = stands_still(day, pauses)
    rule, awaits = BY_KIND[what.kind], calendar.awaits(day)
    if unit is Unit.NATURAL_DAY:
        rule, awaits = Rule.COUNTED, None
    counts = rule in (Rule.COUNTED, Rule.MAKE_UP)
    if counts and pause is not None:
        return Step(day, Rule.PAUSE, name=what.name, pause=pause, awaits=awaits)
    return Step(day, rule, what.name, counted=int(counts), pause=pause, awaits=awaits)


BY_KIND = {
    Kind.WORKING: Rule.COUNTED,
    Kind.MAKE_UP: Rule.MAKE_UP,
    Kind.WEEKEND: Rule.WEEKEND,
    Kind.HOLIDAY: Rule.HOLIDAY,
}


def _goes_on(step: Step, pauses: Sequence[Pause], now: datetime) -> bool:
    """Whether the day lies in a pause without an end, and nobody can say what becomes of it."""
    if step.pause is None or pauses[step.pause].end is not None:
        return False
    return step.day > local(now)


def _until_working(
    day: date, found: Rule, count: Count, rules: Rules, now: datetime
) -> tuple[list[Step], datetime | None]:
    """The days after this one until one is worked: that is the last day."""
    steps: list[Step] = []
    while True:
        day += A_DAY
        step = _judged(day, Unit.WORKING_DAY, count.pauses, rules.calendar)
        if _goes_on(step, count.pauses, now):
            return steps, None
        if step.counted:
            steps.append(replace(step, rule=found, counted=0))
            return steps, midnight_after(day)
        steps.append(step)


def _hours(
    start: datetime, leg: Length, pauses: Sequence[Pause], rules: Rules, now: datetime
) -> tuple[list[Step], datetime | None]:
    """Day by day.  Where a day gave nothing, it is told what took it."""
    steps: list[Step] = []
    need = timedelta(hours=leg.value)
    day = local(start)
    while True:
        worked, end = _hours_of(day, start, need, pauses, rules)
        step = _judged(day, Unit.WORKING_DAY, (), rules.calendar)
        if step.counted and not worked:
            step = _took(step, start, pauses)
        step = replace(step, counted=0, worked=worked)
        if _goes_on(step, pauses, now):
            return steps, None
        steps.append(step)
        need -= worked
        if end is not None:
            return steps, end
        day += A_DAY


def _took(step: Step, start: datetime, pauses: Sequence[Pause]) -> Step:
    """The pause that lay over what was left of a working day; or the desk had closed."""
    begin, end = max(start, midnight_after(step.day - A_DAY)), midnight_after(step.day)
    for number, pause in enumerate(pauses):
        if pause.begin < end and (pause.end is None or pause.end > begin):
            return replace(step, rule=Rule.PAUSE, pause=number)
    return replace(step, rule=Rule.CLOSED)


def _hours_of(
    day: date, start: datetime, need: timedelta, pauses: Sequence[Pause], rules: Rules
) -> tuple[timedelta, datetime | None]:
    """How much of `need` goes on this day, and the moment at which all of it is gone."""
    worked = NO_TIME
    for begin, end in working_spells(max(start, midnight_after(day - A_DAY)), rules):
        if local(begin) != day:
            break
        for piece, until in running(begin, end, pauses):
            if until - piece >= need - worked:
                return need, piece + (need - worked)
            worked += until - piece
    return worked, None


def _used(count: Count, rules: Rules, steps: Sequence[Step], now: datetime) -> list[Used]:
    told = []
    for number, leg in enumerate(count.budget):
        of_leg = [step for step in steps if step.leg == number]
        if leg.unit is Unit.HOUR:
            used = _hours_used(count, rules, of_leg, now)
        else:
            used = sum(step.counted for step in of_leg if step.day < local(now))
        told.append(Used(leg, used, leg.value - used))
    return told


def _hours_used(count: Count, rules: Rules, steps: Sequence[Step], now: datetime) -> float:
    used = NO_TIME
    for step in steps:
        if step.day < local(now):
            used += step.worked
        elif step.day == local(now) and step.worked:
            start = max(count.start, midnight_after(step.day - A_DAY))
            used += min(step.worked, _worked_by(now, start, step.day, count.pauses, rules))
    return round(used / timedelta(hours=1), 2)


def _worked_by(
    now: datetime, start: datetime, day: date, pauses: Sequence[Pause], rules: Rules
) -> timedelta:
    worked = NO_TIME
    for begin, end in working_spells(start, rules):
        if local(begin) != day or begin >= now:
            break
        pieces = running(begin, min(end, now), pauses)
        worked += sum((until - piece for piece, until in pieces), NO_TIME)
    return worked


def _overdue(due: datetime | None, now: datetime, calendar: Calendar) -> int:
    if due is None or now < due:
        return 0
    day, days = day_ended(due), 0
    while day < local(now):
        day += A_DAY
        days += calendar.day(day).works
    return days
