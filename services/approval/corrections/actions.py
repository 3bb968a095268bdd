"""Ask an applicant to put something right, and hear that it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.acceptance.actions import accepted
from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.clock import actions as clock
from services.approval.clock.rules.lengths import CORRECTION as TIME
from services.approval.clock.rules.reckoning import Count, local, reckon
from services.approval.clock.timekeeping import Timekeeper
from services.approval.corrections import rules
from services.approval.corrections.rules import Gap
from services.approval.corrections.tables import Correction
from services.approval.desk import actions as desk
from services.approval.desk import hearing
from services.approval.desk.rules import Acceptor, Seat, State
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.contracts import CorrectionRequested

CORRECTION = table(Correction)


@dataclass(frozen=True, slots=True)
class Notice:
    """What an authority tells an applicant, all at once."""

    gaps: Sequence[Gap]
    explanation: str
    answer_by: date | None = None


async def request(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    seat: Seat,
    notice: Notice,
    if_match: str | None = None,
) -> Row[Any]:
    """Ask for a correction, once, within five working days of the receipt.

    An acceptance that no person made is undone: acceptance counts from when the filing is complete.
    """
    row, now = await desk.locked(tx, approval, seat.department, seat.by), time.now()
    before = await asked(tx, approval)
    due = reckon(Count(row.opened_at, (TIME,)), await time.rules(tx)).due
    acceptor = Acceptor(row.acceptor) if row.acceptor else None
    spared = (await hearing.spared_of(tx, [approval])).get(approval, ())
    gone = {one.evidence for one in spared}
    asks = (notice.gaps, notice.answer_by, local(now), gone)
    rules.check_request(row.state, acceptor, before is not None, due, now, *asks)
    check_match(if_match, row.version)

    row = await desk.change(
        tx, row, state=State.CORRECTING, accepted_at=None, answer_by=notice.answer_by
    )
    entry = {
        "approval": approval,
        "gaps": [gap._asdict() for gap in notice.gaps],
        "explanation": notice.explanation,
        "answer_by": notice.answer_by,
        "asked_at": now,
        "asked_by": seat.by,
    }
    await tx.execute(insert(CORRECTION).values(entry))
    await clock.rearm(tx, time, row)
    entered = acts.correction(row, seat.by, now, notice.explanation) | seat.signs()
    await audit.enter(tx, row.id, entered)
    told = _request(row, entry)
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)
    return row


async def asked(tx: AsyncSession, approval: UUID) -> Row[Any] | None:
    found = select(CORRECTION).where(CORRECTION.c.approval == approval)
    return (await tx.execute(found)).first()


def _request(row: Row[Any], entry: dict[str, Any]) -> CorrectionRequested:
    return CorrectionRequested(
        approval=row.id,
        application=row.application,
        member=row.member,
        department=row.department,
        gaps=entry["gaps"],
        explanation=entry["explanation"],
        answer_by=entry["answer_by"],
        requested_at=entry["asked_at"],
    )


async def answered(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], at: datetime, unknown: Sequence[str]
) -> Row[Any]:
    """The applicant put it right: the filing is complete from now on, and the time for accepting it
    begins anew.  What a rule accepts is accepted at once."""
    open_ = CORRECTION.c.approval == row.id, CORRECTION.c.answered_at.is_(None)
    noted = {"answered_at": at, "unknown": list(unknown) or None}
    made = await tx.execute(update(CORRECTION).where(*open_).values(noted).returning(CORRECTION))
    if made.first() is None or row.state is not State.CORRECTING:
        return row
    now = time.now()
    row = await desk.change(tx, row, state=State.OPENED, complete_at=now, answer_by=None)
    if row.acceptor:
        return await accepted(tx, time, row, Acceptor.AUTOMATIC, now)
    await clock.rearm(tx, time, row)
    return row
