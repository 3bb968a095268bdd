"""What we do when bundle speaks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.retirement.finding import BUNDLE_COPY
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import BundlePublished


async def keep_bundles(tx: AsyncSession, heard: Sequence[Heard[BundlePublished]]) -> None:
    """Keep which items each bundle is made of; an older version changes nothing."""
    for one in sorted(heard, key=lambda one: (one.event.code, one.event.version)):
        event = one.event
        row = {
            "code": event.code,
            "version": event.version,
            "name": event.name,
            "name_en": event.name_en,
            "lead_department": event.lead_department,
            "items": list(event.items),
        }
        new = insert(BUNDLE_COPY).values(row)
        changed = {name: new.excluded[name] for name in row if name != "code"}
        newer = BUNDLE_COPY.c.version < new.excluded.version
        await tx.execute(
            new.on_conflict_do_update(index_elements=["code"], set_=changed, where=newer)
        )


REACTIONS: Mapping[Any, Reaction] = {BundlePublished: keep_bundles}
