"""What we keep of the catalogue: which duties a version of an item plans, and at whom."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.timekeeping import Timekeeper
from services.approval.supervision.opening import PLAN
from services.chassis.database import insert_all, packed
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ItemPublished

KEEP = insert_all(PLAN, [column.name for column in PLAN.c])


async def keep_plans(tx: AsyncSession, heard: Sequence[Heard[ItemPublished]]) -> None:
    """A published version is never changed, so the first telling of it holds."""
    rows = [
        {
            "item": one.event.code,
            "version": one.event.version,
            "regulator": one.event.item.regulator or one.event.item.department,
            "duties": [duty.model_dump(mode="json") for duty in one.event.item.supervision],
        }
        for one in heard
    ]
    await tx.execute(KEEP, {"rows": packed(sorted(rows, key=lambda row: str(row["item"])))})


def reactions(partners: Collection[str], time: Timekeeper) -> Mapping[Any, Reaction]:
    return {ItemPublished: keep_plans}
