"""Judge an approval by its item's rule, and keep who may not be judged so any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.acceptance.actions import accepted
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk.rules import Acceptor, NumberTaken, Seat, State
from services.approval.instant import rules, tables
from services.approval.instant.rules import Offer, Why, last_day
from services.chassis.database import table
from services.chassis.envelope import Heard
from services.contracts import ApprovalRequested, InstantRequest, ResultStatement

TRACE = table(tables.InstantTrace)
EXCLUSION = table(tables.Exclusion)


async def judge_opened(
    tx: AsyncSession,
    time: Timekeeper,
    opened: Sequence[Row[Any]],
    heard: Sequence[Heard[ApprovalRequested]],
) -> None:
    """Have the rules of instant items answer at once, in the transaction that opened them."""
    offers = {one.event.approval: one.event.instant for one in heard if one.event.instant}
    for row in opened:
        if offer := offers.get(row.id):
            await _by_rule(tx, time, row, offer)


async def _by_rule(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], offer: InstantRequest
) -> None:
    """Grant and issue where the item's rule says so; else it lies at the desk like any other."""
    now, by = time.now(), f"{desk.RULE}{row.item}@{row.item_version}"
    granted, _ = await judge(tx, row, offer, now)
    if not granted:
        return
    try:
        async with tx.begin_nested():
            await _grant(tx, time, row, offer, now, by)
    except NumberTaken:
        # Else the request would be set aside, and nobody could decide it.
        left = update(TRACE).where(TRACE.c.approval == row.id).values(why=Why.NUMBER_TAKEN)
        await tx.execute(left)


async def _grant(
    tx: AsyncSession,
    time: Timekeeper,
    row: Row[Any],
    offer: InstantRequest,
    now: datetime,
    by: str,
) -> None:
    if row.state is State.OPENED:
        row = await accepted(tx, time, row, Acceptor.AUTOMATIC, now, Seat(row.department, by))
    start = now.astimezone(desk.SHANGHAI).date()
    validity = offer.validity
    result = ResultStatement(
        digest=offer.content,
        issuer_number=offer.issuer_number,
        valid_from=start,
        valid_until=last_day(start, validity.value, validity.unit) if validity else None,
    )
    await desk.decide(tx, row.id, Seat(row.department, by), State.GRANTED, None, result)


async def judge(
    tx: AsyncSession, row: Row[Any], offer: InstantRequest, now: datetime
) -> tuple[bool, Why]:
    """Whether the rule grants this approval; the trace is kept either way."""
    excluded = bool((await tx.execute(_excluded(row.holder, now))).first())
    asked = Offer(offer.rule, offer.reads, offer.acr, not offer.commitment or bool(offer.signed))
    levels: list[str] = tx.info["acr_levels"]
    rest = (excluded, row.four_eyes, bool(row.deferred))
    why = rules.judge(asked, row.facts, row.acr, levels, *rest)
    trace = {
        "approval": row.id,
        "rule": offer.rule,
        "facts": {code: row.facts.get(code) for code in offer.reads},
        "acr": row.acr,
        "wanted_acr": offer.acr,
        "commitment": offer.commitment,
        "commitment_version": offer.commitment_version,
        "signed": offer.signed,
        "why": why,
        "judged_at": now,
    }
    await tx.execute(insert(TRACE), trace)
    return why is Why.GRANTED, why


def _excluded(holder: UUID, now: datetime) -> Any:
    return select(EXCLUSION.c.id).where(EXCLUSION.c.holder == holder, _lasting(now)).limit(1)


def _lasting(now: datetime) -> ColumnElement[bool]:
    return or_(EXCLUSION.c.until.is_(None), EXCLUSION.c.until > now)


async def exclude(
    tx: AsyncSession,
    holder: UUID,
    approval: UUID,
    reason_code: str,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """No rule grants anything to this holder until then, as a promise of theirs was false."""
    row = {
        "id": uuid_utils.compat.uuid7(),
        "holder": holder,
        "approval": approval,
        "reason_code": reason_code,
        "since": now,
        "until": until,
    }
    await tx.execute(insert(EXCLUSION), row)


async def readmit(tx: AsyncSession, approval: UUID, now: datetime) -> None:
    """Lift what one approval brought about: its promise was kept after all."""
    same = [
        EXCLUSION.c.approval == approval,
        or_(EXCLUSION.c.until.is_(None), EXCLUSION.c.until > now),
    ]
    await tx.execute(update(EXCLUSION).where(*same).values(until=now))
