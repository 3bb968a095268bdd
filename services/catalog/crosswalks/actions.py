"""What the bureau's editors do: say what another system's codes mean."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.crosswalks.bodies import WORDS
from services.catalog.crosswalks.rules import check_crosswalk
from services.catalog.crosswalks.tables import Crosswalk
from services.chassis.reading import check_match


async def put_crosswalk(
    tx: AsyncSession, system: str, record: dict[str, Any], if_match: str | None
) -> Crosswalk:
    """The same record again changes nothing.  No event: nobody else translates."""
    check_crosswalk(record, WORDS)
    new = insert(Crosswalk).values(code=system, version=1, record=record)
    made = (await tx.execute(new.on_conflict_do_nothing().returning(Crosswalk.code))).first()
    row = await tx.get_one(Crosswalk, system, with_for_update=True)

    check_match(if_match, 0 if made else row.version)
    if row.record != record:
        row.record, row.version = record, row.version + 1
    return row
