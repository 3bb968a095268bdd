"""What we count when others speak.  Every row is keyed by its subject, so order does not matter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.database import insert_all, packed, update_all
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ApplicationCompleted, ApplicationSubmitted, ApprovalDecided
from services.metrics.lived import rules
from services.metrics.lived.tables import CASE, DECIDED

NEW_CASES = insert_all(CASE, ["application", "bundle"])
FILED = ("region", "members", "promise_hours", "submitted_at")
ENDED = ("submitted_at", "outcome", "completed_at")
KEEP: dict[tuple[str, ...], Any] = {
    columns: update_all(CASE, ["application"], columns) for columns in (FILED, ENDED)
}
COUNT_DECIDED = insert_all(DECIDED, [column.name for column in DECIDED.c])


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
    await _keep(tx, rows, FILED)


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
    await _keep(tx, rows, ENDED)


async def _keep(tx: AsyncSession, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Each event brings its own columns of the one row, whichever comes first."""
    ordered = sorted(rows, key=lambda row: str(row["application"]))
    await tx.execute(NEW_CASES, {"rows": packed(ordered)})
    await tx.execute(KEEP[columns], {"rows": packed(ordered)})


async def count_decision(tx: AsyncSession, heard: Sequence[Heard[ApprovalDecided]]) -> None:
    rows = [_decided(one.event) for one in heard]
    await tx.execute(COUNT_DECIDED, {"rows": packed(rows)})


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
