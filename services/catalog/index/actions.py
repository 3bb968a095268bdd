"""Writing search rows, beside the items they find."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.index.tables import ItemSearch
from services.chassis.database import packed, table

SEARCH = table(ItemSearch)
COLUMNS = [column.name for column in SEARCH.columns]
WRITE = text(
    f"INSERT INTO {SEARCH.name} ({', '.join(COLUMNS)}) SELECT {', '.join(COLUMNS)} "
    f"FROM jsonb_populate_recordset(NULL::{SEARCH.name}, CAST(:rows AS jsonb)) "
    f"ON CONFLICT (code) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "code")
)


async def write(tx: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows made by `rules.entry`, new or anew."""
    if rows:
        await tx.execute(WRITE, {"rows": packed(rows)})
