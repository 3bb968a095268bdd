"""Draft a bundle, publish it, let it rest, copy it, and let newer items into it."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import retiring, rules
from services.bundle.composition.rules import (
    BundleFaulty,
    Change,
    ItemVersion,
    Published,
    UnknownItem,
)
from services.bundle.composition.shelf import BUNDLE_VERSION, ITEM_COPY, BundleUnknown, at, newest
from services.bundle.composition.tables import Bundle, BundleVersion
from services.bundle.composition.views import Checked
from services.chassis import outbox
from services.chassis.errors import Conflict, Flaw, Invalid, NotFound, Refusal
from services.chassis.reading import check_match
from services.contracts import BundlePublished

log = logging.getLogger(__name__)

PUBLISHING = 7_102_646
"""The advisory lock under which bundles are published and newer items come into them: otherwise a
version that is heard while its bundle is being published would be seen by neither."""


class BundleExists(Conflict):
    """There is a bundle of this code already."""

    zh = "已有使用该代码的“一件事”。"


class CodeReserved(Invalid):
    """Filings of results that were issued before go under this code."""

    zh = "该代码保留给证照的延续、变更和补证。"


RESERVED = "请换一个代码。", "Take another code."


class VersionUnknown(NotFound):
    """No such version of this bundle was ever published."""

    zh = "该“一件事”从未发布过这个版本。"


async def put_bundle(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> Bundle:
    """Write a draft; the same record again changes nothing.  What is published stays so."""
    if code in rules.KINDS:
        raise CodeReserved(errors=[Flaw("/code", *RESERVED)])
    new = insert(Bundle).values(code=code, version=1, record=record, item_versions={})
    made = (await tx.execute(new.on_conflict_do_nothing().returning(Bundle.code))).first()
    row = await tx.get_one(Bundle, code, with_for_update=True)
    check_match(if_match, 0 if made else row.version)
    if row.record != record:
        row.record, row.version = record, row.version + 1
        await tx.flush()
    return row


async def check(tx: AsyncSession, code: str, today: date) -> Checked:
    """Publish the draft without publishing it."""
    row = await tx.get(Bundle, code)
    if row is None:
        raise BundleUnknown()
    items = await newest(tx, _items_of(row.record))
    changes = rules.differences(row.published, row.record) if row.published else []
    try:
        published = await _publishable(tx, row, items, today)
    except (BundleFaulty, UnknownItem) as refusal:
        return Checked(row, refusal.errors, (), changes)
    return Checked(row, (), await _advice(tx, published), changes)


async def publish(tx: AsyncSession, code: str, today: date) -> Checked:
    """Check the draft and let people apply for it."""
    await _take_turns(tx)
    row = await _locked(tx, code)
    items = await newest(tx, _items_of(row.record))
    changes = rules.differences(row.published, row.record) if row.published else []
    published = await _publishable(tx, row, items, today)
    await _put_in_force(tx, row, {item: version.version for item, version in items.items()})
    return Checked(row, (), await _advice(tx, published), changes)


async def _advice(tx: AsyncSession, published: Published) -> list[Flaw]:
    """What is worth a look; first of all what is right today and will be retired."""
    coming = await retiring.retired(tx, published, date.max)
    return [*rules.retired_flaws(published, coming), *rules.advice(published)]


async def _publishable(
    tx: AsyncSession, row: Bundle, items: Mapping[str, ItemVersion], today: date
) -> Published:
    """Raises UnknownItem or BundleFaulty, with every fault."""
    published = rules.publish(rules.Bundle.from_record(row.code, row.version, row.record), items)
    retired = await retiring.retired(tx, published, today)
    if flaws := list(rules.retired_flaws(published, retired)):
        raise BundleFaulty(errors=flaws)
    return published


async def _locked(tx: AsyncSession, code: str) -> Bundle:
    row = await tx.scalar(select(Bundle).where(Bundle.code == code).with_for_update())
    if row is None:
        raise BundleUnknown()
    return row


async def _put_in_force(tx: AsyncSession, row: Bundle, versions: dict[str, Any]) -> None:
    if row.published_version == row.version and row.item_versions == versions:
        return
    again = row.published_version == row.version
    row.published_version, row.published, row.item_versions = row.version, row.record, versions
    await tx.flush()
    if not again:
        kept = insert(BUNDLE_VERSION).values(
            code=row.code, version=row.version, record=row.record, item_versions=versions
        )
        await tx.execute(kept)
        await outbox.record(tx, _told(row), version=row.version)


async def suspend(tx: AsyncSession, code: str, reason: str, now: datetime) -> Bundle:
    """From now on nobody can apply for it; what is filed goes on.  Again: another reason."""
    row = await _in_force(tx, code)
    since = row.suspension["since"] if row.suspension else now.isoformat()
    row.suspension = {"since": since, "reason": reason}
    await tx.flush()
    return row


async def resume(tx: AsyncSession, code: str) -> Bundle:
    """People can apply for it again.  Resuming what is not suspended changes nothing."""
    row = await _in_force(tx, code)
    row.suspension = None
    await tx.flush()
    return row


async def _in_force(tx: AsyncSession, code: str) -> Bundle:
    row = await _locked(tx, code)
    if row.published_version is None:
        raise BundleUnknown()
    return row


async def copy(
    tx: AsyncSession,
    source: str,
    code: str,
    items: Mapping[str, str],
    thresholds: Mapping[str, Any],
    **named: Any,
) -> tuple[Bundle, list[Flaw]]:
    """A draft for another region, from what is in force, or from the draft where nothing is.

    Answers it with what it left as it was.
    """
    row = await tx.get(Bundle, source)
    if row is None:
        raise BundleUnknown()
    record = row.published or row.record
    known = await newest(tx, _items_of(record) | set(items.values()))
    made = rules.copied(record, items, thresholds, known, **named)
    new = insert(Bundle).values(code=code, version=1, record=made, item_versions={})
    if (await tx.execute(new.on_conflict_do_nothing().returning(Bundle.code))).first() is None:
        raise BundleExists()
    return await tx.get_one(Bundle, code), rules.unchanged(record, items, thresholds, known)


async def version(tx: AsyncSession, code: str, number: int) -> BundleVersion:
    """One version as it was published."""
    found = await tx.get(BundleVersion, (code, number))
    if found is None:
        raise VersionUnknown()
    return found


async def compare(tx: AsyncSession, code: str, old: int, new: int) -> list[Change]:
    """What changed from one version to another, in words."""
    before, after = await version(tx, code, old), await version(tx, code, new)
    return [
        *rules.differences(before.record, after.record),
        *rules.item_differences(before.item_versions, after.item_versions),
    ]


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
