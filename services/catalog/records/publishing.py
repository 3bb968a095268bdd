"""A new version of an item goes out: kept for ever, told with all it embeds, found by search.

Everything here takes any number of items in the same few statements.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.indexing import index
from services.catalog.records.tables import EvidenceType, Field, Item, ItemVersion, Record
from services.chassis import outbox
from services.chassis.database import insert_all, packed, table
from services.contracts import EvidenceTypeRecord, FieldRecord, ItemPublished, ItemRecord

EDITING = 7_102_645
"""The advisory lock under which editors write one after another."""
KEEP = insert_all(table(ItemVersion), ["code", "version", "record"])


async def take_turns(tx: AsyncSession) -> None:
    """What one editor embeds or checks against, no other is changing at the same moment."""
    await tx.execute(select(func.pg_advisory_xact_lock(EDITING)))


async def publish(tx: AsyncSession, items: Sequence[Item]) -> None:
    """Tell the versions that `items` have reached; their rows are written already."""
    if not items:
        return
    kept = [{"code": one.code, "version": one.version, "record": one.record} for one in items]
    await tx.execute(KEEP, {"rows": packed(kept)})
    await index(tx, [one.code for one in items])

    evidence, fields = await _embedded(tx, items)
    await outbox.record_all(
        tx, [(_told(item, evidence, fields), item.version, None) for item in items]
    )


async def republish(tx: AsyncSession, concerned: Callable[[Mapping[str, Any]], bool]) -> None:
    """A changed definition is a new version of every item that embeds it."""
    rows = await tx.scalars(select(Item).order_by(Item.code).with_for_update())
    changed = [item for item in rows if concerned(item.record)]
    for item in changed:
        item.version += 1
    await tx.flush()
    await publish(tx, changed)


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
    item: Item, evidence: Mapping[str, EvidenceTypeRecord], fields: Mapping[str, FieldRecord]
) -> ItemPublished:
    papers = [evidence[code] for code in sorted(evidence_of(item.record))]
    used = fields_of(item.record).union(*(_printed(one) for one in papers))
    used |= {code for one in _in_order(fields, used) for code in one.of}
    return ItemPublished(
        code=item.code,
        version=item.version,
        item=ItemRecord(code=item.code, **item.record),
        fields=tuple(_in_order(fields, used)),
        evidence_types=tuple(papers),
    )


def _printed(paper: EvidenceTypeRecord) -> set[str]:
    """The fields that stand on a paper or tie it to a thing."""
    return {*paper.content, *filter(None, [paper.subject_field])}


def _in_order(fields: Mapping[str, FieldRecord], codes: Iterable[str]) -> list[FieldRecord]:
    return [fields[code] for code in sorted(codes)]
