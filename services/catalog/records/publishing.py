"""A new version of an item goes out: kept for ever, told with all it embeds, found by search.

Everything here takes any number of items in the same few statements.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.indexing import index
from services.catalog.records.rules import day_of, rewritten
from services.catalog.records.tables import (
    EvidenceType,
    Field,
    Item,
    ItemScheduled,
    ItemVersion,
    Record,
)
from services.chassis import outbox
from services.chassis.database import insert_all, packed, table
from services.contracts import (
    EvidenceTypeRecord,
    FieldRecord,
    ItemDefinition,
    ItemPublished,
    ItemRecord,
)

EDITING = 7_102_645
"""The advisory lock under which editors write one after another."""
KEEP = insert_all(table(ItemVersion), ["code", "version", "record", "in_force_from"])
TOGETHER = 100
"""So many items are made ready between two statements: other requests wait for as long."""
AT_ONCE = 100
"""So many scheduled versions come into force in one transaction: editors wait for it."""


async def take_turns(tx: AsyncSession) -> None:
    """What one editor embeds or checks against, no other is changing at the same moment."""
    await tx.execute(select(func.pg_advisory_xact_lock(EDITING)))


def whole(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with every element there is today: one that was stored before an element came says
    of it what its default says, and has not changed by that."""
    return ItemDefinition.model_validate(record).model_dump(mode="json")


async def put_in_force(tx: AsyncSession, records: Mapping[str, dict[str, Any]], day: date) -> None:
    """Items as they are from `day` on, by code: new ones, and a next version of those that differ.

    They are whole and checked already, and editors take turns.
    """
    codes = sorted(records)
    for start in range(0, len(codes), TOGETHER):
        await _put_some(tx, {code: records[code] for code in codes[start : start + TOGETHER]}, day)


async def _put_some(tx: AsyncSession, records: Mapping[str, dict[str, Any]], day: date) -> None:
    found = select(Item).where(Item.code.in_(records)).order_by(Item.code).with_for_update()
    known = {item.code: item for item in await tx.scalars(found)}
    new = [_new_item(code, record) for code, record in records.items() if code not in known]
    changed = [item for code, item in known.items() if whole(item.record) != records[code]]
    for item in changed:
        item.record, item.version = records[item.code], item.version + 1
        item.department = item.record["department"]
    tx.add_all(new)
    await tx.flush()
    await _publish(tx, [*new, *changed], day)


def _new_item(code: str, record: dict[str, Any]) -> Item:
    return Item(code=code, version=1, record=record, department=record["department"])


async def republish(
    tx: AsyncSession, concerned: Callable[[Mapping[str, Any]], bool], day: date
) -> None:
    """A changed definition is a new version of every item that embeds it, and is not retired."""
    living = select(Item).where(or_(Item.retired_from.is_(None), Item.retired_from > day))
    rows = await tx.scalars(living.order_by(Item.code).with_for_update())
    changed = [item for item in rows if concerned(item.record)]
    for item in changed:
        item.version += 1
    await tx.flush()
    await _publish(tx, changed, day)


async def come_into_force(tx: AsyncSession, now: datetime) -> bool:
    """Publish the versions whose day has come, the earliest day first; true if there may be more.

    Many replicas may do this at once: the second waits, and finds nothing left to do.
    """
    today = day_of(now)
    due = select(ItemScheduled.code).where(ItemScheduled.in_force_from <= today)
    if await tx.scalar(due.limit(1)) is None:
        return False
    await take_turns(tx)
    return await bring_due(tx, today) == AT_ONCE


async def bring_due(tx: AsyncSession, today: date, codes: Collection[str] | None = None) -> int:
    """Of these items, or of all: what is due comes into force, unless the item is retired by then.

    Whoever publishes at once does this first: a version that was due before must not overtake.
    """
    due = select(ItemScheduled).where(ItemScheduled.in_force_from <= today)
    if codes is not None:
        due = due.where(ItemScheduled.code.in_(codes))
    in_order = due.order_by(ItemScheduled.in_force_from, ItemScheduled.code).limit(AT_ONCE)
    waiting = list(await tx.scalars(in_order.with_for_update()))
    retired = select(Item.code, Item.retired_from).where(
        Item.code.in_({one.code for one in waiting}), Item.retired_from.is_not(None)
    )
    ends = {code: day or date.max for code, day in await tx.execute(retired)}
    for day in sorted({one.in_force_from for one in waiting}):
        of_day = {one.code: one for one in waiting if one.in_force_from == day}
        living = {code: one for code, one in of_day.items() if day < ends.get(code, date.max)}
        await put_in_force(tx, await _due_records(tx, living), day)
    for one in waiting:
        await tx.delete(one)
    await tx.flush()
    return len(waiting)


async def _due_records(
    tx: AsyncSession, due: Mapping[str, ItemScheduled]
) -> dict[str, dict[str, Any]]:
    """What comes into force, by code: as it was scheduled, or as it is now, with its changes."""
    as_now = [code for code, one in due.items() if one.record is None]
    known = await _records(tx, Item, as_now)
    records = {code: one.record or known[code] for code, one in due.items()}
    return {code: rewritten(whole(records[code]), one.changes) for code, one in due.items()}


async def _publish(tx: AsyncSession, items: Sequence[Item], day: date) -> None:
    """Tell the versions that `items` have reached; their rows are written already."""
    if not items:
        return
    kept = [
        {"code": one.code, "version": one.version, "record": one.record, "in_force_from": day}
        for one in items
    ]
    await tx.execute(KEEP, {"rows": packed(kept)})
    await index(tx, [one.code for one in items])

    evidence, fields = await _embedded(tx, items)
    await outbox.record_all(
        tx, [(_told(item, evidence, fields, day), item.version, None) for item in items]
    )


def fields_of(item: Mapping[str, Any]) -> set[str]:
    return {use["field"] for use in item["fields"]}


def evidence_of(item: Mapping[str, Any]) -> set[str]:
    needed = {one["evidence"] for one in item["requirements"]}
    return needed | ({item["issues"]} if item["issues"] else set())


async def _embedded(
    tx: AsyncSession, items: Sequence[Item]
) -> tuple[dict[str, EvidenceTypeRecord], dict[str, FieldRecord]]:
    """Every definition that one of `items` uses, by code."""
    papers = set().union(*(evidence_of(item.record) for item in items))
    found = await _records(tx, EvidenceType, papers)
    evidence = {code: EvidenceTypeRecord(code=code, **one) for code, one in found.items()}
    used = set().union(*(fields_of(item.record) for item in items))
    used |= {code for one in evidence.values() for code in _printed(one)}
    found = await _records(tx, Field, used)
    listed = {code for one in found.values() for code in one["of"]} - used
    found |= await _records(tx, Field, listed)
    return evidence, {code: FieldRecord(code=code, **one) for code, one in found.items()}


async def _records(
    tx: AsyncSession, table: type[Record], codes: Collection[str]
) -> dict[str, dict[str, Any]]:
    found = select(table.code, table.record).where(table.code.in_(codes))
    return {code: record for code, record in await tx.execute(found)}


def _told(
    item: Item,
    evidence: Mapping[str, EvidenceTypeRecord],
    fields: Mapping[str, FieldRecord],
    day: date,
) -> ItemPublished:
    papers = [evidence[code] for code in sorted(evidence_of(item.record))]
    used = fields_of(item.record).union(*(_printed(one) for one in papers))
    used |= {code for one in _in_order(fields, used) for code in one.of}
    return ItemPublished(
        code=item.code,
        version=item.version,
        item=ItemRecord(code=item.code, in_force_from=day, **item.record),
        fields=tuple(_in_order(fields, used)),
        evidence_types=tuple(papers),
    )


def _printed(paper: EvidenceTypeRecord) -> set[str]:
    """The fields that stand on a paper or tie it to a thing."""
    return {*paper.content, *filter(None, [paper.subject_field])}


def _in_order(fields: Mapping[str, FieldRecord], codes: Iterable[str]) -> list[FieldRecord]:
    return [fields[code] for code in sorted(codes)]
