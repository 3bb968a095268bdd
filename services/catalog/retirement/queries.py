"""Retirements as a list: what is announced, what is due and not done yet, what is done."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.tables import ItemScheduled
from services.catalog.retirement.tables import Retirement
from services.chassis.errors import Flaw
from services.chassis.reading import BadCursor, position

KEY = tuple_(Retirement.effective, Retirement.item)


class Stage(StrEnum):
    ANNOUNCED = "announced"
    """Its day has not come."""
    DUE = "due"
    """Its day has come, and a version that it makes has not come into force yet."""
    DONE = "done"
    WITHDRAWN = "withdrawn"


async def listed(
    tx: AsyncSession, stages: list[Stage], today: date, limit: int, after: str | None
) -> list[tuple[Retirement, bool]]:
    """By the day and the item, each with whether something of it still waits; one more than asked
    for where there are more."""
    waits = _waits(today).label("waits")
    asked = select(Retirement, waits).where(or_(*(_in(stage, today) for stage in stages)))
    if after:
        asked = asked.where(tuple_(*_place(after)) < KEY)
    ordered = asked.order_by(Retirement.effective, Retirement.item).limit(limit + 1)
    return [(row[0], row.waits) for row in await tx.execute(ordered)]


def stage(row: Retirement, waits: bool, today: date) -> Stage:
    """The rows' side of `_in`."""
    if row.withdrawn:
        return Stage.WITHDRAWN
    if row.effective > today:
        return Stage.ANNOUNCED
    return Stage.DUE if waits else Stage.DONE


def place(row: Retirement) -> str:
    """Where a page ends."""
    return f"{row.effective.isoformat()}/{row.item}"


def _waits(today: date) -> ColumnElement[bool]:
    """A version of the item itself, or of one that needed what it issued, is still scheduled."""
    concerned = or_(
        ItemScheduled.code == Retirement.item,
        func.jsonb_exists(Retirement.dispositions, ItemScheduled.code),
    )
    return exists().where(
        concerned,
        ItemScheduled.in_force_from <= today,
        ItemScheduled.in_force_from >= Retirement.effective,
    )


def _in(stage: Stage, today: date) -> ColumnElement[bool]:
    stands, come = Retirement.withdrawn.is_(False), Retirement.effective <= today
    if stage is Stage.WITHDRAWN:
        return Retirement.withdrawn.is_(True)
    if stage is Stage.ANNOUNCED:
        return and_(stands, ~come)
    return and_(stands, come, _waits(today) if stage is Stage.DUE else ~_waits(today))


def _place(given: str) -> tuple[date, str]:
    day, _, item = position(given).partition("/")
    try:
        return date.fromisoformat(day), item
    except ValueError:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw]) from None
