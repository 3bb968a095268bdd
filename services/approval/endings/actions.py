"""End a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.clock.rules.reckoning import local
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk.actions import APPROVAL, RESULT
from services.approval.endings import cascade, rules, tables
from services.approval.endings.rules import Hearing, Kind
from services.approval.exhibits import actions as exhibits
from services.approval.later.actions import stop_all
from services.approval.supervision.actions import close_for_ended
from services.approval.supervision.credit import hold_against
from services.chassis import outbox
from services.chassis.database import table
from services.contracts import ResultEnded

HEARING = table(tables.HearingRecord)
ENDING = table(tables.Ending)


@dataclass(frozen=True, slots=True)
class Said:
    """What an authority says when it ends a result."""

    kind: Kind
    reason_codes: Sequence[str]
    legal_basis: str


def of_department(department: str | None) -> Any:
    """Its own results, and those issued in its name by whom it entrusted (委托)."""
    return or_(RESULT.c.department == department, APPROVAL.c.entrusted_by == department)


async def locked(tx: AsyncSession, number: str, department: str) -> Row[Any]:
    """The authority's result, locked.  Another's is as absent as none."""
    found = select(RESULT).join(APPROVAL, APPROVAL.c.id == RESULT.c.approval)
    found = found.where(RESULT.c.number == number, of_department(department))
    row = (await tx.execute(found.with_for_update(of=RESULT))).first()
    if row is None:
        raise rules.ResultUnknown()
    return row


async def note_hearing(
    tx: AsyncSession,
    time: Timekeeper,
    number: str,
    department: str,
    outcome: Hearing,
    evidence: str,
    by: str,
) -> dict[str, Any]:
    """Enter that the holder was heard, or why not.  Until the result ends it can be corrected."""
    result = await locked(tx, number, department)
    if result.ended_as:
        raise rules.AlreadyEnded()
    await exhibits.rested_on(tx, department, evidence)
    values = {"outcome": outcome, "evidence": evidence, "noted_by": by, "noted_at": time.now()}
    new = upsert(HEARING).values(result=number, **values)
    await tx.execute(new.on_conflict_do_update(index_elements=["result"], set_=values))
    return {"result": number, **values}


async def end(
    tx: AsyncSession, time: Timekeeper, number: str, department: str, said: Said, by: str
) -> dict[str, Any]:
    """End the result, once, with all that follows from it."""
    rules.check_ending(said.kind, said.reason_codes, said.legal_basis)
    result = await locked(tx, number, department)
    earlier = select(ENDING.c.kind).where(ENDING.c.result == number).order_by(ENDING.c.id)
    before = list((await tx.execute(earlier)).scalars())
    rules.check_not_replaced(result.replaced_by, result.replaced_from, local(time.now()))
    heard = await _hearing(tx, number)
    rules.check_order(said.kind, before, heard is not None)

    now = time.now()
    own, dependents, later = await cascade.reached(tx, result, local(now))
    ending = {
        "id": uuid_utils.compat.uuid7(),
        "result": number,
        "kind": said.kind,
        "reason_codes": list(said.reason_codes),
        "legal_basis": said.legal_basis,
        "authority": department,
        "ended_by": by,
        "ended_at": now,
    }
    await tx.execute(insert(ENDING), ending)
    grounds = _grounds(own.id, said, heard)
    act = acts.ended(own, department, by, now, number, said.kind.value, grounds)
    await audit.enter(tx, own.id, act)
    own = await desk.change(tx, own)
    if not before:
        gone = update(RESULT).where(RESULT.c.number == number)
        gone = gone.values(ended_as=said.kind.value, ended_at=now).returning(RESULT)
        result = (await tx.execute(gone)).one()
        await close_for_ended(tx, own.id, now)
        await cascade.flag(tx, time, result, dependents, now)
        await stop_all(tx, later, now)
    if rules.holds_against(said.kind, said.reason_codes):
        blamed = said.kind.value, said.reason_codes[0]
        await hold_against(tx, own.id, department, *blamed, now)
    event = _ended(own, result, ending)
    await outbox.record(tx, event, version=own.version, correlation=own.correlation or None)
    return ending


async def _hearing(tx: AsyncSession, number: str) -> Row[Any] | None:
    return (await tx.execute(select(HEARING).where(HEARING.c.result == number))).first()


def _grounds(approval: UUID, said: Said, heard: Row[Any] | None) -> dict[str, Any]:
    """As the act has them: of what was written, the digests."""
    shown = acts.digest_of(approval, heard.evidence) if heard else None
    return {
        "reason_codes": list(said.reason_codes),
        "legal_basis_digest": acts.digest_of(approval, said.legal_basis),
        "hearing": str(heard.outcome) if heard else None,
        "hearing_evidence_digest": shown,
    }


def _ended(own: Row[Any], result: Row[Any], ending: dict[str, Any]) -> ResultEnded:
    return ResultEnded(
        number=result.number,
        approval=own.id,
        application=own.application,
        member=own.member,
        item=own.item,
        evidence=result.evidence,
        department=result.department,
        ended_by=ending["authority"],
        kind=ending["kind"].value,
        reason_codes=tuple(ending["reason_codes"]),
        ended_at=ending["ended_at"],
    )
