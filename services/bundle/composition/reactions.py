"""What we do when catalog speaks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import actions, retiring
from services.bundle.composition.tables import DepartmentName
from services.chassis.database import table
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import DepartmentChanged, ItemPublished, ItemRetired

DEPARTMENT_NAME = table(DepartmentName)


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


async def keep_names(tx: AsyncSession, heard: Sequence[Heard[DepartmentChanged]]) -> None:
    """Keep each department's newest name, whatever the order in which we hear of them."""
    for one in sorted(heard, key=lambda one: (one.event.code, one.event.version)):
        named = one.event.model_dump(include={"code", "version", "name", "name_en"})
        new = insert(DEPARTMENT_NAME).values(named)
        newer = DEPARTMENT_NAME.c.version < new.excluded.version
        keep = {name: new.excluded[name] for name in ("version", "name", "name_en")}
        await tx.execute(new.on_conflict_do_update(index_elements=["code"], set_=keep, where=newer))


REACTIONS: Mapping[Any, Reaction] = {
    ItemPublished: keep_items,
    ItemRetired: keep_retirements,
    DepartmentChanged: keep_names,
}
