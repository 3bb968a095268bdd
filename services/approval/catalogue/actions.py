"""Ask what we keep of the catalogue."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.catalogue.tables import AcceptRight, Department
from services.chassis.database import table

DEPARTMENT = table(Department)
ACCEPT_RIGHT = table(AcceptRight)


async def department(tx: AsyncSession, code: str) -> Row[Any] | None:
    found = select(DEPARTMENT).where(DEPARTMENT.c.code == code)
    return (await tx.execute(found)).first()


def may_accept(item: ColumnElement[Any], point: str, today: date) -> ColumnElement[bool]:
    """Whether a point has the right to accept the item today; see DelegationChanged."""
    right = ACCEPT_RIGHT.c
    in_force = or_(
        right.state.in_(("active", "widened")),
        and_(right.state == "trial", right.trial_until >= today),
    )
    lasting = or_(right.ends_on.is_(None), right.ends_on > today)
    here = and_(right.item == item, right.point == point)
    return select(right.delegation).where(here, in_force, lasting).exists()
