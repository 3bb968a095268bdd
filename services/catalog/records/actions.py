"""What the bureau's editors do: put records into the catalogue."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records import rules
from services.catalog.records.tables import (
    Department,
    EvidenceType,
    Field,
    Item,
    ItemVersion,
    Record,
)
from services.chassis import outbox
from services.chassis.reading import check_match
from services.contracts import (
    DepartmentChanged,
    EvidenceTypeRecord,
    FieldRecord,
    ItemPublished,
    ItemRecord,
)

R = TypeVar("R", bound=Record)
EDITING = 7_102_645
"""The advisory lock under which editors write one after another."""


async def put_department(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> Department:
    row, changed = await _put(tx, Department, code, record, if_match)
    if changed:
        told = DepartmentChanged(code=code, version=row.version, **record)
        await outbox.record(tx, told, version=row.version)
    return row


async def put_field(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> Field:
    await _take_turns(tx)
    lists = await _codes(tx, Field, Field.record["of"].contains([code]))
    tied = EvidenceType.record["subject_field"].astext == code
    papers = await _codes(
        tx, EvidenceType, or_(tied, EvidenceType.record["content"].contains([code]))
    )
    rules.check_field(code, record, await _types(tx), inside=bool(lists or papers))

    row, changed = await _put(tx, Field, code, record, if_match)
    if changed:
        embedding = {code, *lists}
        await _republish(
            tx, lambda item: bool(_fields_of(item) & embedding or _evidence_of(item) & papers)
        )
    return row


async def put_evidence_type(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> EvidenceType:
    await _take_turns(tx)
    rules.check_evidence_type(record, await _types(tx))

    row, changed = await _put(tx, EvidenceType, code, record, if_match)
    if changed:
        await _republish(tx, lambda item: code in _evidence_of(item))
    return row


async def put_item(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> Item:
    """Publish an item, or its next version; the same record again changes nothing."""
    await _take_turns(tx)
    rules.check_item(record, await _vocabulary(tx, code, record))

    row, changed = await _put(tx, Item, code, record, if_match, department=record["department"])
    if changed:
        await _publish(tx, row)
    return row


async def _take_turns(tx: AsyncSession) -> None:
    """What one editor embeds or checks against, no other is changing at the same moment."""
    await tx.execute(select(func.pg_advisory_xact_lock(EDITING)))


async def _put(
    tx: AsyncSession,
    table: type[R],
    code: str,
    record: dict[str, Any],
    if_match: str | None,
    **columns: Any,
) -> tuple[R, bool]:
    """Write `record`, and say whether that changed anything.

    The insert makes two first writers of one code take turns: the second finds the first's row.
    """
    new = insert(table).values(code=code, version=1, record=record, **columns)
    made = await tx.execute(new.on_conflict_do_nothing().returning(table.code))
    row = await tx.get_one(table, code, with_for_update=True)
    if made.first():
        check_match(if_match, 0)
        return row, True
    check_match(if_match, row.version)
    if row.record == record:
        return row, False
    row.record, row.version = record, row.version + 1
    for name, value in columns.items():
        setattr(row, name, value)
    await tx.flush()
    return row, True


async def _republish(tx: AsyncSession, concerned: Callable[[Mapping[str, Any]], bool]) -> None:
    """A changed definition is a new version of every item that embeds it."""
    for item in await tx.scalars(select(Item).order_by(Item.code).with_for_update()):
        if concerned(item.record):
            item.version += 1
            await tx.flush()
            await _publish(tx, item)


async def _publish(tx: AsyncSession, item: Item) -> None:
    tx.add(ItemVersion(code=item.code, version=item.version, record=item.record))
    await tx.flush()
    evidence = await _records(tx, EvidenceType, _evidence_of(item.record))
    used = _fields_of(item.record)
    for one in evidence:
        used |= {*one["content"], *filter(None, [one["subject_field"]])}
    fields = await _records(tx, Field, used)
    fields += await _records(tx, Field, {code for one in fields for code in one["of"]} - used)
    told = ItemPublished(
        code=item.code,
        version=item.version,
        item=ItemRecord(code=item.code, **item.record),
        fields=tuple(FieldRecord(**one) for one in fields),
        evidence_types=tuple(EvidenceTypeRecord(**one) for one in evidence),
    )
    await outbox.record(tx, told, version=item.version)


def _fields_of(item: Mapping[str, Any]) -> set[str]:
    return {use["field"] for use in item["fields"]}


def _evidence_of(item: Mapping[str, Any]) -> set[str]:
    needed = {one["evidence"] for one in item["requirements"]}
    return needed | ({item["issues"]} if item["issues"] else set())


async def _codes(tx: AsyncSession, table: type[Record], *where: ColumnElement[bool]) -> set[str]:
    return set(await tx.scalars(select(table.code).where(*where)))


async def _vocabulary(tx: AsyncSession, code: str, record: Mapping[str, Any]) -> rules.Vocabulary:
    fields = {key: one for key, one in await tx.execute(select(Field.code, Field.record))}
    return rules.Vocabulary(
        departments=await _codes(tx, Department),
        fields=fields,
        evidence=await _codes(tx, EvidenceType),
        owners=await _owners(tx, code, record),
    )


async def _owners(
    tx: AsyncSession, code: str, record: Mapping[str, Any]
) -> dict[tuple[str, str], str]:
    """Other items that have a code of this one which means one item only."""
    owners = {}
    for one in record["codes"]:
        if one["system"] in rules.UNIQUE:
            same = select(Item.code).where(Item.record["codes"].contains([one]), Item.code != code)
            if other := await tx.scalar(same.limit(1)):
                owners[one["system"], one["value"]] = other
    return owners


async def _types(tx: AsyncSession) -> dict[str, str]:
    """The type of every field, by its code."""
    known = await tx.execute(select(Field.code, Field.record["type"].astext))
    return {code: kind for code, kind in known}


async def _records(tx: AsyncSession, table: type[Record], codes: set[str]) -> list[dict[str, Any]]:
    found = select(table.code, table.record).where(table.code.in_(codes)).order_by(table.code)
    return [{"code": code, **record} for code, record in await tx.execute(found)]
