"""Draft a bundle, publish it, and have it ready to compose."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import rules, tables
from services.bundle.composition.rules import ItemVersion, Published
from services.bundle.composition.tables import Bundle, ItemCopy
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.errors import NotFound, Refusal
from services.chassis.reading import check_match
from services.contracts import BundlePublished

log = logging.getLogger(__name__)

PUBLISHING = 7_102_646
"""The advisory lock under which bundles are published and newer items come into them: otherwise a
version that is heard while its bundle is being published would be seen by neither."""
BUNDLE = table(tables.Bundle)
ITEM_COPY = table(ItemCopy)
IN_FORCE = select(BUNDLE.c.published_version, BUNDLE.c.item_versions).where(
    BUNDLE.c.code == bindparam("code")
)


class BundleUnknown(NotFound):
    """There is no such bundle, or it is not published."""

    zh = "没有这件事，或尚未发布。"


async def put_bundle(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> Bundle:
    """Write a draft; the same record again changes nothing.  What is published stays so."""
    new = insert(Bundle).values(code=code, version=1, record=record, item_versions={})
    made = (await tx.execute(new.on_conflict_do_nothing().returning(Bundle.code))).first()
    row = await tx.get_one(Bundle, code, with_for_update=True)
    check_match(if_match, 0 if made else row.version)
    if row.record != record:
        row.record, row.version = record, row.version + 1
        await tx.flush()
    return row


async def publish(tx: AsyncSession, code: str) -> Bundle:
    """Check the draft and let people apply for it."""
    await _take_turns(tx)
    row = await tx.scalar(select(Bundle).where(Bundle.code == code).with_for_update())
    if row is None:
        raise BundleUnknown()
    items = await _newest(tx, _items_of(row.record))
    rules.publish(rules.Bundle.from_record(code, row.version, row.record), items)

    versions = {item: version.version for item, version in items.items()}
    if row.published_version == row.version and row.item_versions == versions:
        return row
    again = row.published_version == row.version
    row.published_version, row.published, row.item_versions = row.version, row.record, versions
    await tx.flush()
    if not again:
        await outbox.record(tx, _told(row), version=row.version)
    return row


def _told(row: Bundle) -> BundlePublished:
    return BundlePublished(
        code=row.code,
        version=row.version,
        name=row.record["name"],
        name_en=row.record["name_en"],
        region=row.record["region"],
        lead_department=row.record["lead_department"],
        items=tuple(sorted(_items_of(row.record))),
    )


async def keep_item(tx: AsyncSession, code: str, version: int, record: dict[str, Any]) -> None:
    """Keep a copy of an item version, and let it into the bundles that are right with it.

    A bundle that the new version would break (a circle, a contradicting field) goes on with the
    version it has: applicants come first, and the designer finds the faults by publishing again.
    """
    await _take_turns(tx)
    copy = insert(ITEM_COPY).values(code=code, version=version, record=record)
    await tx.execute(copy.on_conflict_do_nothing())
    using = select(Bundle).where(Bundle.item_versions.has_key(code)).order_by(Bundle.code)
    for bundle in await tx.scalars(using.with_for_update()):
        if bundle.item_versions[code] >= version:
            continue
        assert bundle.published is not None and bundle.published_version is not None
        wanted = {**bundle.item_versions, code: version}
        try:
            draft = rules.Bundle.from_record(
                bundle.code, bundle.published_version, bundle.published
            )
            rules.publish(draft, await _at(tx, wanted))
        except Refusal as refusal:
            log.warning(
                "bundle keeps an older item version",
                extra={"bundle": bundle.code, "item": code, "why": type(refusal).__name__},
            )
            continue
        bundle.item_versions = wanted
        await tx.flush()


async def _take_turns(tx: AsyncSession) -> None:
    await tx.execute(select(func.pg_advisory_xact_lock(PUBLISHING)))


def _items_of(record: Mapping[str, Any]) -> set[str]:
    return {member["item"] for member in record["members"]}


async def _newest(tx: AsyncSession, codes: set[str]) -> dict[str, ItemVersion]:
    found = (
        select(ITEM_COPY)
        .where(ITEM_COPY.c.code.in_(codes))
        .ext(distinct_on(ITEM_COPY.c.code))
        .order_by(ITEM_COPY.c.code, ITEM_COPY.c.version.desc())
    )
    return _parsed((await tx.execute(found)).all())


async def _at(tx: AsyncSession, versions: Mapping[str, int]) -> dict[str, ItemVersion]:
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

    def __init__(self) -> None:
        self.kept: dict[str, tuple[tuple[Any, ...], Published]] = {}

    async def published(self, tx: AsyncSession, code: str) -> Published:
        row = (await tx.execute(IN_FORCE, {"code": code})).first()
        if row is None or row.published_version is None:
            raise BundleUnknown()
        key = (row.published_version, *sorted(row.item_versions.items()))
        kept = self.kept.get(code)
        if kept is None or kept[0] != key:
            found = select(BUNDLE.c.published).where(BUNDLE.c.code == code)
            record = (await tx.execute(found)).scalar_one()
            bundle = rules.Bundle.from_record(code, row.published_version, record)
            kept = (key, rules.publish(bundle, await _at(tx, row.item_versions)))
            self.kept[code] = kept
        return kept[1]
