"""Write a proposal down, and hold a decision against it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.proposals import rules, tables
from services.chassis.database import table

PROPOSAL = table(tables.Proposal)


async def note(tx: AsyncSession, approval: UUID, proposal: rules.Proposal, at: datetime) -> None:
    """The approval's row is locked by the caller: of two proposals at once the later one counts."""
    values = {
        "verdict": proposal.verdict,
        "reason_code": proposal.reason_code,
        "proposed_by": proposal.by,
        "proposed_at": at,
    }
    new = upsert(PROPOSAL).values(approval=approval, **values)
    await tx.execute(new.on_conflict_do_update(index_elements=["approval"], set_=values))


async def forget(tx: AsyncSession, approval: UUID) -> None:
    """Whoever answers from now on proposes anew."""
    await tx.execute(delete(PROPOSAL).where(PROPOSAL.c.approval == approval))


async def seconded(
    tx: AsyncSession, approval: UUID, verdict: str, reason_code: str | None, by: str
) -> str:
    """Who proposed this decision; refuses one that nobody else proposed."""
    found = select(PROPOSAL).where(PROPOSAL.c.approval == approval)
    row: Any = (await tx.execute(found)).first()
    proposal = rules.Proposal(row.verdict, row.reason_code, row.proposed_by) if row else None
    rules.check(proposal, verdict, reason_code, by)
    return str(row.proposed_by)
