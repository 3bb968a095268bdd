"""What a regulator does with a duty, and what follows from a broken promise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, Row, and_, bindparam, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.actions import APPROVAL
from services.approval.instant import actions as instant
from services.approval.instant.actions import EXCLUSION, TRACE
from services.approval.instant.rules import Why
from services.approval.supervision import rules, tables
from services.approval.supervision.opening import (
    DUTY,
    INSPECTOR,
    due_of,
    inspectors,
    open_following,
)
from services.approval.supervision.rules import Kind, State, Verdict
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.chassis.ticks import Work
from services.contracts import SupervisionClosed

FINDING = table(tables.Finding)
CREDIT = table(tables.CreditRecord)
AT_ONCE = 100
MISSED = "rectification-missed"
BROKEN = "broken_promise"
LATE = (
    select(DUTY)
    .where(DUTY.c.due <= bindparam("now"), text(tables.RUNNING))
    .order_by(DUTY.c.due)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)


def at(department: str) -> ColumnElement[bool]:
    """The duties a department sees: its own, and those that another says are its."""
    referred = and_(DUTY.c.state == State.DISPUTED, DUTY.c.refer_to == department)
    return or_(DUTY.c.regulator == department, referred)


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
    return await change(tx, row, state=State.ACKNOWLEDGED, **taken)


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
    rules.check_dispute(row.state, department, refer_to)
    why = {"reason_code": reason_code, "refer_to": refer_to}
    nobody = {"acknowledged_at": None, "acknowledged_by": None}
    return await change(tx, row, state=State.DISPUTED, **why, **nobody)


async def assign(tx: AsyncSession, duty: UUID, regulator: str, if_match: str | None) -> Row[Any]:
    """The bureau ends a dispute: this department has it."""
    row = (await tx.execute(select(DUTY).where(DUTY.c.id == duty).with_for_update())).first()
    if row is None:
        raise rules.DutyUnknown()
    check_match(if_match, row.version)
    rules.check(row.state, rules.ACKNOWLEDGES)
    given = {"regulator": regulator, "refer_to": None, "reason_code": None}
    drawn = row.inspector if row.regulator == regulator else None
    return await change(tx, row, state=State.OPENED, inspector=drawn, **given)


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


async def find(
    tx: AsyncSession,
    time: Timekeeper,
    duty: UUID,
    department: str,
    verdict: Verdict,
    reasons: Sequence[str],
    uploads: Sequence[UUID],
    within: Length | None,
    by: str,
) -> tuple[Row[Any], dict[str, Any]]:
    """Enter what was found.  Answers the duty as it stands then, and the finding."""
    await _hold_approval(tx, duty)
    row, now = await locked(tx, duty, department), time.now()
    rules.check_finding(row.state, verdict, reasons, within)
    rules.check_inspector(row.inspector, by)
    until = due_of(now, within, await time.rules(tx)) if within else None
    finding = {
        "id": uuid_utils.compat.uuid7(),
        "supervision": duty,
        "verdict": verdict,
        "reason_codes": list(reasons),
        "uploads": [str(one) for one in uploads],
        "until": until,
        "found_by": by,
        "found_at": now,
    }
    await tx.execute(insert(FINDING), finding)
    values: dict[str, Any] = {"reason_code": reasons[0] if reasons else None}
    if until:
        values |= {"due": until, "overdue_at": None}
    if verdict is Verdict.PASS:
        values["closed_at"] = now
    row = await change(tx, row, state=rules.AFTER[verdict], **values)
    if verdict is Verdict.FAIL:
        await _broken(tx, row, reasons[0], now)
    if verdict is Verdict.PASS:
        await _kept(tx, row, now)
        await _tell_closed(tx, row)
        await open_following(tx, time, row, now)
    return row, finding


async def _hold_approval(tx: AsyncSession, duty: UUID) -> None:
    """A share of its approval, before the duty itself: in the order in which an ending locks, so
    that it does not miss a duty that a finding opens."""
    of = select(DUTY.c.approval).where(DUTY.c.id == duty).scalar_subquery()
    await tx.execute(select(APPROVAL.c.id).where(APPROVAL.c.id == of).with_for_update(read=True))


async def _tell_closed(tx: AsyncSession, row: Row[Any]) -> None:
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
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)


async def _broken(tx: AsyncSession, row: Row[Any], reason_code: str, now: datetime) -> None:
    """No rule grants anything to who broke a promise, until it turns out otherwise."""
    granted = [TRACE.c.approval == row.approval, TRACE.c.why == Why.GRANTED]
    signed = select(TRACE.c.signed).where(*granted, TRACE.c.signed.is_not(None))
    if rules.broke_promise(row.kind, bool((await tx.execute(signed)).first())):
        await hold_against(tx, row.approval, row.regulator, BROKEN, reason_code, now)


async def hold_against(
    tx: AsyncSession,
    approval: UUID,
    regulator: str,
    cause: str,
    reason_code: str,
    now: datetime,
) -> None:
    """Enter it into the holder's credit record and exclude them from what rules grant; once."""
    found = select(APPROVAL.c.holder, APPROVAL.c.item).where(APPROVAL.c.id == approval)
    about = (await tx.execute(found)).one()
    if about.holder is None:
        return
    record = {
        "id": uuid_utils.compat.uuid7(),
        "holder": about.holder,
        "approval": approval,
        "item": about.item,
        "regulator": regulator,
        "cause": cause,
        "reason_code": reason_code,
        "made_at": now,
        "lifted_at": None,
    }
    again = {name: record[name] for name in ("regulator", "reason_code", "made_at", "lifted_at")}
    made = upsert(CREDIT).values(record)
    known = ["approval", "cause"]
    await tx.execute(
        made.on_conflict_do_update(
            index_elements=known, set_=again, where=CREDIT.c.lifted_at.is_not(None)
        )
    )
    lasting = [EXCLUSION.c.approval == approval, EXCLUSION.c.until.is_(None)]
    if not (await tx.execute(select(EXCLUSION.c.id).where(*lasting))).first():
        await instant.exclude(tx, about.holder, approval, reason_code, now)


async def _kept(tx: AsyncSession, row: Row[Any], now: datetime) -> None:
    """A re-check passed: what was held against the holder for this promise is lifted, unless
    another duty of the same grant still says that it was broken."""
    others = [DUTY.c.approval == row.approval, DUTY.c.id != row.id, DUTY.c.state.in_(rules.LIVE)]
    failed = select(FINDING.c.id).where(
        FINDING.c.supervision == DUTY.c.id, FINDING.c.verdict == Verdict.FAIL
    )
    broken = or_(DUTY.c.state == State.ENDING_PROPOSED, failed.exists())
    if (await tx.execute(select(DUTY.c.id).where(*others, broken))).first():
        return
    same = [CREDIT.c.approval == row.approval, CREDIT.c.cause == BROKEN]
    lifted = update(CREDIT).where(*same, CREDIT.c.lifted_at.is_(None)).values(lifted_at=now)
    if (await tx.execute(lifted.returning(CREDIT.c.id))).first():
        await instant.readmit(tx, row.approval, now)


async def close_for_ended(tx: AsyncSession, approval: UUID, now: datetime) -> None:
    """The result has ended: what was still to be looked at is over."""
    open_ones = [DUTY.c.approval == approval, DUTY.c.state.in_(rules.LIVE)]
    found = select(DUTY).where(*open_ones).order_by(DUTY.c.id).with_for_update()
    for row in (await tx.execute(found)).all():
        await _tell_closed(tx, await change(tx, row, state=State.CLOSED, closed_at=now))


def overdue(time: Timekeeper) -> Work:
    """Mark duties whose time has run out, once; a rectification that was missed proposes an
    ending by itself: an authority, not a timer, then decides on it."""

    async def round_of_overdue(tx: AsyncSession, now: datetime) -> bool:
        rows = (await tx.execute(LATE, {"now": now})).all()
        for row in rows:
            if row.state is State.RECTIFYING:
                missed = {"state": State.ENDING_PROPOSED, "reason_code": MISSED}
                row = await change(tx, row, overdue_at=now, **missed)
                await _broken(tx, row, MISSED, now)
            else:
                await change(tx, row, overdue_at=now)
        return len(rows) == AT_ONCE

    return round_of_overdue


async def enrol(tx: AsyncSession, department: str, account: str) -> None:
    row = {"department": department, "account": account}
    await tx.execute(upsert(INSPECTOR).values(row).on_conflict_do_nothing())


async def strike_off(tx: AsyncSession, department: str, account: str) -> None:
    same = [INSPECTOR.c.department == department, INSPECTOR.c.account == account]
    await tx.execute(INSPECTOR.delete().where(*same))
