"""Grants are found in the chain of acts, and each opens its duties, once.

Deciding does not wait for this: a cursor follows the chain, which has no gaps and one writer.  A
grant whose item's version catalog has not told of waits in its row, and is looked at again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
import uuid_utils.compat
from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit.actions import ENTRY, LINK
from services.approval.clock.rules.lengths import Length
from services.approval.clock.rules.reckoning import Count, Rules, reckon
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.actions import APPROVAL, RESULT
from services.approval.supervision import rules, tables
from services.approval.supervision.rules import Kind, Outlook, Planned, State
from services.chassis import driver, outbox
from services.chassis.database import change, insert_all, insertion, packed, table
from services.chassis.ticks import Work
from services.contracts import SupervisionOpened

PLAN = table(tables.SupervisionPlan)
GRANT = table(tables.SupervisedGrant)
CURSOR = table(tables.SupervisionCursor)
DUTY = table(tables.Duty)
INSPECTOR = table(tables.Inspector)

LOOKING = 7_102_648
"""The advisory lock that makes one replica look at new grants."""
BATCH = 500
NOTE = insertion(GRANT, GRANT.c.keys())
NOTE_OUTLOOK = change(GRANT, ["approval"], ["outlook"])
OPEN = insert_all(DUTY, [c.name for c in DUTY.c], returning=[c.name for c in DUTY.c])
PLANNED = [PLAN.c.item == GRANT.c.item, PLAN.c.version == GRANT.c.item_version]
# As a constant, like the index; and the few that wait before the order in which they are locked.
FEW = (
    select(GRANT.c.approval)
    .join(PLAN, PLANNED[0] & PLANNED[1])
    .where(text("outlook = 'waiting'"))
    .limit(BATCH)
    .subquery()
)
WAITING = (
    select(APPROVAL.c.id)
    .join(FEW, FEW.c.approval == APPROVAL.c.id)
    .order_by(FEW.c.approval)
    .with_for_update(of=APPROVAL, read=True)
)
# What a duty says of its approval, which has sixty columns.
OF_APPROVAL = tuple(
    APPROVAL.c[name]
    for name in ("id", "application", "item", "department", "region", "decided_at", "correlation")
)
# A statement of its own, which sees what we waited for: see `look`.
KNOWN_BY_NOW = (
    select(*OF_APPROVAL, GRANT.c.seed, PLAN.c.regulator, PLAN.c.duties, RESULT.c.ended_as)
    .select_from(GRANT)
    .join(PLAN, PLANNED[0] & PLANNED[1])
    .join(APPROVAL, APPROVAL.c.id == GRANT.c.approval)
    .outerjoin(RESULT, RESULT.c.approval == APPROVAL.c.id)
    .where(GRANT.c.approval == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(GRANT.c.approval)
)


def look(time: Timekeeper) -> Work:
    """What a service does every second; see chassis/ticks.py.

    Whoever ends a result holds its approval and closes the duties that it sees.  So we hold a share
    of each approval while we open duties: an ending that is under way is waited for and then seen,
    and one that begins meanwhile finds what we opened.
    """

    async def round_of_grants(tx: AsyncSession, now: datetime) -> bool:
        if not (await tx.execute(select(func.pg_try_advisory_xact_lock(LOOKING)))).scalar():
            return False
        more = await _note_grants(tx, now)
        waiting = (await tx.execute(WAITING)).scalars().all()
        if waiting:
            known = (await tx.execute(KNOWN_BY_NOW, {"ids": waiting})).all()
            await _open_planned(tx, await time.rules(tx), known, now)
        return more or len(waiting) == BATCH

    return round_of_grants


async def _note_grants(tx: AsyncSession, now: datetime) -> bool:
    """Write down the grants that were chained since; true where there may be more."""
    position = (await tx.execute(select(CURSOR.c.position))).scalar() or 0
    following = (
        select(LINK.c.position, LINK.c.digest, ENTRY.c.document)
        .join(ENTRY, ENTRY.c.id == LINK.c.entry)
        .where(LINK.c.position > position)
        .order_by(LINK.c.position)
        .limit(BATCH)
    )
    links = (await tx.execute(following)).all()
    if not links:
        return False
    acts = [(link.digest, orjson.loads(link.document)) for link in links]
    rows = [
        {
            "approval": act["approval"],
            "item": act["item"],
            "item_version": act["item_version"],
            "outlook": Outlook.WAITING,
            "seed": digest,
            "looked_at": now,
        }
        for digest, act in acts
        if act["act"] == "decided" and act["verdict"] == "granted"
    ]
    if rows:
        await driver.execute(tx, NOTE, packed(rows))
    here = {"id": 1, "position": links[-1].position}
    moved = upsert(CURSOR).values(here)
    await tx.execute(moved.on_conflict_do_update(index_elements=["id"], set_=here))
    return len(links) == BATCH


async def _open_planned(tx: AsyncSession, how: Rules, known: Sequence[Any], now: datetime) -> None:
    opened: list[dict[str, Any]] = []
    outlooks = []
    enrolled = await inspectors(tx, {row.regulator for row in known})
    for row in known:
        # What has ended meanwhile nobody looks after any more.
        plan = [] if row.ended_as else [Planned.of(one) for one in row.duties]
        due = rules.at_once(plan, row.seed, row.id)
        opened += [
            duty(row, one, row.regulator, row.decided_at, how, row.seed, enrolled) for one in due
        ]
        outlook = Outlook.OPENED if due else Outlook.NOT_DRAWN if plan else Outlook.NO_PLAN
        outlooks.append({"approval": row.id, "outlook": outlook})
    await open_all(tx, opened)
    await driver.execute(tx, NOTE_OUTLOOK, packed(outlooks))


async def inspectors(tx: AsyncSession, departments: Iterable[str]) -> dict[str, list[str]]:
    """The accounts that may be drawn, by department."""
    found = select(INSPECTOR).where(INSPECTOR.c.department.in_(list(departments)))
    by: dict[str, list[str]] = {}
    for row in await tx.execute(found):
        by.setdefault(row.department, []).append(row.account)
    return by


def duty(
    approval: Any,
    planned: Planned,
    regulator: str,
    since: datetime,
    how: Rules,
    seed: str = "",
    enrolled: dict[str, list[str]] | None = None,
    ref: str = "",
) -> dict[str, Any]:
    """The row of a new duty, due by the clock's own counting."""
    pool = (enrolled or {}).get(regulator, ())
    drawn = rules.drawn_inspector(seed, approval.id, pool)
    return {
        "id": uuid_utils.compat.uuid7(),
        "approval": approval.id,
        "application": approval.application,
        "item": approval.item,
        "department": approval.department,
        "region": approval.region,
        "kind": planned.kind,
        "ref": ref,
        "regulator": regulator,
        "state": State.OPENED,
        "seed": seed,
        "inspector": drawn if planned.kind is Kind.RANDOM_CHECK else None,
        "due": due_of(since, planned.within, how),
        "opened_at": since,
        "correlation": approval.correlation,
        "version": 1,
    }


def due_of(since: datetime, within: Length, how: Rules) -> datetime | None:
    return reckon(Count(since, (within,)), how).due


async def open_all(tx: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[Any]:
    """Open duties that are not there yet, and tell."""
    if not rows:
        return []
    made = (await tx.execute(OPEN, {"rows": packed(rows)})).all()
    await outbox.record_all(tx, [(opening(one), 1, one.correlation or None) for one in made])
    return list(made)


def opening(row: Any) -> SupervisionOpened:
    return SupervisionOpened(
        supervision=row.id,
        approval=row.approval,
        application=row.application,
        item=row.item,
        department=row.department,
        regulator=row.regulator,
        region=row.region,
        kind=row.kind.value,
        ref=row.ref,
        due=row.due,
        opened_at=row.opened_at,
    )


async def open_following(
    tx: AsyncSession, time: Timekeeper, passed: Any, now: datetime
) -> list[Any]:
    """What waited for a duty that has just been passed."""
    planned = (
        select(*OF_APPROVAL, GRANT.c.seed, PLAN.c.regulator, PLAN.c.duties)
        .select_from(GRANT)
        .join(PLAN, PLANNED[0] & PLANNED[1])
        .join(APPROVAL, APPROVAL.c.id == GRANT.c.approval)
        .where(GRANT.c.approval == passed.approval)
    )
    row = (await tx.execute(planned)).first()
    if row is None:
        return []
    plan = [Planned.of(one) for one in row.duties]
    following = rules.following(plan, passed.kind, row.seed, row.id)
    how, enrolled = await time.rules(tx), await inspectors(tx, [passed.regulator])
    rows = [duty(row, one, passed.regulator, now, how, row.seed, enrolled) for one in following]
    return await open_all(tx, rows)
