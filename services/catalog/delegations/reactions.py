"""What we do when metrics has measured what came of a right."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.tables import DelegationQuality
from services.chassis.database import table
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import DelegationMeasured

QUALITY = table(DelegationQuality)
KEY = ("item", "point", "right")


async def keep_quality(tx: AsyncSession, heard: Sequence[Heard[DelegationMeasured]]) -> None:
    """Keep the newest figures of each right; what is not newer is ignored."""
    names = {column.name for column in QUALITY.c}
    for one in sorted(heard, key=lambda one: (one.event.delegation, one.event.version)):
        row = one.event.model_dump(include=names)
        newer = QUALITY.c.version < row["version"]
        new = upsert(QUALITY).values(row)
        await tx.execute(new.on_conflict_do_update(index_elements=KEY, set_=row, where=newer))


REACTIONS: Mapping[Any, Reaction] = {DelegationMeasured: keep_quality}
