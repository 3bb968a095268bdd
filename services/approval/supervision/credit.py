"""The credit record: a promise that was broken is held against its holder, until it turns out
otherwise."""

from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Row, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.desk.actions import APPROVAL
from services.approval.instant import actions as instant
from services.approval.instant.actions import EXCLUSION, TRACE
from services.approval.instant.rules import Why
from services.approval.supervision import rules, tables
from services.approval.supervision.opening import DUTY
from services.approval.supervision.rules import State, Verdict
from services.chassis.database import table

FINDING = table(tables.Finding)
CREDIT = table(tables.CreditRecord)
BROKEN = "broken_promise"


async def note_broken(tx: AsyncSession, row: Row[Any], reason_code: str, now: datetime) -> None:
    """No rule grants anything to who broke a promise, until it turns out otherwise."""
    granted = [TRACE.c.approval == row.approval, TRACE.c.why == Why.GRANTED]
    signed = select(TRACE.c.signed).where(*granted, TRACE.c.signed.is_not(None))
    if rules.broke_promise(row.kind, bool((await tx.execute(signed)).first())):
        await hold_against(tx, row.approval, row.regulator, BROKEN, reason_code, now)


async def hold_against(
    tx: AsyncSession,
    approval: UUID,
    regulator: str,
    cause: str,
    reason_code: str,
    now: datetime,
) -> None:
    """Enter it into the holder's credit record and exclude them from what rules grant; once."""
    found = select(APPROVAL.c.holder, APPROVAL.c.item).where(APPROVAL.c.id == approval)
    about = (await tx.execute(found)).one()
    if about.holder is None:
        return
    record = {
        "id": uuid_utils.compat.uuid7(),
        "holder": about.holder,
        "approval": approval,
        "item": about.item,
        "regulator": regulator,
        "cause": cause,
        "reason_code": reason_code,
        "made_at": now,
        "lifted_at": None,
    }
    again = {name: record[name] for name in ("regulator", "reason_code", "made_at", "lifted_at")}
    made = upsert(CREDIT).values(record)
    known = ["approval", "cause"]
    await tx.execute(
        made.on_conflict_do_update(
            index_elements=known, set_=again, where=CREDIT.c.lifted_at.is_not(None)
        )
    )
    lasting = [EXCLUSION.c.approval == approval, EXCLUSION.c.until.is_(None)]
    if not (await tx.execute(select(EXCLUSION.c.id).where(*lasting))).first():
        await instant.exclude(tx, about.holder, approval, reason_code, now)


async def note_kept(
    tx: AsyncSession, row: Row[Any], now: datetime, only: str | None = None
) -> None:
    """A re-check passed: what was held against the holder for this promise is lifted, unless
    another duty of the same grant still says that it was broken.

    `only`: what was held against it for this reason; of a check that failed, none was passed."""
    others = [DUTY.c.approval == row.approval, DUTY.c.id != row.id, DUTY.c.state.in_(rules.LIVE)]
    failed = select(FINDING.c.id).where(
        FINDING.c.supervision == DUTY.c.id, FINDING.c.verdict == Verdict.FAIL
    )
    broken = or_(DUTY.c.state == State.ENDING_PROPOSED, failed.exists())
    if (await tx.execute(select(DUTY.c.id).where(*others, broken))).first():
        return
    same = [CREDIT.c.approval == row.approval, CREDIT.c.cause == BROKEN]
    if only is not None:
        same.append(CREDIT.c.reason_code == only)
    lifted = update(CREDIT).where(*same, CREDIT.c.lifted_at.is_(None)).values(lifted_at=now)
    if (await tx.execute(lifted.returning(CREDIT.c.id))).first():
        await instant.readmit(tx, row.approval, now)
