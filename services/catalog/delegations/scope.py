"""Whose delegations a caller sees, and for which level a caller speaks."""

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.cases import Case
from services.catalog.delegations.rules import Level, Speaker
from services.catalog.delegations.tables import Delegation
from services.catalog.points.actions import spoken_for
from services.catalog.records.tables import Item
from services.chassis.errors import Forbidden
from services.chassis.identity import Principal


class NoPoint(Forbidden):
    """Your token names no service point, so you speak for none."""

    zh = "您的令牌没有服务点，不能代表任何服务点。"


def visible(who: Principal) -> ColumnElement[bool]:
    """What others agreed is as absent as what nobody did."""
    if {"bureau", "inspector"} & who.roles:
        return true()
    seen: list[ColumnElement[bool]] = [false()]
    if "officer" in who.roles:
        seen.append(Item.department == who.department)
    if "clerk" in who.roles and who.point:
        seen.append(Delegation.point.in_(spoken_for(who.point)))
    if len(seen) == 1:
        raise NoPoint()
    return or_(*seen)


def given_by(who: Principal) -> ColumnElement[bool]:
    """What is the caller's to give."""
    return true() if "bureau" in who.roles else Item.department == who.department


async def points_of(tx: AsyncSession, who: Principal) -> frozenset[str]:
    """The points for which the caller speaks."""
    if "clerk" not in who.roles or not who.point:
        return frozenset()
    return frozenset(await tx.scalars(spoken_for(who.point)))


def speaks_above(who: Principal, department: str) -> bool:
    return "bureau" in who.roles or ("officer" in who.roles and who.department == department)


async def speaker(tx: AsyncSession, who: Principal, case: Case) -> Speaker:
    levels = set()
    if speaks_above(who, case.item.department):
        levels.add(Level.ABOVE)
    if case.point.code in await points_of(tx, who):
        levels.add(Level.BELOW)
    return Speaker(frozenset(levels), who.sub)
