"""What we count when others speak.  Every row is keyed by its subject, so order does not matter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import driver
from services.chassis.database import insertion, packed, putting
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import (
    ApplicationCompleted,
    ApplicationSubmitted,
    ApprovalDecided,
    ApprovalDelivered,
)
from services.metrics.lived import rules
from services.metrics.lived.tables import CASE, DECIDED, DELIVERED

FILED = ("region", "members", "promise_hours", "submitted_at")
ENDED = ("submitted_at", "outcome", "completed_at")
# Each event brings its own columns of the one row, whichever comes first.
KEEP: dict[tuple[str, ...], str] = {
    columns: putting(CASE, ["application"], ("application", "bundle", *columns), columns)
    for columns in (FILED, ENDED)
}
COUNT_DECIDED = insertion(DECIDED, DECIDED.c.keys())
COUNT_DELIVERED = insertion(DELIVERED, DELIVERED.c.keys())


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
    by_application = {row["application"]: row for row in rows}
    ordered = sorted(by_application.values(), key=lambda row: str(row["application"]))
    await driver.execute(tx, KEEP[columns], packed(ordered))


async def count_decision(tx: AsyncSession, heard: Sequence[Heard[ApprovalDecided]]) -> None:
    await driver.execute(tx, COUNT_DECIDED, packed([_decided(one.event) for one in heard]))


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


async def count_delivery(tx: AsyncSession, heard: Sequence[Heard[ApprovalDelivered]]) -> None:
    rows = [
        {
            "approval": one.event.approval,
            "way": one.event.way,
            "waited_days": rules.working_days(one.event.decided_at, one.event.delivered_at),
            "delivered_at": one.event.delivered_at,
        }
        for one in sorted(heard, key=lambda one: str(one.event.approval))
    ]
    await driver.execute(tx, COUNT_DELIVERED, packed(rows))


REACTIONS: dict[Any, Reaction] = {
    ApplicationSubmitted: count_filing,
    ApplicationCompleted: count_outcome,
    ApprovalDecided: count_decision,
    ApprovalDelivered: count_delivery,
}
