"""Send an approval to another authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.catalogue import actions as catalogue
from services.approval.clock import actions as clock
from services.approval.clock.rules.deadlines import FORWARDED
from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.consultations import actions as consultations
from services.approval.consultations.rules import Because
from services.approval.desk import actions as desk
from services.approval.desk import hearing
from services.approval.extensions import actions as extensions
from services.approval.proposals import actions as proposals
from services.approval.transfers import rules, tables
from services.approval.transfers.rules import Kind
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.contracts import ApprovalHandedOver, Event, PartnerApprovalCancelled

TRANSFER = table(tables.Transfer)


@dataclass(frozen=True, slots=True)
class Sending:
    """Where an approval is to go, and what is said with it."""

    kind: Kind
    to: str
    reason_code: str | None = None
    opinion: str | None = None
    within: Length | None = None


async def send(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    department: str,
    said: Sending,
    by: str,
    if_match: str | None = None,
) -> Row[Any]:
    """The other authority answers from now on.  For the applicant no time stops: only what is
    forwarded gets a clock of its own beside it.

    What people here had begun (who works on it, a proposal, a wish for more time, an opinion that
    was asked for) ends with their part in it.
    """
    row = await desk.locked(tx, approval, department, by)
    known = await catalogue.department(tx, said.to) is not None
    rest = (said.reason_code, said.opinion, said.within)
    rules.check_transfer(row.state, said.kind, row.handling, department, said.to, known, *rest)
    check_match(if_match, row.version)

    now = time.now()
    await consultations.close_all(tx, time, row, Because.HANDED_OVER)
    await _end_own_clocks(tx, time, row)
    await extensions.forget(tx, approval)
    await proposals.forget(tx, approval)
    row = await desk.change(tx, row, department=said.to, claimed_by=None)
    level = await _own_clock(tx, time, row, said)
    so_far = select(func.count()).where(TRANSFER.c.approval == approval)
    entry = {
        "approval": approval,
        "number": (await tx.execute(so_far)).scalar_one() + 1,
        "kind": said.kind,
        "from_department": department,
        "to_department": said.to,
        "reason_code": said.reason_code,
        "opinion": said.opinion,
        "clock": level,
        "made_by": by,
        "made_at": now,
    }
    made = (await tx.execute(insert(TRANSFER).values(entry).returning(TRANSFER))).one()
    await audit.enter(tx, row.id, acts.handed_over(row, by, now, department, said))
    told = await _telling(tx, time, row, made)
    await outbox.record(tx, *told, version=row.version, correlation=row.correlation or None)
    return row


async def _own_clock(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], said: Sending
) -> UUID | None:
    if said.kind is not Kind.FORWARDED:
        return None
    within = said.within or rules.FIRST_REVIEW
    return await clock.start_small(tx, time, row, FORWARDED, within, said.to)


async def _end_own_clocks(tx: AsyncSession, time: Timekeeper, row: Row[Any]) -> None:
    """An authority that sends on what was forwarded to it is not late with it any more."""
    begun = select(TRANSFER.c.clock).where(
        TRANSFER.c.approval == row.id, TRANSFER.c.clock.is_not(None)
    )
    for one in (await tx.execute(begun.order_by(TRANSFER.c.number))).scalars().all():
        await clock.stop_small(tx, time, row, one)


async def _telling(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], made: Row[Any]
) -> list[Event]:
    """To everybody, and to the systems of both departments."""
    told: list[Event] = [_handed_over(row, made)]
    partners = tx.info["partners"]
    if made.from_department in partners:
        gone = {"approval": row.id, "application": row.application, "reason": "handed_over"}
        told.append(PartnerApprovalCancelled(department=made.from_department, **gone))
    if row.department in partners:
        spared = (await hearing.spared_of(tx, [row.id])).get(row.id, [])
        told.append(hearing.partner_opening(row, await clock.due(tx, time, row), spared))
    return told


def _handed_over(row: Row[Any], made: Row[Any]) -> ApprovalHandedOver:
    return ApprovalHandedOver(
        approval=row.id,
        application=row.application,
        member=row.member,
        from_department=made.from_department,
        department=row.department,
        kind=made.kind,
        reason_code=made.reason_code,
        opinion=made.opinion,
        handed_over_at=made.made_at,
    )


async def transfers_of(tx: AsyncSession, approval: UUID) -> Sequence[Row[Any]]:
    found = select(TRANSFER).where(TRANSFER.c.approval == approval)
    return (await tx.execute(found.order_by(TRANSFER.c.number))).all()
