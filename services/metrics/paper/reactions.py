"""What we keep when catalog speaks: of each item the newest version, whatever the order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.database import packed
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ItemPublished, ItemRetired
from services.metrics.paper import rules
from services.metrics.paper.tables import ITEM, RETIREMENT


def _newest(table: Table) -> Any:
    """Rows by code, each written only over an older version of itself."""
    columns = [column.name for column in table.c]
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "code")
    return text(
        f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {', '.join(columns)} "
        f"FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb)) ORDER BY code "
        f"ON CONFLICT (code) DO UPDATE SET {changes} "
        f"WHERE {table.name}.version < excluded.version"
    )


COLUMNS = [column.name for column in ITEM.c]
KEEP_ITEMS, KEEP_RETIREMENTS = _newest(ITEM), _newest(RETIREMENT)


async def keep_items(tx: AsyncSession, heard: Sequence[Heard[ItemPublished]]) -> None:
    rows = [_kept(event) for event in _one_of_each(heard, "code")]
    await tx.execute(KEEP_ITEMS, {"rows": packed(rows)})


async def keep_retirements(tx: AsyncSession, heard: Sequence[Heard[ItemRetired]]) -> None:
    """The item itself may not have been heard of yet: its retirement waits for it."""
    rows = [
        {
            "code": event.item,
            "version": event.version,
            "ends": rules.ends(event.mode, event.withdrawn),
            "effective": event.effective,
        }
        for event in _one_of_each(heard, "item")
    ]
    await tx.execute(KEEP_RETIREMENTS, {"rows": packed(rows)})


def _one_of_each(heard: Sequence[Heard[Any]], key: str) -> list[Any]:
    """The newest event of each item: one statement may not touch a row twice."""
    in_order = sorted(heard, key=lambda one: int(one.event.version))
    return list({getattr(one.event, key): one.event for one in in_order}.values())


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


REACTIONS: dict[Any, Reaction] = {ItemPublished: keep_items, ItemRetired: keep_retirements}
