"""What an ended result reaches: exactly the approvals that relied on it, open or granted.

Whoever opens an approval that relies on a result holds a share of its row; whoever ends the result
holds all of it.  So an approval that opens just then is found by the one or by the other.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.rules.lengths import Length
from services.approval.clock.rules.reckoning import local
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk.actions import APPROVAL, FLAG, RESULT
from services.approval.desk.reactions import Judge
from services.approval.desk.rules import OPEN, State
from services.approval.supervision.opening import PLAN, duty, open_all
from services.approval.supervision.rules import Kind, Planned
from services.chassis import outbox
from services.chassis.database import insert_all, packed
from services.chassis.envelope import Heard
from services.contracts import ApprovalFlagged, ApprovalRequested, Event, PartnerApprovalFlagged

REVIEW = Planned(Kind.REVIEW, Length(20))
"""How soon a grant is looked at again whose ground has gone."""
FLAGGED = insert_all(FLAG, [column.name for column in FLAG.c], returning=["approval", "result"])
REACHED = frozenset({*OPEN, State.GRANTED})


# The results in whose place this one counts, the nearest first: by primary keys only.
PLACE_OF = text(
    """
    WITH RECURSIVE line AS (
        SELECT replaces FROM approval WHERE id = :approval
        UNION
        SELECT a.replaces FROM line
        JOIN result r ON r.number = line.replaces AND r.replaced_from <= :today
        JOIN approval a ON a.id = r.approval
    )
    SELECT r.number FROM line JOIN result r ON r.number = line.replaces
    WHERE r.replaced_from <= :today
    """
)


async def reached(
    tx: AsyncSession, result: Row[Any], today: date
) -> tuple[Row[Any], list[Row[Any]], list[Row[Any]]]:
    """The approval that issued the result, those that relied on it, and those that are still to
    replace it; all locked in one order.  What was granted in its place relied on it, too; and who
    relied on what it has replaced relies on it by now."""
    same = {"approval": result.approval, "today": today}
    numbers = [result.number, *(await tx.execute(PLACE_OF, same)).scalars()]
    wanted = or_(
        APPROVAL.c.id == result.approval,
        APPROVAL.c.replaces == result.number,
        *(_relies(place) for place in range(len(numbers))),
    )
    found = select(APPROVAL).where(wanted).order_by(APPROVAL.c.id).with_for_update()
    given = {f"number_{place}": number for place, number in enumerate(numbers)}
    rows = (await tx.execute(found, given)).all()
    [own] = [row for row in rows if row.id == result.approval]
    others = [row for row in rows if row.id != own.id and row.state in REACHED]
    later = [row for row in others if row.replaces == result.number and row.state in OPEN]
    return own, [row for row in others if row not in later], later


def _relies(place: int) -> ColumnElement[bool]:
    """As constants: the partial index is found by its very condition."""
    named = f"jsonb_build_array(CAST(:number_{place} AS text))"
    return and_(text("relies_on <> '[]'"), text(f"relies_on @> {named}"))


async def flag(
    tx: AsyncSession, time: Timekeeper, result: Any, rows: Sequence[Row[Any]], now: datetime
) -> list[Row[Any]]:
    """Flag locked approvals at their desks; what is granted is looked at again.  Answers those that
    are changed, as they are now."""
    if not rows:
        return []
    flags = [
        {
            "approval": row.id,
            "result": result.number,
            "ended_as": result.ended_as,
            "ended_at": result.ended_at,
            "flagged_at": now,
            "state": row.state,
        }
        for row in rows
    ]
    fresh = {one.approval for one in await tx.execute(FLAGGED, {"rows": packed(flags)})}
    after = [await desk.change(tx, row) for row in rows if row.id in fresh]
    partners = tx.info["partners"]
    told = [(row, one) for row in after for one in _flagging(row, result, now, partners)]
    await outbox.record_all(tx, [(one, row.version, row.correlation or None) for row, one in told])
    granted = await _standing(tx, [row for row in after if row.state is State.GRANTED])
    regulators, how = await _regulators(tx, granted), await time.rules(tx)
    reviews = [
        duty(row, REVIEW, regulators.get(row.id, row.department), now, how, ref=result.number)
        for row in granted
    ]
    await open_all(tx, reviews)
    return after


async def _standing(tx: AsyncSession, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Grants whose own result has not ended: what has ended nobody looks at again."""
    found = select(RESULT.c.approval).where(RESULT.c.ended_as.is_not(None))
    ended = await tx.execute(found.where(RESULT.c.approval.in_([row.id for row in rows])))
    gone = set(ended.scalars())
    return [row for row in rows if row.id not in gone]


async def _regulators(tx: AsyncSession, rows: Sequence[Row[Any]]) -> dict[Any, str]:
    wanted = {(row.item, row.item_version) for row in rows}
    if not wanted:
        return {}
    found = select(PLAN).where(tuple_(PLAN.c.item, PLAN.c.version).in_(wanted))
    named = {(one.item, one.version): one.regulator for one in await tx.execute(found)}
    return {row.id: named.get((row.item, row.item_version), row.department) for row in rows}


def _flagging(row: Row[Any], result: Any, now: datetime, partners: Collection[str]) -> list[Event]:
    """To everybody, and to the desk's own system."""
    about = {
        "approval": row.id,
        "application": row.application,
        "item": row.item,
        "department": row.department,
        "result": result.number,
        "kind": result.ended_as,
        "granted": row.state is State.GRANTED,
        "flagged_at": now,
    }
    told: list[Event] = [ApprovalFlagged(member=row.member, **about)]
    if row.department in partners:
        told.append(PartnerApprovalFlagged(**about))
    return told


def flag_opened(judge: Judge) -> Judge:
    """What opens on a result that has ended meanwhile is flagged at once, and left to people."""

    async def look_first(
        tx: AsyncSession,
        time: Timekeeper,
        opened: Sequence[Row[Any]],
        heard: Sequence[Heard[ApprovalRequested]],
    ) -> None:
        relied = sorted({number for row in opened for number in row.relies_on})
        gone = await _ended(tx, relied, local(time.now())) if relied else {}
        known = {row.id: row for row in opened}
        for number, one in sorted(gone.items()):
            relying = [row for row in known.values() if number in row.relies_on]
            known |= {row.id: row for row in await flag(tx, time, one, relying, time.now())}
        sound = [row for row in opened if not gone.keys() & set(row.relies_on)]
        await judge(tx, time, sound, heard)

    return look_first


async def _ended(tx: AsyncSession, numbers: Sequence[str], today: date) -> dict[str, Row[Any]]:
    """By number relied on, what has ended: that result, or the one that counts in its place."""
    counts = {number: number for number in numbers}
    ended: dict[str, Row[Any]] = {}
    while counts:
        wanted = RESULT.c.number.in_(sorted(set(counts.values())))
        known = select(RESULT).where(wanted).order_by(RESULT.c.number)
        found = await tx.execute(known.with_for_update(read=True))
        rows = {row.number: row for row in found}
        here = {number: rows[one] for number, one in counts.items() if one in rows}
        ended |= {number: row for number, row in here.items() if row.ended_as}
        counts = {number: row.replaced_by for number, row in here.items() if _gave_way(row, today)}
    return ended


def _gave_way(row: Row[Any], today: date) -> bool:
    """Whether another counts in its place by now."""
    return row.ended_as is None and row.replaced_from is not None and row.replaced_from <= today
