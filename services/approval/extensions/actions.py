"""Ask for more time, consent to it, or take the request back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.clock import actions as clock
from services.approval.clock.rules import ledger
from services.approval.clock.rules.lengths import Length, Terms, check_extension
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk.rules import Command, check
from services.approval.extensions import rules
from services.approval.extensions.tables import ExtensionRequest
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.contracts import ApprovalExtended, Duration

REQUEST = table(ExtensionRequest)
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """How much more time, and why."""

    length: Length
    reason_code: str
    explanation: str


async def request(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    department: str,
    wish: Wish,
    by: str,
    if_match: str | None = None,
) -> Row[Any]:
    """Ask for more time.  What could not be granted is refused now; a later request replaces one
    that nobody has consented to yet."""
    row = await desk.locked(tx, approval, department, by)
    check(Command.EXTEND, row.state)
    known = await asked(tx, approval)
    rules.check_request(known is not None and known.consented_at is not None)
    check_extension(Terms.of(row), wish.length, by, NOBODY)
    ledger.check_in_time(await clock.due(tx, time, row), time.now())
    check_match(if_match, row.version)

    entry = {
        "approval": approval,
        "length": wish.length.record(),
        "reason_code": wish.reason_code,
        "explanation": wish.explanation,
        "asked_by": by,
        "asked_at": time.now(),
    }
    anew = (
        upsert(REQUEST).values(entry).on_conflict_do_update(index_elements=["approval"], set_=entry)
    )
    made: Row[Any] = (await tx.execute(anew.returning(REQUEST))).one()
    return made


async def consent(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    department: str,
    by: str,
    if_match: str | None = None,
) -> tuple[Row[Any], Row[Any]]:
    """Consent, as somebody else than asked; answers the approval and the extension."""
    row = await desk.locked(tx, approval, department)
    check(Command.EXTEND, row.state)
    known = await asked(tx, approval)
    rules.check_request(known is not None and known.consented_at is not None)
    rules.check_consent(known.asked_by if known else None, by)
    check_match(if_match, row.version)
    assert known is not None

    length = Length.of(known.length)
    await clock.extend(tx, time, row, length, known.reason_code, known.asked_by, by)
    row, now = await desk.change(tx, row), time.now()
    said = {"consented_by": by, "consented_at": now}
    changed = update(REQUEST).where(REQUEST.c.approval == approval).values(said)
    known = (await tx.execute(changed.returning(REQUEST))).one()
    await audit.enter(tx, row.id, acts.extended(row, by, now, known.asked_by, known.length))
    told = ApprovalExtended(
        approval=row.id,
        application=row.application,
        member=row.member,
        department=row.department,
        length=Duration(**known.length),
        reason_code=known.reason_code,
        explanation=known.explanation,
        due=await clock.due(tx, time, row),
        extended_at=now,
    )
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)
    return row, known


async def decline(tx: AsyncSession, approval: UUID, department: str) -> None:
    """Take the request back, or turn it down: it is as if nobody had asked."""
    await desk.locked(tx, approval, department)
    known = await asked(tx, approval)
    rules.check_request(known is not None and known.consented_at is not None)
    if known is None:
        raise rules.ExtensionUnknown()
    await tx.execute(delete(REQUEST).where(REQUEST.c.approval == approval))


async def forget(tx: AsyncSession, approval: UUID) -> None:
    """A wish that nobody has consented to ends with the part of those who had it."""
    open_ = REQUEST.c.approval == approval, REQUEST.c.consented_at.is_(None)
    await tx.execute(delete(REQUEST).where(*open_))


async def asked(tx: AsyncSession, approval: UUID) -> Row[Any] | None:
    found = select(REQUEST).where(REQUEST.c.approval == approval)
    return (await tx.execute(found)).first()
