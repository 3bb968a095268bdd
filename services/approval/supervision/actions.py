"""What a regulator does with a duty, and what follows from a broken promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.cards.moves import settle_step
from services.approval.catalogue import actions as catalogue
from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.actions import APPROVAL
from services.approval.exhibits import actions as exhibits
from services.approval.supervision import rules, telling
from services.approval.supervision.credit import FINDING, note_broken, note_kept
from services.approval.supervision.opening import (
    DUTY,
    INSPECTOR,
    due_of,
    inspectors,
    open_following,
)
from services.approval.supervision.rules import Kind, State, Verdict
from services.chassis.reading import check_match


def at(department: str) -> ColumnElement[bool]:
    """The duties a department works on: its own, and those that another says are its."""
    referred = and_(DUTY.c.state == State.DISPUTED, DUTY.c.refer_to == department)
    return or_(DUTY.c.regulator == department, referred)


def read_by(department: str) -> ColumnElement[bool]:
    """Those it sees: besides these, grants of its own whose ending is proposed to it."""
    proposed = and_(DUTY.c.state == State.ENDING_PROPOSED, DUTY.c.department == department)
    return or_(at(department), proposed)


async def locked(
    tx: AsyncSession, duty: UUID, department: str, if_match: str | None = None
) -> Row[Any]:
    """The department's duty, locked.  Another's is as absent as none."""
    found = select(DUTY).where(DUTY.c.id == duty, at(department)).with_for_update()
    row = (await tx.execute(found)).first()
    if row is None:
        raise rules.DutyUnknown()
    check_match(if_match, row.version)
    return row


async def change(tx: AsyncSession, row: Row[Any], **values: Any) -> Row[Any]:
    changed = update(DUTY).where(DUTY.c.id == row.id).values(version=row.version + 1, **values)
    after: Row[Any] = (await tx.execute(changed.returning(DUTY))).one()
    return after


async def acknowledge(
    tx: AsyncSession, duty: UUID, department: str, by: str, now: datetime, if_match: str | None
) -> Row[Any]:
    """Take the duty on (认领).  Twice is once.  Of a disputed one: whoever does has it."""
    row = await locked(tx, duty, department, if_match)
    if row.state is State.ACKNOWLEDGED and row.regulator == department:
        return row
    rules.check(row.state, rules.ACKNOWLEDGES)
    inspector = row.inspector if row.regulator == department else None
    if inspector is None and row.kind is Kind.RANDOM_CHECK:
        pool = (await inspectors(tx, [department])).get(department, [])
        inspector = rules.drawn_inspector(row.seed, row.approval, pool)
    taken = {"regulator": department, "inspector": inspector, "refer_to": None}
    taken |= {"acknowledged_at": now, "acknowledged_by": by, "reason_code": None}
    after = await change(tx, row, state=State.ACKNOWLEDGED, **taken)
    if row.regulator != department:
        await telling.assigned(tx, after, now)
    return after


async def dispute(
    tx: AsyncSession,
    duty: UUID,
    department: str,
    reason_code: str,
    refer_to: str,
    if_match: str | None,
) -> Row[Any]:
    """Say that the duty is another department's; that one sees it from now on."""
    row = await locked(tx, duty, department, if_match)
    said = (row.state, row.reason_code, row.refer_to)
    if said == (State.DISPUTED, reason_code, refer_to):
        return row
    known = await catalogue.department(tx, refer_to) is not None
    rules.check_dispute(row.state, department, refer_to, known)
    why = {"reason_code": reason_code, "refer_to": refer_to}
    nobody = {"acknowledged_at": None, "acknowledged_by": None}
    return await change(tx, row, state=State.DISPUTED, **why, **nobody)


async def assign(
    tx: AsyncSession, duty: UUID, regulator: str, now: datetime, if_match: str | None
) -> Row[Any]:
    """The bureau ends a dispute: this department has it."""
    row = (await tx.execute(select(DUTY).where(DUTY.c.id == duty).with_for_update())).first()
    if row is None:
        raise rules.DutyUnknown()
    check_match(if_match, row.version)
    rules.check(row.state, rules.ACKNOWLEDGES)
    rules.check_known(await catalogue.department(tx, regulator) is not None, "/regulator")
    given = {"regulator": regulator, "refer_to": None, "reason_code": None}
    drawn = row.inspector if row.regulator == regulator else None
    after = await change(tx, row, state=State.OPENED, inspector=drawn, **given)
    if row.regulator != regulator:
        await telling.assigned(tx, after, now)
    return after


async def begin(
    tx: AsyncSession, duty: UUID, department: str, by: str, if_match: str | None
) -> Row[Any]:
    """Begin the check, or the re-check of what was put right."""
    row = await locked(tx, duty, department, if_match)
    if row.state is State.IN_PROGRESS:
        return row
    rules.check(row.state, rules.BEGINS)
    rules.check_inspector(row.inspector, by)
    return await change(tx, row, state=State.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspector says of a check."""

    verdict: Verdict
    reason_codes: Sequence[str] = ()
    uploads: Sequence[UUID] = ()
    within: Length | None = None
    explanation: str | None = None


async def find(
    tx: AsyncSession, time: Timekeeper, duty: UUID, department: str, said: Found, by: str
) -> tuple[Row[Any], dict[str, Any]]:
    """Enter what was found.  Answers the duty as it stands then, and the finding."""
    approval = await hold_approval(tx, duty)
    row, now = await locked(tx, duty, department), time.now()
    rules.check_finding(row.state, said.verdict, said.reason_codes, said.within)
    rules.check_inspector(row.inspector, by)
    shown = await exhibits.named(tx, department, said.uploads, "/uploads")

    until = due_of(now, said.within, await time.rules(tx)) if said.within else None
    finding = {
        "id": uuid_utils.compat.uuid7(),
        "supervision": duty,
        "verdict": said.verdict,
        "reason_codes": list(said.reason_codes),
        "uploads": [str(one.upload) for one in shown],
        "explanation": said.explanation,
        "until": until,
        "found_by": by,
        "found_at": now,
    }
    await tx.execute(insert(FINDING), finding)
    act = _act(finding, [one.record() for one in shown])
    await audit.enter(tx, row.approval, acts.found(approval, by, now, department, act))
    values: dict[str, Any] = {"reason_code": next(iter(said.reason_codes), None)}
    if until:
        values |= {"due": until, "overdue_at": None}
    if said.verdict is Verdict.PASS:
        values["closed_at"] = now
    after = await change(tx, row, state=rules.AFTER[said.verdict], **values)
    await telling.found(tx, after, finding)
    await settle_step(tx, duty, now)
    await _follow(tx, time, row, after, now)
    return after, finding


def _act(finding: Mapping[str, Any], shown: list[dict[str, str]]) -> dict[str, Any]:
    """The finding as it is signed: the uploads by their digests."""
    until = finding["until"]
    return {
        "supervision": str(finding["supervision"]),
        "verdict": str(finding["verdict"]),
        "reason_codes": finding["reason_codes"],
        "exhibits": shown,
        "explanation": finding["explanation"],
        "until": until.isoformat() if until else None,
    }


async def _follow(
    tx: AsyncSession, time: Timekeeper, before: Row[Any], row: Row[Any], now: datetime
) -> None:
    """What follows from a finding: for the holder's credit, for the authority that granted, and
    for duties that waited."""
    was_proposed = before.state is State.ENDING_PROPOSED
    if row.state is State.ENDING_PROPOSED:
        await note_broken(tx, row, row.reason_code, now)
        if not was_proposed or before.reason_code != row.reason_code:
            await telling.proposed(tx, row, row.reason_code, now)
    elif was_proposed:
        await telling.proposed(tx, row, before.reason_code, now, withdrawn=True)
    if row.state is State.PASSED:
        await note_kept(tx, row, now)
        await telling.closed(tx, row)
        await open_following(tx, time, row, now)


async def hold_approval(tx: AsyncSession, duty: UUID) -> Row[Any] | None:
    """A share of its approval, before the duty itself: in the order in which an ending locks, so
    that it does not miss a duty that a finding opens."""
    of = select(DUTY.c.approval).where(DUTY.c.id == duty).scalar_subquery()
    found = select(APPROVAL).where(APPROVAL.c.id == of)
    return (await tx.execute(found.with_for_update(read=True))).first()


async def close_for_ended(tx: AsyncSession, approval: UUID, now: datetime) -> None:
    """The result has ended: what was still to be looked at is over."""
    open_ones = [DUTY.c.approval == approval, DUTY.c.state.in_(rules.LIVE)]
    found = select(DUTY).where(*open_ones).order_by(DUTY.c.id).with_for_update()
    for row in (await tx.execute(found)).all():
        await telling.closed(tx, await change(tx, row, state=State.CLOSED, closed_at=now))
        await settle_step(tx, row.id, now)


async def enrol(tx: AsyncSession, department: str, account: str) -> None:
    row = {"department": department, "account": account}
    await tx.execute(upsert(INSPECTOR).values(row).on_conflict_do_nothing())


async def strike_off(tx: AsyncSession, department: str, account: str) -> None:
    same = [INSPECTOR.c.department == department, INSPECTOR.c.account == account]
    await tx.execute(INSPECTOR.delete().where(*same))
