"""Who may read what of delegations, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel

from services.catalog.delegations import cases, queries
from services.catalog.delegations.rules import Mode, Right, State
from services.catalog.delegations.tables import Delegation
from services.catalog.delegations.views import DelegationView, GridView, StepView
from services.catalog.points.rules import PointKind
from services.catalog.records.tables import Item
from services.chassis.database import Tx
from services.chassis.errors import Flaw, Invalid, NotFound
from services.chassis.identity import ANYONE, Allow, Principal
from services.chassis.reading import Cursor, Limit, Page, cursor, etag, position
from services.chassis.ticks import Now

Reader = Annotated[Principal, Depends(Allow("officer", "bureau", "clerk", "inspector"))]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
Filter = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
NEWEST = 2**31 - 1  # as large as a version can be in its column

router = APIRouter(tags=["catalog"])


class OneOfTwo(Invalid):
    """A grid is that of one point, or of one item."""

    zh = "赋权矩阵按一个服务点或一个事项列出。"


class PlaceView(BaseModel):
    """可办地点 / A service point where the item can be handled."""

    point: str
    kind: PointKind
    name: str
    name_en: str
    region: str
    place: str
    hours: str
    phone: str
    mode: Mode
    situations: list[str]


@router.get("/delegations")
async def delegations(
    who: Reader,
    tx: Tx,
    now: Now,
    limit: Limit = 50,
    cursor: Cursor = None,
    item: Filter = None,
    point: Filter = None,
    department: Filter = None,
    right: Right | None = None,
    state: Annotated[list[State] | None, Query()] = None,
) -> Page[DelegationView]:
    """赋权 / Delegations that concern you: your department's items, your point; the bureau, all."""
    today = cases.day(now)
    where = [
        column == value
        for column, value in (
            (Delegation.item, item),
            (Delegation.point, point),
            (Item.department, department),
            (Delegation.right, right),
        )
        if value is not None
    ]
    if state:
        where.append(queries.standing_in(state, today))
    return await queries.page(tx, who, today, limit, cursor, *where)


@router.get("/delegations/grid")
async def grid(
    who: Reader, tx: Tx, now: Now, point: Filter = None, item: Filter = None
) -> GridView:
    """赋权矩阵 / Every right at a point, or over an item, in one answer.

    Each right stands beside its quality; null there says that nothing has been measured.
    """
    if (point is None) == (item is None):
        told = "请给出 point 或 item 之一。", "Give either `point` or `item`."
        raise OneOfTwo(errors=[Flaw("/query/point", *told)])
    where = Delegation.point == point if point else Delegation.item == item
    return await queries.grid(tx, who, cases.day(now), where)


@router.get("/delegations/{item}/{point}/{right}")
async def delegation(
    item: Code, point: Code, right: Right, who: Reader, tx: Tx, now: Now, response: Response
) -> DelegationView:
    """一项赋权 / One delegation, and the steps each level may take."""
    shown = await queries.one(tx, who, item, point, right, cases.day(now))
    response.headers["etag"] = etag(shown.version)
    return shown


@router.get("/delegations/{item}/{point}/{right}/history")
async def history(
    item: Code,
    point: Code,
    right: Right,
    who: Reader,
    tx: Tx,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[StepView]:
    """赋权的历史 / Every step it took, newest first: who, when, how and why."""
    where = queries.exactly(item, point, right)
    before = _number(position(cursor)) if cursor else None
    steps = await queries.history(tx, who, where, limit, before)
    if steps is None:
        raise queries.absent(item, point, right)
    return steps


def _number(text: str) -> int:
    return min(int(text), NEWEST) if text.isdecimal() else 0


@router.get("/items/{code}/places", dependencies=[ANYONE])
async def places(
    code: Code,
    tx: Tx,
    now: Now,
    right: Right = Right.ACCEPT,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[PlaceView]:
    """可办地点 / Where an item can be handed in (`accept`) or got done (`close`) today, beside its
    department's own counter."""
    if await tx.get(Item, code) is None:
        raise NotFound(f"没有事项 {code}。", f"There is no item {code}.")
    rows = await queries.places(tx, code, right, cases.day(now), limit, cursor)
    shown = [
        PlaceView(
            point=point.code,
            kind=point.kind,
            name=point.name,
            name_en=point.name_en,
            region=point.region,
            place=point.place,
            hours=point.hours,
            phone=point.phone,
            mode=held.mode,
            situations=held.situations,
        )
        for held, point in rows[:limit]
    ]
    return Page(items=shown, next=_next(shown, len(rows) > limit))


def _next(shown: list[PlaceView], more: bool) -> str | None:
    return cursor(shown[-1].point) if more else None
