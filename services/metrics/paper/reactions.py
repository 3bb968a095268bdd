"""What we keep when catalog speaks: of each item the newest version, whatever the order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.database import packed
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ItemPublished
from services.metrics.paper import rules
from services.metrics.paper.tables import ITEM

COLUMNS = [column.name for column in ITEM.c]
KEEP = text(
    f"""
    INSERT INTO {ITEM.name} ({", ".join(COLUMNS)})
    SELECT {", ".join(COLUMNS)}
    FROM jsonb_populate_recordset(NULL::{ITEM.name}, CAST(:rows AS jsonb))
    ORDER BY code
    ON CONFLICT (code) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "code")}
    WHERE {ITEM.name}.version < excluded.version
    """
)


async def keep_items(tx: AsyncSession, heard: Sequence[Heard[ItemPublished]]) -> None:
    """The newest version of each item; one statement may not touch a row twice."""
    newest: dict[str, ItemPublished] = {}
    for one in sorted(heard, key=lambda one: one.event.version):
        newest[one.event.code] = one.event
    await tx.execute(KEEP, {"rows": packed([_kept(event) for event in newest.values()])})


def _kept(event: ItemPublished) -> dict[str, Any]:
    item = event.item.model_dump(mode="json")
    kept = {name: item[name] for name in COLUMNS if name in item}
    return kept | {
        "version": event.version,
        "legal_hours": rules.hours(item["legal"]) if item["legal"] else None,
        "promised_hours": rules.hours(item["promised"]),
        "materials": rules.materials(item["requirements"]),
        "online_address": rules.has_online_address(item["channels"]),
    }


REACTIONS: dict[Any, Reaction] = {ItemPublished: keep_items}
