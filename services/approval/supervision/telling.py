"""What is told of a duty.  The granting authority's own system hears what it has to decide on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.supervision.rules import State
from services.chassis import outbox
from services.contracts import (
    EndingProposed,
    Event,
    PartnerEndingProposed,
    SupervisionAssigned,
    SupervisionClosed,
    SupervisionFound,
)


async def _tell(tx: AsyncSession, row: Row[Any], *told: Event) -> None:
    await outbox.record(tx, *told, version=row.version, correlation=row.correlation or None)


async def assigned(tx: AsyncSession, row: Row[Any], now: datetime) -> None:
    told = SupervisionAssigned(
        supervision=row.id,
        approval=row.approval,
        application=row.application,
        item=row.item,
        department=row.department,
        regulator=row.regulator,
        assigned_at=now,
    )
    await _tell(tx, row, told)


async def found(tx: AsyncSession, row: Row[Any], finding: dict[str, Any]) -> None:
    told = SupervisionFound(
        supervision=row.id,
        finding=finding["id"],
        approval=row.approval,
        application=row.application,
        item=row.item,
        department=row.department,
        regulator=row.regulator,
        kind=row.kind.value,
        verdict=finding["verdict"].value,
        reason_codes=tuple(finding["reason_codes"]),
        exhibits=tuple(UUID(one) for one in finding["uploads"]),
        explanation=finding["explanation"],
        until=finding["until"],
        found_at=finding["found_at"],
    )
    await _tell(tx, row, told)


async def proposed(
    tx: AsyncSession, row: Row[Any], reason_code: str, now: datetime, withdrawn: bool = False
) -> None:
    """That the authority which granted should end the result; or should no more."""
    about = {
        "supervision": row.id,
        "approval": row.approval,
        "item": row.item,
        "department": row.department,
        "regulator": row.regulator,
        "reason_code": reason_code,
        "withdrawn": withdrawn,
        "proposed_at": now,
    }
    told: list[Event] = [EndingProposed(application=row.application, **about)]
    if row.department in tx.info["partners"]:
        told.append(PartnerEndingProposed(**about))
    await _tell(tx, row, *told)


async def closed(tx: AsyncSession, row: Row[Any]) -> None:
    told = SupervisionClosed(
        supervision=row.id,
        approval=row.approval,
        application=row.application,
        item=row.item,
        department=row.department,
        regulator=row.regulator,
        kind=row.kind.value,
        outcome="passed" if row.state is State.PASSED else "result_ended",
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )
    await _tell(tx, row, told)
