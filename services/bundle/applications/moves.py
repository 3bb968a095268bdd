"""Carry out what the rules of progress ask for: one application or a batch of them, in bulk.

An application's row is locked before its members are read, so answers that arrive at the same
moment take turns and exactly one of them is the last.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import tables
from services.bundle.applications.cases import Case
from services.bundle.applications.notifying import notify
from services.bundle.applications.tables import Member
from services.chassis import outbox
from services.chassis.database import packed, table, update_all
from services.chassis.ticks import moment

APPLICATION = table(tables.Application)
MEMBER = table(Member)
WANTED = any_(bindparam("wanted", type_=ARRAY(Uuid)))
LOCK = (
    select(*(c for c in APPLICATION.c if c.name not in ("plan", "form", "materials")))
    .where(APPLICATION.c.id == WANTED)
    .order_by(APPLICATION.c.id)
    .with_for_update()
)
MEMBERS = select(MEMBER).where(MEMBER.c.application == WANTED).order_by(MEMBER.c.place)


async def load(tx: AsyncSession, applications: Iterable[UUID]) -> dict[UUID, Case]:
    """Lock applications, in id order so that no two transactions wait for each other."""
    wanted = sorted(set(applications))
    rows = (await tx.execute(LOCK, {"wanted": wanted})).all()
    members: dict[UUID, list[Mapping[Any, Any]]] = {}
    for member in (await tx.execute(MEMBERS, {"wanted": wanted})).mappings():
        members.setdefault(member["application"], []).append(member)
    now = moment(tx)
    return {row.id: Case.of(row, members[row.id], now) for row in rows}


CHANGE_MEMBERS = update_all(
    MEMBER,
    ["application", "member"],
    [
        "state",
        "issued",
        "choice",
        "reason_code",
        "result_number",
        "late",
        "department",
        "department_of",
        "due",
        "due_of",
        "receipt",
        "refusal",
        "delivery",
        "holds",
        "requested_at",
        "settled_at",
    ],
)
CHANGE_APPLICATIONS = update_all(
    APPLICATION, ["id"], ["outcome", "withdrawn", "completed_at", "version"]
)


async def store(tx: AsyncSession, cases: Iterable[Case]) -> None:
    """Write every change of a batch, and tell what follows from it."""
    moved = [case for case in cases if case.moved]
    if not moved:
        return
    rows = [case.members[name] for case in moved for name in sorted(case.touched)]
    if rows:
        await tx.execute(CHANGE_MEMBERS, {"rows": packed(rows)})
    await tx.execute(CHANGE_APPLICATIONS, {"rows": packed([_application(c) for c in moved])})
    facts = [fact for case in moved for fact in case.facts]
    await outbox.record_all(tx, [*facts, *await notify(tx, [case.told() for case in moved])])


def _application(case: Case) -> dict[str, Any]:
    completed_at = case.row.completed_at
    if case.progress.outcome and completed_at is None:
        completed_at = case.now
    return {
        "id": case.row.id,
        "outcome": case.progress.outcome,
        "withdrawn": case.progress.withdrawn,
        "completed_at": completed_at,
        "version": case.version,
    }
