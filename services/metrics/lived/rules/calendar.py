"""How long people waited, in China's working days.  Plain values, no I/O."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = {"working_day": 8, "natural_day": 8, "hour": 1}


def promised_hours(promise: Mapping[str, object]) -> int:
    return int(str(promise["value"])) * HOURS[str(promise["unit"])]


def working_days(start: datetime, end: datetime) -> int:
    """Working days after `start`'s day up to and with `end`'s day, as China's calendar has them."""
    calendar = _calendar()
    day, last = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()
    counted = 0
    while day < last:
        day += timedelta(days=1)
        counted += calendar.is_working_day(day)
    return counted


def is_working_day(day: date) -> bool:
    return bool(_calendar().is_working_day(day))


_made: list[holidays.HolidayBase] = []


def _calendar() -> holidays.HolidayBase:
    """Made once: the package computes a year when it is first asked for."""
    if not _made:
        _made.append(holidays.country_holidays("CN"))
    return _made[0]
