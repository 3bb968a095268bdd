"""What time it is, and how this deployment counts: one object, handed to whoever asks."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.rules.days import Calendar, Name, Year
from services.approval.clock.rules.lengths import Spell
from services.approval.clock.rules.reckoning import NINE_TO_FIVE, SHARE, Rules
from services.approval.clock.tables import Announcement
from services.chassis.database import table
from services.chassis.ticks import utc

ANNOUNCEMENT = table(Announcement)
LOOK_EVERY = 5.0
NEWEST = (
    select(ANNOUNCEMENT)
    .ext(distinct_on(ANNOUNCEMENT.c.year))
    .order_by(ANNOUNCEMENT.c.year, ANNOUNCEMENT.c.edition.desc())
)


@dataclass
class Timekeeper:
    working_time: tuple[Spell, ...] = NINE_TO_FIVE
    share: float = SHARE
    now: Callable[[], datetime] = utc
    _calendar: Calendar = field(default_factory=Calendar)
    _looked_at: float = float("-inf")

    async def rules(self, tx: AsyncSession, fresh: bool = False) -> Rules:
        """The calendar may be a few seconds old, which no due date notices for long: the alarms
        reckoned by it ring when there is a newer one.  `fresh`: as of this transaction."""
        if fresh or time.monotonic() - self._looked_at > LOOK_EVERY:
            found = [_year(row) for row in await tx.execute(NEWEST)]
            if max((one.edition for one in found), default=0) != self._calendar.edition:
                self._calendar = Calendar(found)
            self._looked_at = time.monotonic()
        return Rules(self._calendar, self.working_time, self.share)


def _year(row: Any) -> Year:
    return Year(
        year=row.year,
        off={date.fromisoformat(day): Name(zh, en) for day, zh, en in row.holidays},
        worked=frozenset(map(date.fromisoformat, row.workdays)),
        source=row.document,
        edition=row.edition,
    )


async def _timekeeper(request: Request) -> Timekeeper:
    timekeeper: Timekeeper = request.app.state.timekeeper
    return timekeeper


Time = Annotated[Timekeeper, Depends(_timekeeper)]
