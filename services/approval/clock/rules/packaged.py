"""What the package `holidays` knows of a year: as announced, or else as the statute has it.

Why this package: docs/decisions/0018.  A year counts as announced where the package lists what the
State Council moved; for later years it computes the statutory days, from the lunar tables too, and
the weekdays that replace those on a weekend.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from holidays.countries.china import China, ChinaStaticHolidays
from holidays.version import __version__

Names = tuple[str, str]
MOVED = ChinaStaticHolidays.special_public_holidays


@dataclass(frozen=True, slots=True)
class Packaged:
    off: Mapping[date, Names]
    worked: frozenset[date]
    source: str
    provisional: bool


@lru_cache(maxsize=256)
def packaged(year: int) -> Packaged:
    """The following year is read along: until 2012 it listed what it moved in December."""
    announced = year in MOVED
    zh, en = (_days_off((year, year + 1), language) for language in ("zh_CN", "en_US"))
    return Packaged(
        off={day: (name, en[day]) for day, name in zh.items() if day.year == year},
        worked=frozenset(day for day in zh.weekend_workdays if announced and day.year == year),
        source=f"holidays {__version__}" if announced else "statute",
        provisional=not announced,
    )


@lru_cache(maxsize=64)
def statutory(year: int) -> Mapping[date, Names]:
    """Neither what replaces a day on a weekend nor what was moved."""
    moved = {date(year, *one[:2]) for one in MOVED.get(year, ())}
    zh, en = (_days_off((year,), language, observed=False) for language in ("zh_CN", "en_US"))
    return {day: (name, en[day]) for day, name in zh.items() if day not in moved}


def _days_off(years: tuple[int, ...], language: str, observed: bool = True) -> Any:
    made = China(years=years, expand=False, observed=observed, language=language)  # type: ignore[no-untyped-call]
    return made
