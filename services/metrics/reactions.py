"""What we count when others speak.  Every row is keyed by its subject, so order does not matter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.database import table
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ApplicationCompleted, ApplicationSubmitted, ApprovalDecided
from services.metrics import rules, tables
from services.metrics.tables import Decided

CASE = table(tables.Case)
DECIDED = table(Decided)


async def count_filing(tx: AsyncSession, heard: Sequence[Heard[ApplicationSubmitted]]) -> None:
    rows = [
        {
            "application": one.event.application,
            "bundle": one.event.bundle,
            "region": one.event.region,
            "members": len(one.event.members),
            "promise_hours": one.event.promise_hours,
            "submitted_at": one.event.submitted_at,
        }
        for one in heard
    ]
    await _keep(tx, rows, ("region", "members", "promise_hours", "submitted_at"))


async def count_outcome(tx: AsyncSession, heard: Sequence[Heard[ApplicationCompleted]]) -> None:
    rows = [
        {
            "application": one.event.application,
            "bundle": one.event.bundle,
            "submitted_at": one.event.submitted_at,
            "outcome": one.event.outcome,
            "completed_at": one.event.completed_at,
        }
        for one in heard
    ]
    await _keep(tx, rows, ("outcome", "completed_at"))


async def _keep(tx: AsyncSession, rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    """Each event brings its own columns of the one row, whichever comes first."""
    new = insert(CASE).values(sorted(rows, key=lambda row: str(row["application"])))
    brought = {name: new.excluded[name] for name in columns}
    await tx.execute(new.on_conflict_do_update(index_elements=["application"], set_=brought))


async def count_decision(tx: AsyncSession, heard: Sequence[Heard[ApprovalDecided]]) -> None:
    rows = [_decided(one.event) for one in heard]
    await tx.execute(insert(DECIDED).values(rows).on_conflict_do_nothing())


def _decided(event: ApprovalDecided) -> dict[str, Any]:
    return {
        "approval": event.approval,
        "application": event.application,
        "bundle": event.bundle,
        "department": event.department,
        "item": event.item,
        "verdict": event.verdict,
        "worked_seconds": (event.decided_at - event.accepted_at).total_seconds(),
        "worked_days": rules.working_days(event.accepted_at, event.decided_at),
        "promised_hours": rules.promised_hours(event.promise.model_dump()),
        "decided_at": event.decided_at,
    }


REACTIONS: dict[Any, Reaction] = {
    ApplicationSubmitted: count_filing,
    ApplicationCompleted: count_outcome,
    ApprovalDecided: count_decision,
}
