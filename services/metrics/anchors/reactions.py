"""What we do when approval says where its chain stands."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.database import insert_all, packed
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ChainAnchored
from services.metrics.anchors.tables import ANCHOR

KEEP = insert_all(ANCHOR, [column.name for column in ANCHOR.c])


async def remember(tx: AsyncSession, heard: Sequence[Heard[ChainAnchored]]) -> None:
    await tx.execute(KEEP, {"rows": packed([one.event.model_dump() for one in heard])})


REACTIONS: dict[Any, Reaction] = {ChainAnchored: remember}
