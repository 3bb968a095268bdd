"""What a decision writes into the plans of items for its day, and how it is taken out again."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.rules.flaws import flaw
from services.catalog.records.tables import Ending, Item, ItemScheduled
from services.catalog.retirement.rules import ENDS, Decision
from services.catalog.retirement.tables import Retirement
from services.chassis.database import packed, table
from services.chassis.errors import Flaw
from services.chassis.malformed import flaws as told_flaws
from services.contracts import ItemDefinition

ITEM, SCHEDULED, ENDING = table(Item), table(ItemScheduled), table(Ending)
RETIREMENT = table(Retirement)
# A version that an editor has scheduled for a later day is changed then, too.
CHANGE = text(
    """
    WITH given AS (SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g
                   (code text, change jsonb)),
    planned AS (
        INSERT INTO item_scheduled (code, in_force_from, changes)
        SELECT code, CAST(:day AS date), jsonb_build_array(change) FROM given
        ON CONFLICT (code, in_force_from)
        DO UPDATE SET changes = item_scheduled.changes || excluded.changes
    )
    UPDATE item_scheduled s SET changes = s.changes || g.change
    FROM given g WHERE s.code = g.code AND s.in_force_from > CAST(:day AS date)
    """
)
UNCHANGE = text(
    """
    UPDATE item_scheduled SET changes = coalesce(
        (SELECT jsonb_agg(c) FROM jsonb_array_elements(changes) AS c WHERE c->>'retired' <> :item),
        '[]')
    WHERE changes @> jsonb_build_array(jsonb_build_object('retired', CAST(:item AS text)))
    """
)
EMPTY = delete(SCHEDULED).where(SCHEDULED.c.record.is_(None), SCHEDULED.c.changes == [])


async def taken(tx: AsyncSession, code: str, decision: Decision) -> list[Flaw]:
    """An item that goes on must not be planned by two people at once."""
    if decision.mode in ENDS:
        return []
    others = select(SCHEDULED.c.in_force_from).where(
        SCHEDULED.c.code == code,
        SCHEDULED.c.record.is_not(None),
        SCHEDULED.c.in_force_from >= decision.effective,
    )
    return [
        flaw(
            "day-taken",
            "/effective",
            f"该事项已有版本将于 {day} 生效，请先撤回。",
            f"A version of the item is scheduled for {day}; take it back first.",
        )
        for day in await tx.scalars(others)
    ]


async def plan(
    tx: AsyncSession,
    code: str,
    decision: Decision,
    later: Mapping[str, Any] | None,
    evidence: str | None,
    given: Mapping[str, Mapping[str, Any]],
) -> None:
    """From its day on: the item ends or is another, and so is what its dependents ask."""
    day = decision.effective
    if evidence is not None:
        ending = insert(ENDING).values(evidence=evidence, item=code, day=day)
        same = ["evidence", "item"]
        await tx.execute(ending.on_conflict_do_update(index_elements=same, set_={"day": day}))
    if later is None:
        await tx.execute(update(ITEM).where(ITEM.c.code == code).values(retired_from=day))
    else:
        row = {"code": code, "in_force_from": day, "record": dict(later), "of_retirement": True}
        next_ = insert(SCHEDULED).values(row)
        known = {"record": next_.excluded.record, "of_retirement": True}
        same = ["code", "in_force_from"]
        await tx.execute(next_.on_conflict_do_update(index_elements=same, set_=known))
    if given:
        rows = [{"code": item, "change": dict(one)} for item, one in given.items()]
        await tx.execute(CHANGE, {"given": packed(rows), "day": day})


async def changes_by(
    tx: AsyncSession, items: Collection[str], day: date
) -> dict[str, list[dict[str, Any]]]:
    """All that retirements, this one and others, change about items up to a day."""
    planned = select(SCHEDULED.c.code, SCHEDULED.c.changes).where(
        SCHEDULED.c.code.in_(items), SCHEDULED.c.in_force_from <= day
    )
    found: dict[str, list[dict[str, Any]]] = {item: [] for item in items}
    for code, changes in await tx.execute(planned.order_by(SCHEDULED.c.in_force_from)):
        found[code] += changes
    return found


async def take_back(tx: AsyncSession, code: str) -> None:
    """Undo `plan`, as long as its day has not come."""
    own = [SCHEDULED.c.code == code, SCHEDULED.c.of_retirement.is_(True)]
    await tx.execute(delete(ENDING).where(ENDING.c.item == code))
    await tx.execute(update(ITEM).where(ITEM.c.code == code).values(retired_from=None))
    await tx.execute(update(SCHEDULED).where(*own).values(record=None, of_retirement=False))
    await tx.execute(UNCHANGE, {"item": code})
    await tx.execute(EMPTY)


async def keep(
    tx: AsyncSession,
    item: Row[Any],
    known: Row[Any] | None,
    decision: Decision,
    later: Mapping[str, Any] | None,
    evidence: str | None,
    by: str,
) -> Row[Any]:
    values = {
        "item": item.code,
        "version": known.version + 1 if known else 1,
        "mode": decision.mode,
        "effective": decision.effective,
        "legal_basis": decision.legal_basis,
        "described": decision.becomes,
        "becomes": later,
        "dispositions": dict(decision.dispositions),
        "evidence": evidence,
        "item_version": item.version,
        "withdrawn": False,
        "decided_by": by,
    }
    new = insert(RETIREMENT).values(values)
    newer = new.on_conflict_do_update(index_elements=["item"], set_=values)
    row: Row[Any] = (await tx.execute(newer.returning(RETIREMENT))).one()
    return row


async def mark_withdrawn(tx: AsyncSession, code: str) -> Row[Any]:
    changed = update(RETIREMENT).where(RETIREMENT.c.item == code)
    values = {"withdrawn": True, "version": RETIREMENT.c.version + 1}
    row: Row[Any] = (await tx.execute(changed.values(values).returning(RETIREMENT))).one()
    return row


def malformed(record: Mapping[str, Any]) -> Iterator[Flaw]:
    """What no event could carry: a twenty-first commitment, say."""
    try:
        ItemDefinition.model_validate(record)
    except ValidationError as error:
        yield from told_flaws(error.errors())
