"""Who looks after a grant, and may therefore write to its holder and read what others wrote."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.dossiers.tables import Supervised
from services.chassis.database import table
from services.chassis.identity import Principal

SUPERVISED = table(Supervised)


def readable(who: Principal) -> ColumnElement[bool]:
    """The regulator's, and the granting authority's while an ending is proposed to it."""
    granted = and_(SUPERVISED.c.department == who.department, SUPERVISED.c.proposed)
    return or_(SUPERVISED.c.regulator == who.department, granted)


async def looks_after(tx: AsyncSession, who: Principal, approval: UUID) -> bool:
    """Whether a duty about this grant is the caller's department's, and not over."""
    own = [SUPERVISED.c.approval == approval, SUPERVISED.c.regulator == who.department]
    found = select(SUPERVISED.c.supervision).where(*own, SUPERVISED.c.over.is_(False)).limit(1)
    return (await tx.execute(found)).first() is not None


def copied(event: Any, sequence: int, **more: Any) -> dict[str, Any]:
    """The row that an event about a duty makes."""
    names = ("supervision", "approval", "application", "department", "regulator")
    row = {name: getattr(event, name) for name in names}
    return row | {"proposed": False, "over": False, "sequence": sequence} | more
