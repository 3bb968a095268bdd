"""Which days are worked: weekends, holidays, and the working weekends (调休) that pay for them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from services.approval.clock.rules.packaged import packaged, statutory
from services.chassis.errors import NotFound

FIRST_YEAR, LAST_YEAR = 2001, 2100
YEARS_END = (12, 26)
"""From here on, the following year's announcement may still move days (2018-12-29 was worked)."""


class NoCalendar(NotFound):
    """There is no calendar for that year."""

    zh = "没有该年份的日历。"


class Kind(StrEnum):
    WORKING = "working"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class Name(NamedTuple):
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Day:
    kind: Kind
    name: Name = Name("", "")

    @property
    def works(self) -> bool:
        return self.kind in (Kind.WORKING, Kind.MAKE_UP)


@dataclass(frozen=True, slots=True)
class Year:
    """What one source says of one year: the days off, and the weekends that are worked.

    It may speak of last December too, as the notices of the State Council do.
    """

    year: int
    off: Mapping[date, Name]
    worked: frozenset[date]
    source: str
    """The notice's number, or where else it comes from."""
    provisional: bool = False
    edition: int = 0
    """Counts what operators announced; 0 comes with the package."""


WORKING, MAKE_UP, WEEKEND = Day(Kind.WORKING), Day(Kind.MAKE_UP), Day(Kind.WEEKEND)


class Calendar:
    """Years as announced here, else as the package knows them, else by the statute.

    The working days of the years that were asked for lie in one sorted list of ordinals: the n-th
    working day after another is an index away.
    """

    def __init__(self, announced: Iterable[Year] = ()) -> None:
        self._announced = {one.year: one for one in announced}
        self.edition = max((one.edition for one in self._announced.values()), default=0)
        self._worked: list[int] = []
        self._covered = range(0)

    def year(self, year: int) -> Year:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise NoCalendar(f"只有 {FIRST_YEAR} 至 {LAST_YEAR} 年。", "It is too far away.")
        return self._announced.get(year) or _from_package(year)

    def day(self, day: date) -> Day:
        sources = [self.year(day.year)]
        if day.month == 12 and (following := self._announced.get(day.year + 1)):
            sources.insert(0, following)
        for source in sources:
            if day in source.worked:
                return MAKE_UP
            if name := source.off.get(day):
                return Day(Kind.HOLIDAY, name)
        return WEEKEND if day.weekday() > 4 else WORKING

    def awaits(self, day: date) -> int | None:
        """The year whose announcement could still change this day; None: the day is settled."""
        if self.year(day.year).provisional:
            return day.year
        late = (day.month, day.day) >= YEARS_END and day.year < LAST_YEAR
        return day.year + 1 if late and self.year(day.year + 1).provisional else None

    def place_after(self, ordinal: int) -> int:
        """Where the working days after this one begin in the list.  Good until the next `cover`."""
        return bisect_right(self._worked, ordinal)

    def at(self, place: int) -> int:
        while place >= len(self._worked):
            self._extend(self._covered.stop)
        return self._worked[place]

    def between(self, begin: int, end: int) -> int:
        """How many working days there are from `begin` to the day before `end`."""
        self.cover(date.fromordinal(end).year)
        return bisect_left(self._worked, end) - bisect_left(self._worked, begin)

    def cover(self, year: int) -> None:
        """Have the working days of this year, and of all years between those that there are."""
        if not self._covered or year < self._covered.start:
            last = self._covered.stop - 1 if self._covered else year
            self._worked, self._covered = [], range(year, year)
            year = last
        while year >= self._covered.stop:
            self._extend(self._covered.stop)

    def _extend(self, year: int) -> None:
        first, after = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        days = range(first, after)
        self._worked += [day for day in days if self.day(date.fromordinal(day)).works]
        self._covered = range(self._covered.start, year + 1)


@lru_cache(maxsize=256)
def _from_package(year: int) -> Year:
    known = packaged(year)
    off = {day: Name(*names) for day, names in known.off.items()}
    return Year(year, off, known.worked, known.source, known.provisional)


def statutory_days(year: int) -> Mapping[date, Name]:
    """The days off by the statute (全国年节及纪念日放假办法), wherever they fall."""
    return {day: Name(*names) for day, names in statutory(year).items()}
