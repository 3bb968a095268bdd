"""Begin a special procedure, and end it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.clock import actions as clock
from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk.rules import Command, NotSuspended, State, check
from services.approval.exhibits import actions as exhibits
from services.approval.procedures import rules
from services.approval.procedures.tables import Procedure
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.contracts import ApprovalResumed, ApprovalSuspended, Duration

PROCEDURE = table(Procedure)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why the clock is to stand still."""

    kind: str
    evidence: str
    expected: Length
    since: datetime | None = None
    explanation: str | None = None


async def suspend(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    department: str,
    said: Suspension,
    by: str,
    if_match: str | None = None,
) -> tuple[Row[Any], Row[Any]]:
    """Let the clock stand still for a special procedure; answers the approval and the procedure."""
    row = await desk.locked(tx, approval, department, by)
    check(Command.SUSPEND, row.state)
    rules.check_procedure(said.kind, said.expected, row.special_procedures)
    check_match(if_match, row.version)
    shown = await exhibits.rested_on(tx, department, said.evidence)

    begin = said.since or time.now()
    row = await desk.change(tx, row, state=State.SUSPENDED)
    pause = await clock.open_pause(tx, time, row, said.kind, said.evidence, by, said.since)
    so_far = select(func.count()).where(PROCEDURE.c.approval == row.id)
    entry = {
        "approval": row.id,
        "number": (await tx.execute(so_far)).scalar_one() + 1,
        "pause": pause,
        "kind": said.kind,
        "expected": said.expected.record(),
        "explanation": said.explanation,
        "begun_at": begin,
    }
    made = (await tx.execute(insert(PROCEDURE).values(entry).returning(PROCEDURE))).one()
    rests = shown.record() if shown else said.evidence
    await audit.enter(tx, row.id, acts.suspended(row, by, begin, said.kind, rests))
    told = _suspension(row, made, shown.upload if shown else None)
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)
    return row, made


async def resume(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    department: str,
    by: str,
    until: datetime | None = None,
    number: int | None = None,
    if_match: str | None = None,
) -> tuple[Row[Any], Row[Any]]:
    """End the special procedure that is under way; `number`: only if it is this one."""
    row = await desk.locked(tx, approval, department, by)
    found = select(PROCEDURE).where(PROCEDURE.c.approval == row.id)
    known = (await tx.execute(found.order_by(PROCEDURE.c.number))).all()
    if number is not None and not 0 < number <= len(known):
        raise rules.ProcedureUnknown()
    check(Command.RESUME, row.state)
    if number not in (None, len(known)):
        raise NotSuspended()
    check_match(if_match, row.version)

    end = until or time.now()
    row = await desk.change(tx, row, state=State.ACCEPTED)
    await clock.close_pause(tx, time, row, by, until)
    same = PROCEDURE.c.approval == row.id, PROCEDURE.c.number == len(known)
    ended = update(PROCEDURE).where(*same).values(ended_at=end).returning(PROCEDURE)
    made = (await tx.execute(ended)).one()
    await audit.enter(tx, row.id, acts.resumed(row, by, end, made.kind))
    told = _resumption(row, made, await clock.due(tx, time, row))
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)
    return row, made


def _suspension(row: Row[Any], made: Row[Any], exhibit: UUID | None) -> ApprovalSuspended:
    return ApprovalSuspended(
        approval=row.id,
        application=row.application,
        member=row.member,
        department=row.department,
        number=made.number,
        kind=made.kind,
        expected=Duration(**made.expected),
        explanation=made.explanation,
        since=made.begun_at,
        exhibit=exhibit,
    )


def _resumption(row: Row[Any], made: Row[Any], due: datetime | None) -> ApprovalResumed:
    return ApprovalResumed(
        approval=row.id,
        application=row.application,
        member=row.member,
        department=row.department,
        number=made.number,
        until=made.ended_at,
        due=due,
    )
