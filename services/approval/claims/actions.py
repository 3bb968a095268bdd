"""Take an approval up, hand it to a colleague, or put it down."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.claims import rules
from services.approval.desk import actions as desk
from services.chassis.reading import check_match


async def claim(
    tx: AsyncSession,
    approval: UUID,
    department: str,
    by: str,
    officer: str | None = None,
    taken_from: str | None = None,
    if_match: str | None = None,
) -> Row[Any]:
    """`officer` works on it from now on, or whoever says so.  Claiming twice is claiming once."""
    row = await desk.locked(tx, approval, department)
    rules.check_claim(row.state, row.claimed_by, by, taken_from)
    holder = officer or by
    if row.claimed_by == holder:
        return row
    check_match(if_match, row.version)
    return await desk.change(tx, row, claimed_by=holder)


async def release(
    tx: AsyncSession, approval: UUID, department: str, by: str, if_match: str | None = None
) -> Row[Any]:
    """Put it down: anybody at the desk may take it up."""
    row = await desk.locked(tx, approval, department)
    rules.check_release(row.state, row.claimed_by, by)
    check_match(if_match, row.version)
    return await desk.change(tx, row, claimed_by=None)
