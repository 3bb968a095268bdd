"""Remind applicants of what they left for later, each material once.

When an application is looked at next stands in its row, which is locked meanwhile: replicas pass
over what another one holds, and what was missed in an outage is told afterwards.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves
from services.bundle.applications.actions import waits
from services.bundle.applications.cases import Case
from services.bundle.applications.moves import APPLICATION
from services.bundle.notices.actions import Telling, tell
from services.bundle.reminders import rules
from services.chassis import outbox

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT_ONCE = 100
A = APPLICATION.c
WAITING = (
    select(A.id)
    .where(text("gaps <> '{}'"), or_(A.gaps_look.is_(None), A.gaps_look <= bindparam("today")))
    .order_by(A.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)


async def remind(tx: AsyncSession, now: datetime) -> bool:
    """What a service does every minute; see chassis/ticks.py."""
    today = now.astimezone(SHANGHAI).date()
    ids = (await tx.execute(WAITING, {"today": today})).scalars().all()
    for case in (await moves.load(tx, ids)).values():
        filed = case.row.submitted_at.astimezone(SHANGHAI).date()
        wanted = {key: gap for key, gap in case.row.gaps.items() if _is_wanted(case, key, gap)}
        near = rules.due(wanted, filed, today, case.row.gaps_look)
        if near:
            await _tell(tx, case, near)
        await _look_again(tx, case, rules.look_on(wanted, filed, today))
    return len(ids) == AT_ONCE


def _is_wanted(case: Case, material: str, gap: dict[str, Any]) -> bool:
    """Whether somebody still waits for it: nobody brings what nobody reads."""
    kind = material.partition(":")[0]
    return any(waits(case, one) and kind not in case.spared(one) for one in gap.get("for", ()))


async def _tell(tx: AsyncSession, case: Case, near: dict[str, str]) -> None:
    """All that is near at one moment is one notice."""
    accounts = [one for one in (case.row.principal_account, case.row.filer_account) if one]
    about = (case.row.id, case.row.holder, "deferral_due", {"materials": near}, None)
    await outbox.record_all(tx, await tell(tx, Telling(accounts, *about, case.correlation)))


async def _look_again(tx: AsyncSession, case: Case, day: date) -> None:
    """No version: nothing that anybody reads has changed."""
    same = update(APPLICATION).where(A.id == case.row.id)
    await tx.execute(same.values(gaps_look=day))
