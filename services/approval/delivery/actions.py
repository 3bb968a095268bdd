"""Write down that something was delivered, once, whoever says so first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.delivery import rules, tables
from services.approval.delivery.rules import By, Way
from services.approval.desk import actions as desk
from services.approval.desk.actions import RESULT
from services.approval.desk.rules import Seat
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.chassis.ticks import moment
from services.contracts import ApprovalDelivered

DELIVERY = table(tables.Delivery)
HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Said:
    """What an authority or a window says of a delivery."""

    way: Way
    evidence: str | None
    at: datetime | None = None


async def deliver(
    tx: AsyncSession, approval: UUID, seat: Seat, said: Said, if_match: str | None = None
) -> Row[Any]:
    """The authority says how its decision, or its certificate, reached the applicant; or the window
    that handed it over does."""
    row = await desk.locked(tx, approval, seat.department)
    if seat.point:
        rules.check_window(said.way)
    return await _say(tx, row, said, seat, if_match)


async def open_by_holder(tx: AsyncSession, approval: UUID, number: str, at: datetime) -> bool:
    """Its holder opened the certificate: that delivers it, unless it was delivered before.

    False where there is nothing (any more) to deliver: no reader is told that he came too late.
    """
    row = await desk.any_locked(tx, approval)
    result = await _result(tx, approval) if row is not None else None
    if row is None or result is None or result.number != number or row.delivered_at:
        return False
    if result.ended_at is not None and result.ended_at <= at:
        return False
    values = {"way": Way.ELECTRONIC, "evidence": None, "delivered_at": at, "by": By.HOLDER}
    told = {"said_by": HOLDER, "said_at": moment(tx)}
    await _enter(tx, row, result, values | told, {})
    return True


async def _say(
    tx: AsyncSession, row: Row[Any], said: Said, seat: Seat, if_match: str | None
) -> Row[Any]:
    result = await _result(tx, row.id)
    ended = result is not None and result.ended_as is not None
    if row.delivered_at:
        raise rules.AlreadyDelivered(delivered_at=row.delivered_at.isoformat())
    rules.check_delivery(row.state, bool(row.issues), row.issued_at, ended)
    now = moment(tx)
    made_at = row.issued_at or row.decided_at
    rules.check_statement(said.evidence, said.at, made_at, now)
    check_match(if_match, row.version)
    values = {
        "way": said.way,
        "evidence": said.evidence,
        "delivered_at": said.at or now,
        "by": By.WINDOW if seat.point else By.AUTHORITY,
        "said_by": seat.by,
        "said_at": now,
    }
    return await _enter(tx, row, result, values, seat.signs())


async def _enter(
    tx: AsyncSession,
    row: Row[Any],
    result: Row[Any] | None,
    values: Mapping[str, Any],
    signs: dict[str, str],
) -> Row[Any]:
    row = await desk.change(tx, row, delivered_at=values["delivered_at"])
    new = insert(DELIVERY).values(approval=row.id, **values).returning(DELIVERY)
    made: Row[Any] = (await tx.execute(new)).one()
    number = result.number if result else None
    await audit.enter(tx, row.id, acts.delivered(row, values, number) | signs)
    told = ApprovalDelivered(
        approval=row.id,
        application=row.application,
        bundle=row.bundle,
        member=row.member,
        item=row.item,
        department=row.department,
        result=number,
        way=values["way"].value,
        by=values["by"].value,
        decided_at=row.decided_at,
        issued_at=row.issued_at,
        delivered_at=row.delivered_at,
    )
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)
    return made


async def _result(tx: AsyncSession, approval: UUID) -> Row[Any] | None:
    return (await tx.execute(select(RESULT).where(RESULT.c.approval == approval))).first()
