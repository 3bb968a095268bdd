"""What we do when others speak, and as time passes: catalog's plans, the holder's answer, what is
missed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.cards import moves
from services.approval.cards.rules import SUPERVISED
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.actions import APPROVAL
from services.approval.supervision import tables, telling
from services.approval.supervision.actions import change, hold_approval
from services.approval.supervision.credit import FINDING, note_broken, note_kept
from services.approval.supervision.opening import DUTY, PLAN, due_of
from services.approval.supervision.rules import MISSED, RECHECK, State
from services.chassis.database import insert_all, packed, table
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.chassis.ticks import Work
from services.contracts import ItemPublished, RectificationAnswered

ANSWER = table(tables.FindingAnswer)
AT_ONCE = 100
KEEP = insert_all(PLAN, [column.name for column in PLAN.c])
# First a share of the approvals, then the duties, as everybody does: a card refers to its approval.
WHOSE = (
    select(APPROVAL.c.id)
    .join(DUTY, DUTY.c.approval == APPROVAL.c.id)
    .where(DUTY.c.due <= bindparam("now"), text(tables.RUNNING_DUTY))
    .order_by(DUTY.c.due)
    .limit(AT_ONCE)
    .with_for_update(of=APPROVAL, read=True, skip_locked=True)
)
LATE = (
    select(DUTY)
    .where(DUTY.c.approval == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .where(DUTY.c.due <= bindparam("now"), text(tables.RUNNING))
    .order_by(DUTY.c.due)
    .with_for_update(skip_locked=True)
)
NEWEST = FINDING.c.found_at.desc(), FINDING.c.id.desc()


async def keep_plans(tx: AsyncSession, heard: Sequence[Heard[ItemPublished]]) -> None:
    """A published version is never changed, so the first telling of it holds."""
    rows = [
        {
            "item": one.event.code,
            "version": one.event.version,
            "regulator": one.event.item.regulator or one.event.item.department,
            "duties": [duty.model_dump(mode="json") for duty in one.event.item.supervision],
        }
        for one in heard
    ]
    await tx.execute(KEEP, {"rows": packed(sorted(rows, key=lambda row: str(row["item"])))})


def reactions(partners: Collection[str], time: Timekeeper) -> Mapping[Any, Reaction]:
    async def note_answers(tx: AsyncSession, heard: Sequence[Heard[RectificationAnswered]]) -> None:
        for one in sorted(heard, key=lambda one: one.event.approval):
            await _note_answer(tx, time, one.event)

    return {ItemPublished: keep_plans, RectificationAnswered: note_answers}


async def _note_answer(tx: AsyncSession, time: Timekeeper, event: RectificationAnswered) -> None:
    """It is the regulator's turn: it looks again, in time.

    What was answered in time was not missed, even where we hear of it after its day: what had
    followed from the silence is taken back.
    """
    await hold_approval(tx, event.supervision)
    locked = select(DUTY).where(DUTY.c.id == event.supervision).with_for_update()
    row = (await tx.execute(locked)).first()
    told = select(FINDING).where(FINDING.c.supervision == event.supervision).order_by(*NEWEST)
    newest = (await tx.execute(told.limit(1))).first()
    if row is None or newest is None or not await _keep(tx, event):
        return
    missed = row.state is State.ENDING_PROPOSED and row.reason_code == MISSED
    in_time = newest.until is not None and event.answered_at <= newest.until
    if newest.id != event.finding or not in_time or not (missed or row.state is State.RECTIFYING):
        await change(tx, row)
        return
    due = due_of(event.answered_at, RECHECK, await time.rules(tx))
    after = {"state": State.ANSWERED, "reason_code": newest.reason_codes[0], "due": due}
    row = await change(tx, row, overdue_at=None, **after)
    if missed:
        await note_kept(tx, row, time.now(), only=MISSED)
        await telling.proposed(tx, row, MISSED, time.now(), withdrawn=True)


async def _keep(tx: AsyncSession, event: RectificationAnswered) -> bool:
    """False where it was known: an answer is given once."""
    answer = {
        "finding": event.finding,
        "statement": event.statement,
        "uploads": [str(one) for one in event.uploads],
        "answered_at": event.answered_at,
    }
    made = upsert(ANSWER).values(answer).on_conflict_do_nothing()
    return (await tx.execute(made.returning(ANSWER.c.finding))).first() is not None


def overdue(time: Timekeeper, line: tuple[int, ...]) -> Work:
    """Mark duties whose time has run out, once.

    A rectification that was missed is the holder's lateness: it proposes an ending by itself, and
    an authority, not a timer, then decides.  All else is the regulator's: a card goes up its line.
    """

    async def round_of_overdue(tx: AsyncSession, now: datetime) -> bool:
        ids = (await tx.execute(WHOSE, {"now": now})).scalars().all()
        rows = (await tx.execute(LATE, {"now": now, "ids": list(ids)})).all()
        for row in rows:
            if row.state is State.RECTIFYING:
                await _missed(tx, row, now)
            else:
                await _late(tx, time, await change(tx, row, overdue_at=now), now, line)
        return len(ids) == AT_ONCE

    return round_of_overdue


async def _late(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], now: datetime, line: tuple[int, ...]
) -> None:
    """`row`: the duty.  Once for each, however often its time runs out."""
    approval = (await tx.execute(select(APPROVAL).where(APPROVAL.c.id == row.approval))).one()
    facts = {"deadline": SUPERVISED.code, "due_at": row.due, "duty": row.kind.value}
    facts |= {"supervision": str(row.id), "opened_at": row.opened_at}
    whose = moves.Whose(row.id, row.regulator, row.inspector or row.acknowledged_by)
    first = moves.rises(0, now, line, await time.rules(tx))
    await moves.raise_card(tx, approval, SUPERVISED, facts, now, first, whose)


async def _missed(tx: AsyncSession, row: Row[Any], now: datetime) -> None:
    missed = {"state": State.ENDING_PROPOSED, "reason_code": MISSED}
    row = await change(tx, row, overdue_at=now, **missed)
    await note_broken(tx, row, MISSED, now)
    await telling.proposed(tx, row, MISSED, now)
