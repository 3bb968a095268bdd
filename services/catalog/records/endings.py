"""Which evidence nobody issues from a day on: what a new version of an item may not ask for."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.rules import Ended
from services.catalog.records.tables import Ending, Item, ItemScheduled

ISSUES = Item.record["issues"].astext


async def endings(tx: AsyncSession, records: Mapping[str, Mapping[str, Any]], day: date) -> Ended:
    """Of all that `records` ask for or issue."""
    named = {need["evidence"] for one in records.values() for need in one["requirements"]}
    named |= {one["issues"] for one in records.values() if one["issues"]}
    rows = await tx.execute(
        select(Ending.evidence, Ending.item, Ending.day).where(Ending.evidence.in_(named))
    )
    of_items: dict[str, dict[str, date]] = {}
    for evidence, item, ends in rows:
        of_items.setdefault(evidence, {})[item] = ends
    if not of_items:
        return Ended()
    makers = await issuers(tx, of_items, day)
    for code, one in records.items():  # as they will be
        for evidence, items in makers.items():
            items.discard(code)
            if one["issues"] == evidence:
                items.add(code)
    return Ended(of_items, makers, await _rewritten(tx, records, of_items))


async def retiring(tx: AsyncSession, codes: Collection[str], day: date) -> dict[str, str | None]:
    """The items that will be retired after that day, and what they issue until then."""
    ends = Item.retired_from > day
    lighter = (
        select(ItemScheduled.code)
        .where(
            ItemScheduled.code == Item.code,
            ItemScheduled.of_retirement.is_(True),
            ItemScheduled.in_force_from > day,
        )
        .exists()
    )
    found = select(Item.code, ISSUES).where(Item.code.in_(codes), or_(ends, lighter))
    return {code: issues for code, issues in await tx.execute(found)}


async def issuers(tx: AsyncSession, evidence: Collection[str], day: date) -> dict[str, set[str]]:
    """The items that issue each type by their record, and are not retired on that day."""
    living = or_(Item.retired_from.is_(None), Item.retired_from > day)
    found = select(ISSUES, Item.code).where(ISSUES.in_(evidence), living)
    makers: dict[str, set[str]] = {code: set() for code in evidence}
    for code, item in await tx.execute(found):
        makers[code].add(item)
    return makers


async def _rewritten(
    tx: AsyncSession, records: Collection[str], evidence: Collection[str]
) -> frozenset[tuple[str, str]]:
    """(item, evidence): what an item asks today and a retirement has disposed of for its day."""
    waiting = select(ItemScheduled.code, ItemScheduled.changes).where(
        ItemScheduled.code.in_(records), ItemScheduled.changes != []
    )
    return frozenset(
        (code, change["evidence"])
        for code, changes in await tx.execute(waiting)
        for change in changes
        if change["evidence"] in evidence
    )
