"""What we do when catalog speaks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import actions, retiring
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ItemPublished, ItemRetired


async def keep_items(tx: AsyncSession, heard: Sequence[Heard[ItemPublished]]) -> None:
    """Keep our own copy of each published item, oldest version first."""
    for one in sorted(heard, key=lambda one: (one.event.code, one.event.version)):
        event = one.event
        await actions.keep_item(tx, event.code, event.version, event.model_dump(mode="json"))


async def keep_retirements(tx: AsyncSession, heard: Sequence[Heard[ItemRetired]]) -> None:
    """Keep what is retired and from when on.  Whoever composes looks at the day; applications under
    way are seen to when it comes (retirements/)."""
    for one in sorted(heard, key=lambda one: one.event.item):
        await retiring.keep_retirement(tx, one.event)


REACTIONS: Mapping[Any, Reaction] = {ItemPublished: keep_items, ItemRetired: keep_retirements}
