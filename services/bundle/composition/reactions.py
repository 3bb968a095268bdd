"""What we do when catalog speaks."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import actions
from services.chassis.envelope import Heard
from services.contracts import ItemPublished


async def keep_items(tx: AsyncSession, heard: Sequence[Heard[ItemPublished]]) -> None:
    """Keep our own copy of each published item, oldest version first."""
    for one in sorted(heard, key=lambda one: (one.event.code, one.event.version)):
        event = one.event
        await actions.keep_item(tx, event.code, event.version, event.model_dump(mode="json"))


REACTIONS = {ItemPublished: keep_items}
