"""Ask what we keep of the catalogue."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.catalogue.rules import LASTING, Held, Mode, Right
from services.approval.catalogue.tables import Department, PointRight
from services.chassis.database import table

DEPARTMENT = table(Department)
POINT_RIGHT = table(PointRight)


async def department(tx: AsyncSession, code: str) -> Row[Any] | None:
    found = select(DEPARTMENT).where(DEPARTMENT.c.code == code)
    return (await tx.execute(found)).first()


async def rights(
    tx: AsyncSession,
    point: str,
    item: str,
    department: str,
    situations: Collection[str],
    today: date,
) -> list[Held]:
    """The rights of a point that cover such an approval today.

    Locked: a withdrawal that we hear meanwhile waits until what is done by the right is done, and
    whoever comes after a withdrawal sees it.
    """
    kept = select(POINT_RIGHT).where(POINT_RIGHT.c.point == point, POINT_RIGHT.c.item == item)
    ordered = kept.order_by(POINT_RIGHT.c.delegation).with_for_update(read=True)
    found = [_held(row) for row in await tx.execute(ordered)]
    return [one for one in found if one.covers(department, situations, today)]


def _held(row: Row[Any]) -> Held:
    return Held(
        right=Right(row.right),
        department=row.department,
        mode=Mode(row.mode),
        state=row.state,
        trial_until=row.trial_until,
        ends_on=row.ends_on,
        situations=tuple(row.situations),
        only_by_rule=row.only_by_rule,
    )


def holds_any(point: str, approval: Any, today: date) -> ColumnElement[bool]:
    """Whether a point has some right that covers an approval today: `Held.covers`, for lists."""
    right = POINT_RIGHT.c
    here = and_(
        right.point == point, right.item == approval.item, right.department == approval.department
    )
    all_named = func.jsonb_array_length(right.situations) == 0
    some = func.jsonb_array_length(approval.situations) > 0
    named = or_(all_named, and_(some, right.situations.contains(approval.situations)))
    return exists().where(here, _in_force(today), named)


def _in_force(today: date) -> ColumnElement[bool]:
    """`Held.in_force`, for lists."""
    right = POINT_RIGHT.c
    trial = and_(right.state == "trial", right.trial_until >= today)
    lasting = or_(right.ends_on.is_(None), right.ends_on > today)
    return and_(or_(right.state.in_(LASTING), trial), lasting)
