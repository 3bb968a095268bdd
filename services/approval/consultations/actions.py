"""Ask another department for its opinion, give it, or want it no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, Row, and_, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.catalogue import actions as catalogue
from services.approval.clock import actions as clock
from services.approval.clock.rules.deadlines import CONSULTATION as CONSULTED
from services.approval.clock.rules.lengths import Length
from services.approval.clock.rules.reckoning import Count, reckon
from services.approval.clock.timekeeping import Timekeeper
from services.approval.consultations import rules, tables
from services.approval.consultations.rules import Because, ConsultationUnknown, Opinion
from services.approval.desk import actions as desk
from services.approval.desk.actions import APPROVAL
from services.approval.desk.rules import OPEN
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.contracts import (
    ConsultationClosed,
    ConsultationOpened,
    Event,
    PartnerConsultationClosed,
    PartnerConsultationOpened,
)

CONSULTATION = table(tables.Consultation)
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask, what to show it, and how long it has."""

    consulted: str
    within: Length
    fields: Sequence[str] = ()
    evidence: Sequence[str] = ()
    question: str | None = None


async def ask(
    tx: AsyncSession,
    time: Timekeeper,
    approval: UUID,
    department: str,
    asked: Question,
    by: str,
    if_match: str | None = None,
) -> Row[Any]:
    """Ask for an opinion.  The main clock runs on: a colleague's time is the authority's own."""
    row = await desk.locked(tx, approval, department, by)
    known = await catalogue.department(tx, asked.consulted) is not None
    outstanding = [one.consulted for one in await open_of(tx, approval)]
    whom = (department, asked.consulted, known, outstanding, asked.within)
    rules.check_request(row.state, *whom)
    check_match(if_match, row.version)

    small = await clock.start_small(tx, time, row, CONSULTED, asked.within, asked.consulted)
    entry = {
        "id": uuid_utils.compat.uuid7(),
        "approval": approval,
        "department": department,
        "consulted": asked.consulted,
        "fields": list(asked.fields),
        "evidence": list(asked.evidence),
        "question": asked.question,
        "within": asked.within.record(),
        "clock": small,
        "asked_by": by,
        "asked_at": time.now(),
    }
    new = insert(CONSULTATION).values(entry).returning(CONSULTATION)
    made: Row[Any] = (await tx.execute(new)).one()
    told = await _opening(tx, time, row, made)
    await outbox.record(tx, *told, version=1, correlation=row.correlation or None)
    return made


async def give(
    tx: AsyncSession,
    time: Timekeeper,
    consultation: UUID,
    department: str,
    opinion: Opinion,
    statement: str | None,
    by: str,
) -> Row[Any]:
    """The consulted department's opinion.  The same again is one opinion."""
    one = await _found(tx, consultation, CONSULTATION.c.consulted == department)
    row = await desk.any_locked(tx, one.approval)
    one = await _found(tx, consultation, CONSULTATION.c.consulted == department)
    assert row is not None
    if one.opinion == opinion and one.statement == statement:
        return one
    rules.check_opinion(row.state, one.closed_at is not None, opinion, statement)

    said = {"opinion": opinion, "statement": statement, "given_by": by}
    one = await _close(tx, time, row, one, Because.GIVEN, said)
    await audit.enter(tx, row.id, acts.opinion(row, by, one.closed_at, department, opinion))
    return one


async def withdraw(
    tx: AsyncSession, time: Timekeeper, consultation: UUID, department: str, by: str
) -> Row[Any]:
    """The opinion is no longer wanted.  Saying so twice is saying it once."""
    own = CONSULTATION.c.department == department
    one = await _found(tx, consultation, own)
    row = await desk.locked(tx, one.approval, department, by)
    one = await _found(tx, consultation, own)
    if one.closed_at is not None and one.opinion is None:
        return one
    rules.check_opinion(row.state, one.closed_at is not None, Opinion.AGREE, None)
    return await _close(tx, time, row, one, Because.WITHDRAWN)


async def close_all(tx: AsyncSession, time: Timekeeper, row: Row[Any], because: Because) -> None:
    """What was asked about a locked approval is no longer wanted."""
    for one in await open_of(tx, row.id):
        await _close(tx, time, row, one, because)


async def open_of(tx: AsyncSession, approval: UUID) -> Sequence[Row[Any]]:
    found = select(CONSULTATION).where(
        CONSULTATION.c.approval == approval, CONSULTATION.c.closed_at.is_(None)
    )
    return (await tx.execute(found.order_by(CONSULTATION.c.id))).all()


def still_wanted() -> ColumnElement[bool]:
    """Whether an opinion can still be given: a decision takes effect before it closes them."""
    about = APPROVAL.c.id == CONSULTATION.c.approval
    return and_(
        CONSULTATION.c.closed_at.is_(None), exists().where(about, APPROVAL.c.state.in_(OPEN))
    )


async def shown(tx: AsyncSession, consultation: UUID, department: str) -> Row[Any]:
    """To whoever asked or was asked; to all others it is as absent as none."""
    either = or_(CONSULTATION.c.department == department, CONSULTATION.c.consulted == department)
    return await _found(tx, consultation, either)


async def _found(tx: AsyncSession, consultation: UUID, whose: Any) -> Row[Any]:
    found = select(CONSULTATION).where(CONSULTATION.c.id == consultation, whose)
    row = (await tx.execute(found)).first()
    if row is None:
        raise ConsultationUnknown()
    return row


async def _close(
    tx: AsyncSession,
    time: Timekeeper,
    row: Row[Any],
    one: Row[Any],
    because: Because,
    said: Mapping[str, Any] = NOTHING,
) -> Row[Any]:
    values = {**said, "because": because, "closed_at": time.now()}
    same = update(CONSULTATION).where(CONSULTATION.c.id == one.id).values(values)
    after: Row[Any] = (await tx.execute(same.returning(CONSULTATION))).one()
    await clock.stop_small(tx, time, row, one.clock)
    told = _closing(tx, row, after)
    await outbox.record(tx, *told, version=2, correlation=row.correlation or None)
    return after


async def _opening(tx: AsyncSession, time: Timekeeper, row: Row[Any], one: Row[Any]) -> list[Event]:
    due = reckon(Count(one.asked_at, (Length.of(one.within),)), await time.rules(tx)).due
    about = {"consultation": one.id, "approval": row.id, "fields": one.fields}
    about |= {"evidence": one.evidence, "question": one.question, "due": due}
    told: list[Event] = [
        ConsultationOpened(
            application=row.application,
            member=row.member,
            department=one.department,
            consulted=one.consulted,
            opened_at=one.asked_at,
            **about,
        )
    ]
    if one.consulted in tx.info["partners"]:
        whose = {"department": one.consulted, "asked_by": one.department, "item": row.item}
        told.append(PartnerConsultationOpened(**about, **whose))
    return told


def _closing(tx: AsyncSession, row: Row[Any], one: Row[Any]) -> list[Event]:
    about = {"consultation": one.id, "approval": row.id, "consulted": one.consulted}
    about |= {"opinion": one.opinion, "statement": one.statement, "because": one.because}
    told: list[Event] = [
        ConsultationClosed(
            application=row.application,
            department=one.department,
            closed_at=one.closed_at,
            **about,
        )
    ]
    listener = one.department if one.opinion else one.consulted
    if listener in tx.info["partners"]:
        told.append(PartnerConsultationClosed(department=listener, **about))
    return told
