"""Draft a bundle, publish it, and let newer items into it."""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import retiring, rules
from services.bundle.composition.shelf import BUNDLE_VERSION, ITEM_COPY, BundleUnknown, at, newest
from services.bundle.composition.tables import Bundle
from services.chassis import outbox
from services.chassis.errors import Refusal
from services.chassis.reading import check_match
from services.contracts import BundlePublished

log = logging.getLogger(__name__)

PUBLISHING = 7_102_646
"""The advisory lock under which bundles are published and newer items come into them: otherwise a
version that is heard while its bundle is being published would be seen by neither."""


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


async def publish(tx: AsyncSession, code: str, today: date) -> Bundle:
    """Check the draft and let people apply for it."""
    await _take_turns(tx)
    row = await tx.scalar(select(Bundle).where(Bundle.code == code).with_for_update())
    if row is None:
        raise BundleUnknown()
    items = await newest(tx, _items_of(row.record))
    checked = rules.publish(rules.Bundle.from_record(code, row.version, row.record), items)
    if flaws := list(rules.retired_flaws(checked, await retiring.retired(tx, checked, today))):
        raise rules.BundleFaulty(errors=flaws)

    versions = {item: version.version for item, version in items.items()}
    if row.published_version == row.version and row.item_versions == versions:
        return row
    again = row.published_version == row.version
    row.published_version, row.published, row.item_versions = row.version, row.record, versions
    await tx.flush()
    if not again:
        kept = insert(BUNDLE_VERSION).values(
            code=code, version=row.version, record=row.record, item_versions=versions
        )
        await tx.execute(kept)
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
    await retiring.keep_issuer(tx, code, version, record["item"]["issues"])
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
            rules.publish(draft, await at(tx, wanted))
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
