"""What the bureau does with the tree of service points."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.points import rules
from services.catalog.points.rules import Above, PointKind
from services.catalog.points.tables import ServicePoint
from services.chassis import outbox
from services.chassis.errors import NotFound
from services.chassis.reading import check_match
from services.contracts import PointChanged

PLANTING = 7_102_646
"""The advisory lock under which the tree is changed: two changes, each right, can make a cycle."""

# UNION, not UNION ALL: it ends even where there should be a cycle.
LINE = text(
    """
    WITH RECURSIVE line AS (
        SELECT code, kind, open, parent, 0 AS step FROM service_point WHERE code = :code
        UNION
        SELECT p.code, p.kind, p.open, p.parent, step + 1
        FROM service_point p JOIN line ON p.code = line.parent WHERE step < 64
    )
    SELECT code, kind, open FROM line ORDER BY step
    """
)


async def put_point(
    tx: AsyncSession, code: str, facts: dict[str, Any], if_match: str | None
) -> ServicePoint:
    """Give a point its place in the tree; the same facts again change nothing."""
    await tx.execute(select(func.pg_advisory_xact_lock(PLANTING)))
    row = await tx.get(ServicePoint, code, with_for_update=True)
    check_match(if_match, row.version if row else 0)
    above = await line(tx, facts["parent"]) if facts["parent"] else []
    rules.check_point(code, facts, above, await _kinds_below(tx, code))

    facts = facts | {"organ": rules.is_organ(PointKind(facts["kind"]), facts["organ"])}
    if row is None:
        row = ServicePoint(code=code, version=0, open=True, **facts)
        tx.add(row)
    elif all(getattr(row, name) == value for name, value in facts.items()):
        return row
    for name, value in facts.items():
        setattr(row, name, value)
    await tell(tx, row)
    return row


async def locked(tx: AsyncSession, code: str) -> ServicePoint:
    """The point, locked, and nobody else changes the tree."""
    await tx.execute(select(func.pg_advisory_xact_lock(PLANTING)))
    row = await tx.get(ServicePoint, code, with_for_update=True)
    if row is None:
        raise absent(code)
    return row


async def open_below(tx: AsyncSession, code: str) -> Sequence[str]:
    """The open points right under it."""
    below = select(ServicePoint.code).where(ServicePoint.parent == code, ServicePoint.open)
    return list(await tx.scalars(below.order_by(ServicePoint.code)))


async def tell(tx: AsyncSession, row: ServicePoint) -> None:
    """A changed point is a new version of it, and an event."""
    row.version += 1
    await tx.flush()
    told = PointChanged(
        code=row.code,
        version=row.version,
        kind=row.kind.value,
        name=row.name,
        name_en=row.name_en,
        parent=row.parent,
        region=row.region,
        organ=row.organ,
        open=row.open,
    )
    await outbox.record(tx, told, version=row.version)


async def line(tx: AsyncSession, code: str) -> list[Above]:
    """The point itself and what stands above it, nearest first; nothing where there is none."""
    found = await tx.execute(LINE, {"code": code})
    return [Above(row.code, PointKind(row.kind), row.open) for row in found]


def spoken_for(point: str) -> Select[tuple[str]]:
    """The points for which the people of `point` speak: it, and the small ones below it."""
    start = select(ServicePoint.code).where(ServicePoint.code == point)
    reach = start.cte("spoken_for", recursive=True)
    below = select(ServicePoint.code).join(reach, ServicePoint.parent == reach.c.code)
    reach = reach.union(below.where(ServicePoint.kind.in_(rules.SPOKEN_FOR)))
    return select(reach.c.code)


async def _kinds_below(tx: AsyncSession, code: str) -> Sequence[PointKind]:
    kinds = select(ServicePoint.kind).where(ServicePoint.parent == code).distinct()
    return list(await tx.scalars(kinds))


def absent(code: str) -> NotFound:
    return NotFound(f"没有服务点 {code}。", f"There is no service point {code}.")
