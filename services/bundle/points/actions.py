"""Ask what we keep of service points."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.points.rules import Held, PointUnknown
from services.bundle.points.tables import Point, PointRight
from services.chassis.database import table
from services.chassis.errors import Flaw
from services.chassis.identity import Principal

POINT = table(Point)
POINT_RIGHT = table(PointRight)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DEPARTMENTS_OWN = frozenset({"officer", "partner"})


def of_point(who: Principal) -> bool:
    """Whether they come as a point's people: a clerk's token may name a department besides."""
    return not DEPARTMENTS_OWN & who.roles


async def wanted(tx: AsyncSession, who: Principal, named: str | None) -> str | None:
    """Where a filing is to be handled: where it says, or at the point whose window hands it in."""
    code = named or (who.point if "clerk" in who.roles else None)
    if code is None:
        return None
    known = select(POINT.c.code).where(POINT.c.code == code, POINT.c.open)
    found: str | None = (await tx.execute(known)).scalar()
    if found is None and named:
        flaw = (
            "没有这个开放的服务点；见 `service-points`。",
            ("There is no such open service point; see `service-points`."),
        )
        raise PointUnknown(errors=[Flaw("/point", *flaw)])
    return found


async def held(
    tx: AsyncSession,
    point: str,
    item: str,
    department: str,
    situations: Collection[str],
    now: datetime,
) -> set[str]:
    """The rights of a point that cover such an approval today: accept, close."""
    kept = select(POINT_RIGHT).where(POINT_RIGHT.c.point == point, POINT_RIGHT.c.item == item)
    today = now.astimezone(SHANGHAI).date()
    rights = [_held(row) for row in await tx.execute(kept)]
    return {one.right for one in rights if one.covers(department, situations, today)}


def _held(row: Row[Any]) -> Held:
    until: tuple[date | None, date | None] = (row.trial_until, row.ends_on)
    return Held(row.right, row.department, row.state, *until, tuple(row.situations))
