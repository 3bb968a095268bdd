"""Taking a file into the catalogue: all of it, or nothing."""

import asyncio
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.crosswalks.rules import Crosswalk
from services.catalog.crosswalks.tables import Crosswalk as CrosswalkRow
from services.catalog.imports import judging
from services.catalog.imports.judging import Outcome, Proposal
from services.catalog.imports.rules.comparing import compare
from services.catalog.imports.rules.names import alone
from services.catalog.imports.rules.rows import Book
from services.catalog.records.actions import item_flaws
from services.catalog.records.publishing import AT_ONCE, bring_due, put_in_force, take_turns, whole
from services.catalog.records.rules import retired_flaw
from services.catalog.records.tables import Department, EvidenceType, Field, Item, Record
from services.chassis.errors import Flaw, Invalid

REGISTERED: dict[str, type[Record]] = {
    "departments": Department,
    "evidence": EvidenceType,
    "fields": Field,
}
HELD = select(Item.code, Item.record, Item.retired_from)
Said = Book | list[dict[str, Any]]


class SystemUnknown(Invalid):
    """There is no crosswalk of this system."""

    zh = "没有这个来源系统的代码对照表。"


async def read(tx: AsyncSession, content: bytes, system: str | None) -> Said:
    crosswalk = await _crosswalk(tx, system) if system else None
    return await asyncio.to_thread(judging.read, content, crosswalk)


async def look(tx: AsyncSession, said: Said, today: date) -> Outcome:
    """What the file would do; changes nothing."""
    codes = judging.codes_of(said)
    rows = (await tx.execute(HELD.where(Item.code.in_(codes)))).all()
    held = await asyncio.to_thread(lambda: {code: whole(record) for code, record, _ in rows})
    registered = {name: alone(await named(tx, table)) for name, table in REGISTERED.items()}
    proposal = await asyncio.to_thread(judging.propose, said, held, registered)
    for code, flaws in (await item_flaws(tx, proposal.sound, today)).items():
        proposal.blame(code, flaws)
    difference = compare(proposal.records, held)
    for code, _, retired_from in rows:
        if code in difference.changed and retired_from is not None and retired_from <= today:
            proposal.blame(code, [retired_flaw(code)])
    return Outcome(proposal, difference, await _missing(tx, proposal, codes))


async def take(tx: AsyncSession, said: Said, today: date) -> Outcome:
    """Look, and where nothing is wrong do it; nobody else edits in between."""
    await take_turns(tx)
    while await bring_due(tx, today, judging.codes_of(said)) == AT_ONCE:
        continue
    outcome = await look(tx, said, today)
    if not outcome.proposal.faults:
        await put_in_force(tx, outcome.proposal.records, today)
    return outcome


async def named(tx: AsyncSession, table: type[Record]) -> list[tuple[str, str]]:
    """What is registered, by code: (code, name)."""
    found = select(table.code, table.record["name"].astext).order_by(table.code)
    return [(code, name) for code, name in await tx.execute(found)]


async def _crosswalk(tx: AsyncSession, system: str) -> Crosswalk:
    row = await tx.get(CrosswalkRow, system)
    if row is None:
        flaw = Flaw("/query/system", "请先登记对照表。", "Register its crosswalk first.")
        raise SystemUnknown(errors=[flaw])
    return Crosswalk.from_record(system, row.record)


async def _missing(tx: AsyncSession, proposal: Proposal, codes: Collection[str]) -> list[str]:
    named = {(one["department"], one["region"]) for one in proposal.records.values()}
    whose = tuple_(Item.department, Item.record["region"].astext)
    others = select(Item.code).where(
        whose.in_(named), Item.code.not_in(codes), Item.retired_from.is_(None)
    )
    return list(await tx.scalars(others.order_by(Item.code))) if named else []
