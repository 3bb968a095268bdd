"""The counts as they are asked of the tables, and as they are shown."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Row, Select, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.counts.rules import (
    ACCEPTED,
    AT_HALL,
    AT_WINDOWS,
    CLOSED,
    DEFINITIONS,
    ITEMS,
)
from services.catalog.delegations.cases import day
from services.catalog.delegations.moves import FIGURES
from services.catalog.delegations.queries import in_force
from services.catalog.delegations.rules import Right
from services.catalog.delegations.tables import Delegation, DelegationQuality
from services.catalog.delegations.views import QualityView
from services.catalog.points.rules import PointKind, stem
from services.catalog.points.tables import ServicePoint
from services.catalog.records.tables import Item


class Documented(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class CountView(Documented):
    """一个数 / One count, with what it counts and of what it is a part."""

    code: str
    name: str
    name_en: str
    definition: str
    definition_en: str
    of: str | None
    """分母 / The count that is its denominator."""
    value: int
    departments: int
    """部门数 / How many departments these items belong to."""


class DelegatedView(Documented):
    """赋权数 / Over how many items the rights are in force: at one point, or at one kind of point.

    Of a kind, an item counts once, at however many points of it.
    """

    kind: PointKind
    point: str | None = None
    name: str = ""
    name_en: str = ""
    accept: int = 0
    close: int = 0
    quality: QualityView | None = None
    """Null until metrics has measured what came of the rights: read the counts accordingly."""


class CountsView(Documented):
    """事项数 / The counts of a day, in a region where asked for."""

    day: date
    region: str | None
    counts: list[CountView]
    by_kind: list[DelegatedView]
    by_point: list[DelegatedView]


async def counts(tx: AsyncSession, today: date, region: str | None) -> CountsView:
    items = [
        or_(Item.retired_from.is_(None), Item.retired_from > today),
        *_inside(Item.record["region"].astext, region),
    ]
    held = [*items, in_force(today), *_inside(ServicePoint.region, region)]
    return CountsView(
        day=today,
        region=region,
        counts=[*await _items(tx, items), *await _at_points(tx, held)],
        by_kind=await _by_kind(tx, held),
        by_point=await _by_point(tx, held),
    )


def _inside(column: Any, region: str | None) -> list[ColumnElement[bool]]:
    """The rules' `lies_in`, for many."""
    if region is None:
        return []
    text: ColumnElement[str] = func.coalesce(column, "")
    if not region.isdecimal():
        return [text == region]
    return [text.startswith(stem(region), autoescape=True), text.regexp_match("^[0-9]+$")]


async def _items(tx: AsyncSession, where: list[ColumnElement[bool]]) -> list[CountView]:
    at_hall = Item.record["at_hall"].astext == "true"
    at_windows = Item.record["comprehensive_window"].astext == "true"
    asked = select(
        func.count(),
        func.count(distinct(Item.department)),
        func.count().filter(at_hall),
        func.count(distinct(Item.department)).filter(at_hall),
        func.count().filter(at_windows),
        func.count(distinct(Item.department)).filter(at_windows),
    ).where(*where)
    found = (await tx.execute(asked)).one()
    return [
        _count(code, found[2 * place], found[2 * place + 1])
        for place, code in enumerate((ITEMS, AT_HALL, AT_WINDOWS))
    ]


async def _at_points(tx: AsyncSession, where: list[ColumnElement[bool]]) -> list[CountView]:
    asked = _held(
        Delegation.right,
        func.count(distinct(Item.code)).label("number"),
        func.count(distinct(Item.department)).label("departments"),
    )
    rows = await tx.execute(asked.where(*where).group_by(Delegation.right))
    found = {row.right: row for row in rows}
    return [
        _count(code, found[right].number, found[right].departments)
        if right in found
        else _count(code, 0, 0)
        for code, right in ((ACCEPTED, Right.ACCEPT), (CLOSED, Right.CLOSE))
    ]


async def _by_kind(tx: AsyncSession, where: list[ColumnElement[bool]]) -> list[DelegatedView]:
    columns = (ServicePoint.kind, *_numbers(), *_figures())
    asked = _held(*columns).where(*where).group_by(ServicePoint.kind)
    found = {row.kind: row for row in await tx.execute(asked)}
    return [
        DelegatedView(
            kind=kind,
            accept=found[kind].accept,
            close=found[kind].close,
            quality=_quality(found[kind]),
        )
        for kind in PointKind
        if kind in found
    ]


async def _by_point(tx: AsyncSession, where: list[ColumnElement[bool]]) -> list[DelegatedView]:
    columns = (ServicePoint.code, ServicePoint.kind, ServicePoint.name, ServicePoint.name_en)
    asked = _held(*columns, *_numbers(), *_figures()).where(*where).group_by(ServicePoint.code)
    return [
        DelegatedView(
            kind=row.kind,
            point=row.code,
            name=row.name,
            name_en=row.name_en,
            accept=row.accept,
            close=row.close,
            quality=_quality(row),
        )
        for row in await tx.execute(asked.order_by(ServicePoint.code))
    ]


def _numbers() -> list[ColumnElement[int]]:
    return [
        func.count(distinct(Item.code)).filter(Delegation.right == right).label(right.value)
        for right in Right
    ]


def _held(*columns: Any) -> Select[Any]:
    """What is held where; the point's own kind and name stand beside it."""
    joined = select(*columns).select_from(Delegation).join(Item, Item.code == Delegation.item)
    measured = (
        (DelegationQuality.item == Delegation.item)
        & (DelegationQuality.point == Delegation.point)
        & (DelegationQuality.right == Delegation.right)
    )
    at_points = joined.join(ServicePoint, ServicePoint.code == Delegation.point)
    return at_points.outerjoin(DelegationQuality, measured)


def _figures() -> list[ColumnElement[Any]]:
    """Sums over the rights that have been measured; null where none has."""
    sums = [func.sum(getattr(DelegationQuality, name)).label(name) for name in FIGURES]
    return [*sums, func.max(DelegationQuality.measured_at).label("measured_at")]


def _quality(row: Row[Any]) -> QualityView | None:
    if row.measured_at is None:
        return None
    figures = {name: getattr(row, name) for name in FIGURES}
    return QualityView(**figures, measured_until=day(row.measured_at))


def _count(code: str, value: int, departments: int) -> CountView:
    said = DEFINITIONS[code]
    return CountView(
        code=code,
        name=said.name,
        name_en=said.name_en,
        definition=said.zh,
        definition_en=said.en,
        of=said.of,
        value=value,
        departments=departments,
    )
