"""Accept an approval, or refuse to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.acceptance import rules
from services.approval.acceptance.rules import Verdict
from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.clock import actions as clock
from services.approval.clock.rules.reckoning import local
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk.rules import Acceptor, Command, Seat, State, check
from services.chassis import outbox
from services.chassis.reading import check_match
from services.contracts import AcceptanceRefused, Event, PartnerApprovalAccepted


@dataclass(frozen=True, slots=True)
class Answer:
    """What an authority says to the question whether it accepts."""

    verdict: Verdict = Verdict.ACCEPTED
    reason_code: str | None = None
    refer_to: str | None = None
    explanation: str | None = None


async def answer(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    seat: Seat,
    said: Answer,
    if_match: str | None = None,
) -> Row[Any]:
    """Take the approval on (受理), or not.  Saying the same twice is saying it once."""
    row = await desk.locked(tx, approval, seat.department, seat.by)
    if _said_before(row, said):
        return row
    if said.verdict is Verdict.ACCEPTED:
        check(Command.ACCEPT, row.state)
        rules.check_plain(said.reason_code, said.refer_to)
        if row.state is not State.OPENED:
            return row
        check_match(if_match, row.version)
        acceptor = Acceptor.WINDOW if seat.point else Acceptor.DEPARTMENT
        return await accepted(tx, time, row, acceptor, time.now(), seat)
    return await _refuse(tx, time, row, said, seat, if_match)


def _said_before(row: Row[Any], said: Answer) -> bool:
    same = (row.reason_code, row.refer_to, row.explanation)
    return row.state == said.verdict and same == (said.reason_code, said.refer_to, said.explanation)


async def accepted(
    tx: AsyncSession,
    time: Timekeeper,
    row: Row[Any],
    acceptor: Acceptor,
    at: datetime,
    seat: Seat | None = None,
) -> Row[Any]:
    """Have the clock of a locked, unaccepted approval run from `at` on, and tell.

    `seat`: whose act it is; nobody's where the item's rule accepts.
    """
    made = {"accepted_at": at, "acceptor": acceptor, "accepted_point": seat and seat.point}
    row = await desk.change(tx, row, state=State.ACCEPTED, **made)
    due = clock.due_of(await clock.rearm(tx, time, row))
    if seat:
        await audit.enter(tx, row.id, acts.accepted(row, seat.by) | seat.signs())
    told: list[Event] = [desk.acceptance(row, due)]
    # What a rule accepts it decides in the same breath, and that is told.
    by, unasked = seat.by if seat else None, acceptor is not Acceptor.AUTOMATIC
    if unasked and desk.by_others(row.department, by, tx.info["partners"]):
        told.append(_to_partner(row, due))
    await outbox.record(tx, *told, version=row.version, correlation=row.correlation or None)
    return row


def _to_partner(row: Row[Any], due: datetime | None) -> PartnerApprovalAccepted:
    return PartnerApprovalAccepted(
        approval=row.id,
        application=row.application,
        department=row.department,
        by=row.acceptor.value,
        accepted_at=row.accepted_at,
        due=due,
    )


async def _refuse(
    tx: AsyncSession,
    time: Timekeeper,
    row: Row[Any],
    said: Answer,
    seat: Seat,
    if_match: str | None,
) -> Row[Any]:
    why = (said.reason_code, row.department, said.refer_to)
    rules.check_refusal(row.state, *why, row.answer_by, local(time.now()))
    check_match(if_match, row.version)

    row = await desk.change(
        tx,
        row,
        state=State(said.verdict),
        reason_code=said.reason_code,
        refer_to=said.refer_to,
        explanation=said.explanation,
        decided_at=time.now(),
        decided_by=seat.by,
        accepted_point=seat.point,
    )
    await audit.enter(tx, row.id, acts.not_accepted(row) | seat.signs())
    told = refusal(row)
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)
    return row


def refusal(row: Row[Any]) -> AcceptanceRefused:
    return AcceptanceRefused(
        approval=row.id,
        application=row.application,
        bundle=row.bundle,
        member=row.member,
        item=row.item,
        department=row.department,
        kind=row.state.value,
        reason_code=row.reason_code,
        refer_to=row.refer_to,
        explanation=row.explanation,
        opened_at=row.opened_at,
        refused_at=row.decided_at,
        point=row.accepted_point,
    )
