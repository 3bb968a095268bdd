"""The days of the stories: a clock that the demo moves, and its own reckoning of what falls due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deploy.example.demo.door import Door

SHANGHAI = ZoneInfo("Asia/Shanghai")
Later = Callable[[timedelta], timedelta]
Pause = tuple[datetime, datetime]


class Days:
    """What day it is to the platform.  `later` moves its clock, and says how far ahead it is."""

    def __init__(self, later: Later) -> None:
        self._later, self._gone = later, timedelta()

    def pass_by(self, days: int) -> None:
        self._later(timedelta(days=days))
        self._gone += timedelta(days=days)

    @property
    def number(self) -> int:
        return self._gone.days + 1


async def calendar(door: Door, since: datetime) -> "Calendar":
    """As everybody can read it: of this year and the next."""
    year = since.astimezone(SHANGHAI).year
    years = [await door.get(f"calendars/{one}") for one in (year, year + 1)]
    off = {date.fromisoformat(one["day"]) for found in years for one in found["holidays"]}
    return Calendar(off, {date.fromisoformat(day) for f in years for day in f["workdays"]})


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, and what is due when, counted day by day."""

    off: set[date]
    worked: set[date]

    def works(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def working_days(self, start: datetime, count: int, pause: Pause | None = None) -> datetime:
        """When so many working days are over.  The first is not counted, and none on which the
        clock stands still at midnight."""
        day, left = start.astimezone(SHANGHAI).date(), count
        while left:
            day += timedelta(days=1)
            still = pause is not None and pause[0] < midnight(day) <= pause[1]
            left -= self.works(day) and not still
        return midnight(day)

    def natural_days(self, start: datetime, count: int) -> datetime:
        """The same in days of any kind; the last one is never a day off."""
        day = start.astimezone(SHANGHAI).date() + timedelta(days=count)
        while not self.works(day):
            day += timedelta(days=1)
        return midnight(day)


def midnight(day: date) -> datetime:
    """The end of a day."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
