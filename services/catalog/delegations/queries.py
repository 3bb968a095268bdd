"""Delegations as they are read.  What is not yours is not there."""

from datetime import date

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations import cases, scope, views
from services.catalog.delegations.rules import LIVE, Right, State
from services.catalog.delegations.tables import Delegation, DelegationStep
from services.catalog.delegations.views import DelegationView, GridView, StepView
from services.catalog.points.tables import ServicePoint
from services.catalog.records.tables import Item
from services.chassis.errors import Flaw, NotFound
from services.chassis.identity import Principal
from services.chassis.reading import BadCursor, Page, cursor, position

_ENDS = func.least(Delegation.ends_on, Item.retired_from)
"""The first day without it.  `least` leaves out what is null."""
KEY = tuple_(Delegation.item, Delegation.point, Delegation.right)


async def one(
    tx: AsyncSession, who: Principal, item: str, point: str, right: Right, today: date
) -> DelegationView:
    where = exactly(item, point, right)
    row = (await tx.execute(cases.found(*where, scope.visible(who)))).first()
    if row is None:
        raise absent(item, point, right)
    return views.shown(row, today)


def exactly(item: str, point: str, right: Right) -> list[ColumnElement[bool]]:
    return [Delegation.item == item, Delegation.point == point, Delegation.right == right]


def absent(item: str, point: str, right: Right) -> NotFound:
    key = f"{item}/{point}/{right.value}"
    return NotFound(f"没有赋权 {key}。", f"There is no delegation {key}.")


async def page(
    tx: AsyncSession,
    who: Principal,
    today: date,
    limit: int,
    after: str | None,
    *where: ColumnElement[bool],
) -> Page[DelegationView]:
    asked = cases.found(*where, scope.visible(who)).limit(limit + 1)
    if after:
        asked = asked.where(tuple_(*_place(after)) < KEY)
    rows = list(await tx.execute(asked))
    shown = [views.shown(row, today) for row in rows[:limit]]
    more = len(rows) > limit
    last = shown[-1] if more else None
    return Page(
        items=shown,
        next=cursor(f"{last.item}/{last.point}/{last.right.value}") if last else None,
    )


def _place(given: str) -> tuple[str, str, str]:
    parts = position(given).split("/")
    if len(parts) != 3:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw])
    return parts[0], parts[1], parts[2]


def standing_in(states: list[State], today: date) -> ColumnElement[bool]:
    """Those that stand so today: what has ended by its day is withdrawn."""
    ended = today >= _ENDS
    live = [state for state in states if state in LIVE]
    rest = [state for state in states if state not in LIVE]
    still = Delegation.state.in_(live) & (ended.is_not(True))
    gone = Delegation.state.in_(LIVE) & ended if State.WITHDRAWN in rest else None
    found = or_(still, Delegation.state.in_(rest))
    return found if gone is None else or_(found, gone)


def in_force(today: date) -> ColumnElement[bool]:
    """The same as the rules' `in_force`, for many; their items stand beside them."""
    tried = (Delegation.state == State.TRIAL) & (Delegation.trial_until >= today)
    held = Delegation.state.in_([State.ACTIVE, State.WIDENED]) | tried
    return held & (_ENDS.is_(None) | (today < _ENDS))


async def grid(
    tx: AsyncSession, who: Principal, today: date, *where: ColumnElement[bool]
) -> GridView:
    rows = list(await tx.execute(cases.found(*where, scope.visible(who))))
    return views.grid(rows, today)


async def history(
    tx: AsyncSession,
    who: Principal,
    where: list[ColumnElement[bool]],
    limit: int,
    before: int | None,
) -> Page[StepView] | None:
    """Newest first; None where the delegation is not there for the caller."""
    if (await tx.execute(cases.found(*where, scope.visible(who)))).first() is None:
        return None
    joined = (
        (DelegationStep.item == Delegation.item)
        & (DelegationStep.point == Delegation.point)
        & (DelegationStep.right == Delegation.right)
    )
    asked = select(DelegationStep).join(Delegation, joined).where(*where)
    if before is not None:
        asked = asked.where(DelegationStep.version < before)
    newest = asked.order_by(DelegationStep.version.desc()).limit(limit + 1)
    steps = list(await tx.scalars(newest))
    more = len(steps) > limit
    shown = [StepView.model_validate(step) for step in steps[:limit]]
    return Page(items=shown, next=cursor(shown[-1].version) if more else None)


async def places(
    tx: AsyncSession, item: str, right: Right, today: date, limit: int, after: str | None
) -> list[tuple[Delegation, ServicePoint]]:
    """Where the right over an item is in force, by the point's code."""
    asked = (
        select(Delegation, ServicePoint)
        .join(Item, Item.code == Delegation.item)
        .join(ServicePoint, ServicePoint.code == Delegation.point)
        .where(Delegation.item == item, Delegation.right == right, in_force(today))
        .order_by(Delegation.point)
        .limit(limit + 1)
    )
    if after:
        asked = asked.where(Delegation.point > position(after))
    return [(row.Delegation, row.ServicePoint) for row in await tx.execute(asked)]
