"""Search rows of items: written with every change, and made anew where the rules have changed."""

import asyncio
import logging
from collections.abc import Collection
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.index import actions as written
from services.catalog.index.actions import SEARCH
from services.catalog.index.rules import MADE_BY, entry
from services.catalog.records.tables import Department, Item
from services.chassis.database import Sessions, table
from services.contracts import ItemDefinition

log = logging.getLogger(__name__)

ITEM, DEPARTMENT = table(Item), table(Department)
BATCH = 500
LOOK_EVERY = 600
UNSAID = {name: one.default for name, one in ItemDefinition.model_fields.items()}
"""What holds for elements that a record written before they were thought of does not have."""
NAME = DEPARTMENT.c.record["name"].astext
READ = (
    select(ITEM.c.code, ITEM.c.record, NAME)
    .join(DEPARTMENT, DEPARTMENT.c.code == ITEM.c.department)
    .order_by(ITEM.c.code)
    # Their search rows must not be written from an older reading than somebody else's.
    .with_for_update(of=ITEM)
)


async def index(tx: AsyncSession, codes: Collection[str]) -> None:
    await _write(tx, READ.where(ITEM.c.code.in_(codes)))


async def index_department(tx: AsyncSession, department: str) -> None:
    """Its items are found by its name, which has changed."""
    await _write(tx, READ.where(ITEM.c.department == department))


async def catch_up(app: FastAPI) -> None:
    """Give a search row to every item that has none or an outdated one, for ever.

    There are such items after an upgrade whose migration or whose rules brought the rows in.
    """
    while True:
        try:
            while made := await catch_up_once(app.state.sessions):
                log.info("search rows made anew", extra={"rows": made})
        except Exception:
            log.exception("search rows not made, tries again")
        await asyncio.sleep(LOOK_EVERY)


async def catch_up_once(sessions: Sessions, most: int = BATCH) -> int:
    current = select(SEARCH.c.code).where(SEARCH.c.made_by == MADE_BY)
    async with sessions.begin() as tx:
        return await _write(tx, READ.where(ITEM.c.code.not_in(current)).limit(most))


async def _write(tx: AsyncSession, reading: Select[str, dict[str, Any], str]) -> int:
    found = await tx.execute(reading)
    rows = [entry(code, UNSAID | record, department) for code, record, department in found]
    await written.write(tx, rows)
    return len(rows)
