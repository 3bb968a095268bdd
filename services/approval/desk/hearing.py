"""What becomes of approvals when bundle speaks: they open, are spared something, or end."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.desk import actions, rules
from services.approval.desk.actions import APPROVAL, SPARED
from services.approval.desk.rules import State
from services.approval.desk.tables import Supplied
from services.chassis import driver
from services.chassis.database import insertion, packed, table
from services.contracts import (
    ApprovalStopped,
    Duration,
    Event,
    PartnerApprovalCancelled,
    PartnerApprovalOpened,
    SparedEvidence,
)

SUPPLIED = table(Supplied)
COLUMNS = [column.name for column in APPROVAL.c]
EMPTY = dict.fromkeys(COLUMNS)
OPEN = insertion(APPROVAL, COLUMNS, returning=["id"])
TURNS = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(id, 0)) "
    "FROM unnest(CAST(:ids AS text[])) AS t (id)"
)


async def open_all(tx: AsyncSession, rows: list[dict[str, Any]]) -> list[Any]:
    """Open the approvals that are new; an id that is taken was opened or cancelled before.

    Only ids come back: what was written we know, and to read its sixty columns is dear.
    """
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    fresh = {one["id"] for one in await driver.fetch(tx, OPEN, packed(ordered))}
    opened: dict[UUID, dict[str, Any]] = {}
    for row in ordered:
        if row["id"] in fresh:
            opened.setdefault(row["id"], row)  # of two with one id the first was written
    return [SimpleNamespace(**EMPTY | row) for row in opened.values()]


async def trimmed(tx: AsyncSession, opened: Sequence[Any]) -> list[Any]:
    """Approvals that were just opened, without the gaps of which we heard before that they are
    closed, or no longer asked."""
    waiting = [row.id for row in opened if row.deferred]
    if not waiting:
        return list(opened)
    came = await tx.execute(select(SUPPLIED).where(SUPPLIED.c.approval.in_(waiting)))
    gone = await tx.execute(select(SPARED).where(SPARED.c.approval.in_(waiting)))
    closed = {(one.approval, one.evidence) for found in (came, gone) for one in found}
    return [await _trim(tx, row, closed) for row in opened]


async def _trim(tx: AsyncSession, row: Any, closed: set[tuple[UUID, str]]) -> Any:
    keys = {evidence for approval, evidence in closed if approval == row.id}
    left = rules.still_deferred(row.deferred, keys)
    if left == row.deferred:
        return row
    same = update(APPROVAL).where(APPROVAL.c.id == row.id).values(deferred=left)
    return (await tx.execute(same.returning(APPROVAL))).one()


async def take_turns(tx: AsyncSession, approvals: Iterable[UUID]) -> None:
    """Of two transactions that concern an approval which may not be there yet, the second sees what
    the first did."""
    ids = sorted(str(one) for one in approvals)
    if ids:
        await tx.execute(TURNS, {"ids": ids})


async def supply(tx: AsyncSession, approval: UUID, evidence: Iterable[str]) -> None:
    """Write down what has come, for an approval that may yet have to open."""
    rows = [{"approval": approval, "evidence": one} for one in evidence]
    if rows:
        await tx.execute(upsert(SUPPLIED).values(rows).on_conflict_do_nothing())


async def leave_mark(tx: AsyncSession, row: dict[str, Any]) -> bool:
    """Take the id of an approval whose cancellation came first.  False if it is there already."""
    mark = upsert(APPROVAL).values(row).on_conflict_do_nothing().returning(APPROVAL.c.id)
    return (await tx.execute(mark)).first() is not None


async def cancel(tx: AsyncSession, approval: UUID, reason: str) -> Row[Any] | None:
    """End an approval that is no longer wanted, where the rules let it end."""
    found = select(APPROVAL).where(APPROVAL.c.id == approval).with_for_update()
    row = (await tx.execute(found)).one()
    if not rules.cancelled(row.state, row.acceptor is not None, reason):
        return None
    return await actions.change(tx, row, state=State.CANCELLED)


async def spare(
    tx: AsyncSession, amendments: Iterable[tuple[UUID, Iterable[SparedEvidence]]]
) -> set[UUID]:
    """Write down what desks no longer ask; answers the approvals for which some of it is new."""
    rows = [
        {"approval": approval, **one.model_dump()}
        for approval, spared in amendments
        for one in spared
    ]
    if not rows:
        return set()
    kept = upsert(SPARED).values(rows).on_conflict_do_nothing().returning(SPARED.c.approval)
    return set((await tx.execute(kept)).scalars())


async def amend(tx: AsyncSession, mark: dict[str, Any], gone: Collection[str]) -> Row[Any] | None:
    """An open approval that is to be judged by less is another version: a decision made on an
    older reading is told so.  A grant that waits for what is no longer asked waits no more.
    Answers nothing where it concerns the approval no more, or that has not opened yet: then the
    opening says what is spared.

    `gone`: the evidence that is no longer asked, so that nobody waits for it either.
    `mark` takes the id for a moment, so that an opening that is under way is waited for, and one
    that begins meanwhile waits for us.
    """
    if await leave_mark(tx, mark):
        await tx.execute(delete(APPROVAL).where(APPROVAL.c.id == mark["id"]))
        return None
    found = select(APPROVAL).where(APPROVAL.c.id == mark["id"]).with_for_update()
    row = (await tx.execute(found)).one()
    left = rules.still_deferred(row.deferred, gone)
    waited = row.state is State.GRANTED and left != row.deferred
    if row.state not in rules.OPEN and not waited:
        return None
    return await actions.change(tx, row, deferred=left)


async def spared_of(tx: AsyncSession, approvals: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """What desks no longer ask, by approval."""
    found: dict[UUID, list[Row[Any]]] = {}
    if approvals:
        rows = select(SPARED).where(SPARED.c.approval.in_(approvals)).order_by(SPARED.c.evidence)
        for row in await tx.execute(rows):
            found.setdefault(row.approval, []).append(row)
    return found


def stopping(row: Row[Any], now: datetime, partner: bool, reason: Any) -> list[Event]:
    """What is told of an approval that ends without an answer."""
    gone = {"because": reason} if reason == "earlier_result_gone" else {}
    told: list[Event] = [
        ApprovalStopped(
            approval=row.id,
            application=row.application,
            bundle=row.bundle,
            member=row.member,
            item=row.item,
            department=row.department,
            opened_at=row.opened_at,
            stopped_at=now,
            **gone,
        )
    ]
    if partner:
        about = {"approval": row.id, "application": row.application}
        told.append(PartnerApprovalCancelled(**about, department=row.department, reason=reason))
    return told


def partner_opening(
    row: Row[Any], due: datetime | None, spared: Sequence[Row[Any]]
) -> PartnerApprovalOpened:
    return PartnerApprovalOpened(
        approval=row.id,
        application=row.application,
        bundle=row.bundle,
        member=row.member,
        item=row.item,
        item_version=row.item_version,
        department=row.department,
        promise=Duration(**row.promise),
        issues=row.issues,
        accepted=row.state is State.ACCEPTED,
        opened_at=row.opened_at,
        deferred=row.deferred,
        spared=tuple(SparedEvidence.model_validate(one, from_attributes=True) for one in spared),
        filing=row.filing,
        replaces=row.replaces,
        due=due,
    )
