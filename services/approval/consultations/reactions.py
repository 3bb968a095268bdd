"""What we do as time passes: nobody waits for an opinion about what is decided, or has ended.

Deciding does not look for them, to stay swift: it makes them impossible to give at once, and this
round says so to whoever was asked, a moment later.
"""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.timekeeping import Timekeeper
from services.approval.consultations import rules
from services.approval.consultations.actions import CONSULTATION, close_all
from services.approval.consultations.tables import WAITING
from services.approval.desk.actions import APPROVAL
from services.approval.desk.rules import OPEN
from services.chassis.ticks import Work

AT_ONCE = 100
# The approval's lock first, as whoever gives an opinion takes it.
OVER = (
    select(APPROVAL)
    .where(APPROVAL.c.id.in_(select(CONSULTATION.c.approval).where(text(WAITING))))
    .where(APPROVAL.c.state.not_in(OPEN))
    .order_by(APPROVAL.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)


def end_unwanted(time: Timekeeper) -> Work:
    async def round_of_endings(tx: AsyncSession, now: datetime) -> bool:
        found = (await tx.execute(OVER)).all()
        for row in found:
            await close_all(tx, time, row, rules.over(row.state))
        return len(found) == AT_ONCE

    return round_of_endings
