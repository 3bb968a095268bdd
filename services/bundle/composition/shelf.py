"""Bundles that can be applied for, compiled and at hand, and the item versions they are made of."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import rules, tables
from services.bundle.composition.retiring import retired
from services.bundle.composition.rules import ItemVersion, Later, Published, Retired, day_of
from services.bundle.composition.tables import BundleVersion, ItemCopy
from services.chassis import driver
from services.chassis.database import table
from services.chassis.errors import Conflict, NotFound
from services.chassis.ticks import Clock, utc

BUNDLE = table(tables.Bundle)
BUNDLE_VERSION = table(BundleVersion)
ITEM_COPY = table(ItemCopy)
# $2 is today.
IN_FORCE = """
    SELECT published_version, item_versions, suspension,
           EXISTS (SELECT FROM retirement WHERE NOT withdrawn AND effective <= $2) AS retirements
    FROM bundle WHERE code = $1
"""
# The same for one that is at hand, whose items ($3) and evidence ($4) are known.
AT_HAND = """
    SELECT published_version, item_versions, suspension,
           EXISTS (SELECT FROM retirement WHERE NOT withdrawn AND effective <= $2
                   AND (item = ANY($3::text[]) OR evidence = ANY($4::text[]))) AS retirements
    FROM bundle WHERE code = $1
"""
RECORD = select(BUNDLE.c.published).where(
    BUNDLE.c.code == bindparam("code"), BUNDLE.c.published_version == bindparam("version")
)


class BundleUnknown(NotFound):
    """There is no such bundle, or it is not published."""

    zh = "没有这件事，或尚未发布。"


class BundleSuspended(Conflict):
    """This bundle is suspended: nobody can apply for it now; what is filed goes on."""

    zh = "这件事已暂停受理，在办的办件不受影响；原因见该“一件事”的说明。"


async def newest(tx: AsyncSession, codes: set[str]) -> dict[str, ItemVersion]:
    """Of each item the newest version that catalog has told."""
    found = (
        select(ITEM_COPY)
        .where(ITEM_COPY.c.code.in_(codes))
        .ext(distinct_on(ITEM_COPY.c.code))
        .order_by(ITEM_COPY.c.code, ITEM_COPY.c.version.desc())
    )
    return _parsed((await tx.execute(found)).all())


async def at(tx: AsyncSession, versions: Mapping[str, int]) -> dict[str, ItemVersion]:
    found = select(ITEM_COPY).where(ITEM_COPY.c.code.in_(versions))
    rows = (await tx.execute(found)).all()
    return _parsed([row for row in rows if versions[row.code] == row.version])


def _parsed(rows: Sequence[Row[Any]]) -> dict[str, ItemVersion]:
    return {row.code: ItemVersion.from_record(row.record) for row in rows}


class Shelf:
    """Published bundles, compiled, in this process's memory.

    Each use asks the database for the version in force (one primary key), so no replica serves an
    older one than another; making one again costs milliseconds and happens once per version.
    """

    def __init__(self, clock: Clock = utc) -> None:
        self.clock = clock
        self.kept: dict[str, tuple[tuple[int, Mapping[str, int]], Published]] = {}
        """By code: of which version, of which versions of its items."""
        self.abridged: dict[str, tuple[Published, Retired, Published]] = {}

    async def published(self, tx: AsyncSession, code: str) -> Published:
        """The bundle, without what is retired today.  Raises BundleUnknown or BundleSuspended."""
        today = day_of(self.clock())
        [row] = await driver.fetch(tx, IN_FORCE, code, today) or [None]
        if row is None or row["published_version"] is None:
            raise BundleUnknown()
        if row["suspension"] is not None:
            raise BundleSuspended(since=row["suspension"]["since"])
        version, items = row["published_version"], row["item_versions"]
        kept = self.kept.get(code)
        if kept is None or kept[0] != (version, items):
            record = (await tx.execute(RECORD, {"code": code, "version": version})).scalar()
            if record is None:  # published anew between the two statements
                return await self.published(tx, code)
            bundle = rules.Bundle.from_record(code, version, record)
            kept = ((version, items), rules.publish(bundle, await at(tx, items)))
            self.kept[code] = kept
        if not row["retirements"]:
            return kept[1]
        return self._without(kept[1], await retired(tx, kept[1], today))

    def at_hand(self, code: str) -> Published | None:
        """The bundle as it was when it was last asked for, with all that has been retired since:
        whoever uses it asks whether it is `in_force` still."""
        kept = self.kept.get(code)
        return kept[1] if kept else None

    def in_force(self, known: Published, row: Mapping[str, Any]) -> bool:
        """Whether `row`, of AT_HAND, says that nothing about it has changed."""
        kept = self.kept.get(known.bundle.code)
        version = row["published_version"], row["item_versions"]
        same = kept is not None and kept[1] is known and kept[0] == version
        return same and row["suspension"] is None and not row["retirements"]

    async def later(
        self, tx: AsyncSession, item: str, kind: str, enterprise: bool, own: bool
    ) -> tuple[Published, Later, ItemVersion]:
        """What the item's newest version makes of a later filing of its result, without what is
        retired today.  Raises KindNotOffered."""
        version = (await newest(tx, {item}))[item]
        offer = rules.offered(version.item, kind)
        published = rules.published_for(version, offer, enterprise, own)
        gone = await retired(tx, published, day_of(self.clock()))
        return (rules.abridge(published, gone) if gone else published), offer, version

    def _without(self, published: Published, gone: Retired) -> Published:
        if not gone:
            return published
        code = published.bundle.code
        known = self.abridged.get(code)
        if known is None or known[0] is not published or known[1] != gone:
            known = (published, gone, rules.abridge(published, gone))
            self.abridged[code] = known
        return known[2]


async def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.shelf
    return shelf


Shelved = Annotated[Shelf, Depends(_shelf)]
