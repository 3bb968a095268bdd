"""What the bureau's editors do: say what another system's codes mean."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.crosswalks.bodies import WORDS
from services.catalog.crosswalks.rules import check_crosswalk
from services.catalog.crosswalks.tables import Crosswalk
from services.catalog.records.actions import put_record


async def put_crosswalk(
    tx: AsyncSession, system: str, record: dict[str, Any], if_match: str | None
) -> Crosswalk:
    """The same record again changes nothing.  No event: nobody else translates."""
    check_crosswalk(record, WORDS)
    row, _ = await put_record(tx, Crosswalk, system, record, if_match)
    return row
