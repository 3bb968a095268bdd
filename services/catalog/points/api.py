"""The HTTP face of service points: anybody reads, the bureau writes."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CTE, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.points import actions
from services.catalog.points.rules import PointKind
from services.catalog.points.tables import ServicePoint
from services.chassis.database import Tx
from services.chassis.identity import ANYONE, Allow, Principal
from services.chassis.reading import Cursor, IfMatch, Limit, Page, cursor, etag, position
from services.contracts import Code

Bureau = Annotated[Principal, Depends(Allow("bureau"))]
PointCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]

router = APIRouter(tags=["catalog"])


class PointBody(BaseModel):
    """服务点 / A service point: its place in the tree, and how people find it."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    kind: PointKind
    parent: Code | None = None
    """The point it stands under.  A village stands under a township, a station under a park,
    township or village, a kiosk under any of them; halls, parks and townships may be roots."""
    region: str = Field(min_length=2, max_length=32)
    organ: bool | None = None
    """行政机关 / Whether it is an administrative organ.  Left out: a township is, the others are
    not.  A village, station or kiosk never is."""
    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=200)
    place: str = Field("", max_length=300)
    hours: str = Field("", max_length=300)
    phone: str = Field("", max_length=100)


class PointView(BaseModel):
    """服务点 / A service point as it stands."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    version: int
    kind: PointKind
    parent: str | None
    region: str
    organ: bool
    name: str
    name_en: str
    place: str
    hours: str
    phone: str
    open: bool


class PointBelow(PointView):
    """服务点及其层次 / A point of a subtree, with its distance from the root of that."""

    depth: int


@router.put("/service-points/{code}")
async def put_point(
    code: PointCode,
    body: PointBody,
    who: Bureau,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> PointView:
    """登记或更改服务点 / Register a service point, or change it; the same again changes nothing.

    A cycle is refused, and so is a kind that may not stand where it is put.
    """
    row = await actions.put_point(tx, code, body.model_dump(mode="python"), if_match)
    response.headers["etag"] = etag(row.version)
    return PointView.model_validate(row)


@router.get("/service-points", dependencies=[ANYONE])
async def points(
    tx: Tx,
    limit: Limit = 50,
    cursor: Cursor = None,
    kind: PointKind | None = None,
    region: Annotated[str | None, Query(max_length=32)] = None,
    open: bool | None = None,
) -> Page[PointView]:
    """服务点 / Service points by code, of one kind or region where asked for."""
    asked = {"kind": kind, "region": region, "open": open}
    where = [
        getattr(ServicePoint, name) == value for name, value in asked.items() if value is not None
    ]
    return await _page(tx, limit, cursor, *where)


@router.get("/service-points/{code}", dependencies=[ANYONE])
async def point(code: PointCode, tx: Tx, response: Response) -> PointView:
    """服务点 / A service point."""
    row = await tx.get(ServicePoint, code)
    if row is None:
        raise actions.absent(code)
    response.headers["etag"] = etag(row.version)
    return PointView.model_validate(row)


@router.get("/service-points/{code}/children", dependencies=[ANYONE])
async def children(
    code: PointCode, tx: Tx, limit: Limit = 50, cursor: Cursor = None
) -> Page[PointView]:
    """下级服务点 / What stands right under it, by code."""
    if await tx.get(ServicePoint, code) is None:
        raise actions.absent(code)
    return await _page(tx, limit, cursor, ServicePoint.parent == code)


@router.get("/service-points/{code}/subtree", dependencies=[ANYONE])
async def subtree(
    code: PointCode, tx: Tx, limit: Limit = 50, cursor: Cursor = None
) -> Page[PointBelow]:
    """服务点及其所有下级 / The point and everything below it, each right after its parent."""
    if await tx.get(ServicePoint, code) is None:
        raise actions.absent(code)
    tree = _tree(code)
    found = select(ServicePoint, tree.c.way).join(tree, ServicePoint.code == tree.c.code)
    if cursor:
        way = func.string_to_array(literal(position(cursor)), "/")
        found = found.where(tree.c.way > cast(way, ARRAY(Text)))
    rows = list(await tx.execute(found.order_by(tree.c.way).limit(limit + 1)))
    shown = [_below(row, len(way) - 1) for row, way in rows[:limit]]
    return Page(items=shown, next=_next(["/".join(way) for _, way in rows], limit))


def _tree(code: str) -> CTE:
    """Every point below, with the way to it: sorted by that, each follows its parent."""
    own = cast(ServicePoint.code, Text)
    start = select(own.label("code"), cast(array([own]), ARRAY(Text)).label("way"))
    tree = start.where(ServicePoint.code == code).cte("tree", recursive=True)
    below = select(own, func.array_append(tree.c.way, own)).join(
        tree, ServicePoint.parent == tree.c.code
    )
    return tree.union_all(below)


def _below(row: ServicePoint, depth: int) -> PointBelow:
    facts = PointView.model_validate(row).model_dump()
    return PointBelow(**facts, depth=depth)


async def _page(tx: AsyncSession, limit: int, after: str | None, *where: Any) -> Page[PointView]:
    found = select(ServicePoint).where(*where).order_by(ServicePoint.code).limit(limit + 1)
    if after:
        found = found.where(ServicePoint.code > position(after))
    rows = list(await tx.scalars(found))
    shown = [PointView.model_validate(row) for row in rows[:limit]]
    return Page(items=shown, next=_next([row.code for row in rows], limit))


def _next(places: list[str], limit: int) -> str | None:
    return cursor(places[limit - 1]) if len(places) > limit else None
