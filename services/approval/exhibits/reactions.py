"""What we keep of bundle's uploads: which are a department's."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.timekeeping import Timekeeper
from services.approval.exhibits.actions import EXHIBIT
from services.chassis.database import insert_all, packed
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ExhibitFiled

KEEP = insert_all(EXHIBIT, [column.name for column in EXHIBIT.c])


async def keep_exhibits(tx: AsyncSession, heard: Sequence[Heard[ExhibitFiled]]) -> None:
    """An upload is never changed, so the first telling of it holds."""
    rows = [
        {
            "id": one.event.exhibit,
            "department": one.event.department,
            "digest": one.event.digest,
            "filed_at": one.event.filed_at,
        }
        for one in sorted(heard, key=lambda one: one.event.exhibit)
    ]
    await tx.execute(KEEP, {"rows": packed(rows)})


def reactions(partners: Collection[str], time: Timekeeper) -> Mapping[Any, Reaction]:
    return {ExhibitFiled: keep_exhibits}
