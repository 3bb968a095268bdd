"""What the bureau's editors do: put records into the catalogue."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records import rules
from services.catalog.records.endings import endings, retiring
from services.catalog.records.indexing import index_department
from services.catalog.records.publishing import (
    AT_ONCE,
    bring_due,
    evidence_of,
    fields_of,
    put_in_force,
    republish,
    take_turns,
    whole,
)
from services.catalog.records.tables import (
    Department,
    EvidenceType,
    Field,
    Item,
    ItemScheduled,
    Record,
)
from services.chassis import outbox
from services.chassis.errors import Flaw
from services.chassis.reading import check_match
from services.contracts import DepartmentChanged

R = TypeVar("R", bound=Record)
BETWEEN = 50
"""After so many items judged, other requests have their turn."""
HELD = text(
    """
    SELECT known.code, held.system, held.value
    FROM (SELECT code, record FROM item
          UNION ALL SELECT code, record FROM item_scheduled WHERE record IS NOT NULL) AS known,
        jsonb_to_recordset(known.record -> 'codes') AS held (system text, value text)
    WHERE held.value = ANY (CAST(:values AS text[]))
        AND known.code <> ALL (CAST(:written AS text[])) ORDER BY known.code DESC
    """
)
"""The codes in other systems, now or soon, of all items but those being written."""


async def put_department(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> Department:
    await take_turns(tx)
    row, changed = await put_record(tx, Department, code, record, if_match)
    if changed:
        await index_department(tx, code)
        told = DepartmentChanged(code=code, version=row.version, **record)
        await outbox.record(tx, told, version=row.version)
    return row


async def put_field(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None, today: date
) -> Field:
    await take_turns(tx)
    lists = await _codes(tx, Field, Field.record["of"].contains([code]))
    tied = EvidenceType.record["subject_field"].astext == code
    papers = await _codes(
        tx, EvidenceType, or_(tied, EvidenceType.record["content"].contains([code]))
    )
    readers = await _unreadable(tx, code, record)
    rules.check_field(code, record, await _types(tx), bool(lists or papers), readers)

    row, changed = await put_record(tx, Field, code, record, if_match)
    if changed:
        embedding = {code, *lists}
        await republish(
            tx,
            lambda item: bool(fields_of(item) & embedding or evidence_of(item) & papers),
            today,
        )
    return row


async def _unreadable(tx: AsyncSession, code: str, record: dict[str, Any]) -> list[str]:
    """Items in force or to come whose conditions break when the field becomes as in `record`."""
    fields = {one: known for one, known in await tx.execute(select(Field.code, Field.record))}
    old = fields.get(code)
    if old is None or all(old[name] == record[name] for name in ("type", "personal")):
        return []
    fields[code] = record
    found = list(await tx.execute(select(Item.code, Item.record)))
    of_their_own = ItemScheduled.record.is_not(None)
    found += await tx.execute(select(ItemScheduled.code, ItemScheduled.record).where(of_their_own))
    broken = {
        one for item, known in found for one in rules.unreadable(code, {item: whole(known)}, fields)
    }
    return sorted(broken)


async def put_evidence_type(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None, today: date
) -> EvidenceType:
    await take_turns(tx)
    rules.check_evidence_type(record, await _types(tx))

    row, changed = await put_record(tx, EvidenceType, code, record, if_match)
    if changed:
        await republish(tx, lambda item: code in evidence_of(item), today)
    return row


async def put_item(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None, today: date
) -> Item:
    """Publish an item at once, or its next version; the same record again changes nothing."""
    await put_items(tx, {code: record}, today, {code: if_match})
    return await tx.get_one(Item, code)


async def put_items(
    tx: AsyncSession,
    records: Mapping[str, dict[str, Any]],
    today: date,
    if_match: Mapping[str, str | None] | None = None,
) -> None:
    """`put_item` for any number of items by code: all of them, or none."""
    records = {code: whole(record) for code, record in records.items()}
    await take_turns(tx)
    while await bring_due(tx, today, records) == AT_ONCE:
        continue
    await check_items(tx, records, today)

    found = await tx.scalars(select(Item).where(Item.code.in_(records)))
    known = {item.code: item for item in found}
    for code, match in (if_match or {}).items():
        check_match(match, known[code].version if code in known else 0)
    for item in known.values():
        if whole(item.record) != records[item.code]:
            rules.check_not_retired(item.code, item.retired_from, today)
    await put_in_force(tx, records, today)


async def check_items(tx: AsyncSession, records: Mapping[str, dict[str, Any]], day: date) -> None:
    """Whether items may be as in `records` from `day` on."""
    if flaws := await item_flaws(tx, records, day):
        raise rules.RecordFaulty(errors=[flaw for one in flaws.values() for flaw in one])


async def item_flaws(
    tx: AsyncSession, records: Mapping[str, dict[str, Any]], day: date
) -> dict[str, list[Flaw]]:
    """What is wrong with items, by their codes; those with nothing wrong are left out."""
    ended, leaving = await endings(tx, records, day), await retiring(tx, records, day)
    known = rules.Vocabulary(
        departments=await _codes(tx, Department),
        fields={code: one for code, one in await tx.execute(select(Field.code, Field.record))},
        evidence=await _codes(tx, EvidenceType),
    )
    holders = await _holders(tx, records)
    found = {}
    for number, (code, record) in enumerate(records.items()):
        if number % BETWEEN == 0:
            await asyncio.sleep(0)
        keys = [(one["system"], one["value"]) for one in record["codes"]]
        others = {key: one for key in keys for one in holders.get(key, ()) if one != code}
        flaws = rules.code_word_flaws(code)
        flaws += rules.item_flaws(record, replace(known, owners=others))
        flaws += rules.ended_flaws(code, record, ended, day)
        if flaws := [*flaws, *rules.retiring_flaws(code, record, leaving)]:
            found[code] = flaws
    return found


async def put_record(
    tx: AsyncSession,
    table: type[R],
    code: str,
    record: dict[str, Any],
    if_match: str | None,
) -> tuple[R, bool]:
    """Write `record`, and say whether that changed anything.

    The insert makes two first writers of one code take turns: the second finds the first's row.
    """
    new = insert(table).values(code=code, version=1, record=record)
    made = await tx.execute(new.on_conflict_do_nothing().returning(table.code))
    row = await tx.get_one(table, code, with_for_update=True)
    if made.first():
        check_match(if_match, 0)
        return row, True
    check_match(if_match, row.version)
    if row.record == record:
        return row, False
    row.record, row.version = record, row.version + 1
    await tx.flush()
    return row, True


async def _codes(tx: AsyncSession, table: type[Record], *where: ColumnElement[bool]) -> set[str]:
    return set(await tx.scalars(select(table.code).where(*where)))


async def _holders(
    tx: AsyncSession, records: Mapping[str, dict[str, Any]]
) -> dict[tuple[str, str], list[str]]:
    """Which items will have a code that is one item's only, once `records` are written."""
    holders: dict[tuple[str, str], list[str]] = {}
    for code, record in records.items():
        for one in record["codes"]:
            if one["system"] in rules.UNIQUE:
                holders.setdefault((one["system"], one["value"]), []).append(code)
    if holders:
        asked = {"values": [value for _, value in holders], "written": list(records)}
        for code, system, value in await tx.execute(HELD, asked):
            holders.setdefault((system, value), []).append(code)
    return holders


async def _types(tx: AsyncSession) -> dict[str, str]:
    """The type of every field, by its code."""
    known = await tx.execute(select(Field.code, Field.record["type"].astext))
    return {code: kind for code, kind in known}
