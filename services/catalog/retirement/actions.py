"""What the bureau decides: an item's retirement, with an answer for everybody who needs it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations import cases
from services.catalog.delegations.actions import end_for_item
from services.catalog.records.actions import item_flaws
from services.catalog.records.publishing import AT_ONCE, bring_due, take_turns, whole
from services.catalog.records.rules import rewritten
from services.catalog.records.tables import Department, Item
from services.catalog.records.views import absent
from services.catalog.retirement import planning, rules
from services.catalog.retirement.finding import Dependents, dependents
from services.catalog.retirement.planning import RETIREMENT
from services.catalog.retirement.rules import Decision
from services.catalog.retirement.telling import fits, partners_told, retired
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.errors import Flaw
from services.chassis.reading import check_match
from services.contracts import ItemRetired

ITEM = table(Item)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision, made or only looked at."""

    item: Row[Any]
    decision: Decision
    later: dict[str, Any] | None
    """The item from the day on; none where it ends."""
    dependents: Dependents
    flaws: list[Flaw]
    row: Row[Any] | None = None
    """As it is kept, where it is."""


async def decide(
    tx: AsyncSession,
    code: str,
    decision: Decision,
    by: str,
    now: datetime,
    if_match: str | None = None,
    dry_run: bool = False,
    partners: Collection[str] = (),
) -> Outcome:
    """Decide that an item is retired, or before its day decide otherwise.

    Deciding the same again changes nothing.  A dry run finds everything out and changes nothing.
    """
    today = cases.day(now)
    await take_turns(tx)
    while await bring_due(tx, today) == AT_ONCE:
        continue
    item, known = await _item(tx, code), await known_of(tx, code)
    check_match(if_match, known.version if known else 0)
    stands = known is not None and not known.withdrawn
    if known is not None and stands and _same(known, decision):
        found = await dependents(tx, code, item.record["issues"], decision.effective)
        return Outcome(item, decision, known.becomes, found, [], known)
    if known is not None and stands and known.effective <= today:
        raise rules.AlreadyRetired()

    savepoint = await tx.begin_nested()
    outcome = await _decide(tx, item, known, decision, by, today, partners)
    if dry_run or outcome.flaws:
        await savepoint.rollback()
    else:
        await savepoint.commit()
        ends = decision.effective if outcome.later is None else None
        await end_for_item(tx, code, ends, by=by, partners=partners, now=now)
        await _at_once(tx, outcome, today)
    if outcome.flaws and not dry_run:
        raise rules.RetirementFaulty(errors=outcome.flaws)
    return outcome


async def _at_once(tx: AsyncSession, outcome: Outcome, today: date) -> None:
    """What is decided for today holds today."""
    codes = [outcome.item.code, *outcome.decision.dispositions]
    while await bring_due(tx, today, codes) == AT_ONCE:
        continue


async def _decide(
    tx: AsyncSession,
    item: Row[Any],
    known: Row[Any] | None,
    decision: Decision,
    by: str,
    today: date,
    partners: Collection[str],
) -> Outcome:
    if known is not None and not known.withdrawn:
        await planning.take_back(tx, item.code)
    record = whole(item.record)
    later = rules.after(record, decision)
    evidence = rules.ended(record, later)
    found = await dependents(tx, item.code, item.record["issues"], decision.effective)
    flaws = [
        *rules.decision_flaws(decision, record, today),
        *rules.disposition_flaws(
            decision.dispositions,
            found.items,
            evidence is not None,
            bool(found.others),
            set(await tx.scalars(select(Department.code))),
        ),
        *await planning.taken(tx, item.code, decision),
    ]
    if flaws:
        return Outcome(item, decision, later, found, flaws)

    given = rules.changes(item.code, evidence or "", decision.dispositions)
    await planning.plan(tx, item.code, decision, later, evidence, given)
    flaws = await _later_flaws(tx, item.code, decision, later, found, given)
    row = await planning.keep(tx, item, known, decision, later, evidence, by)
    told = retired(row, record, found.others, rules.no_longer_asks(record, later))
    flaws += fits(told)
    if not flaws:
        await _tell(tx, told, found, partners)
    return Outcome(item, decision, later, found, flaws, row)


async def _tell(
    tx: AsyncSession, told: ItemRetired, found: Dependents, partners: Collection[str]
) -> None:
    departments = {code: one.record["department"] for code, one in found.items.items()}
    events = [told, *partners_told(told, departments, partners)]
    await outbox.record(tx, *events, version=told.version)


async def _later_flaws(
    tx: AsyncSession,
    code: str,
    decision: Decision,
    later: dict[str, Any] | None,
    found: Dependents,
    given: dict[str, dict[str, Any]],
) -> list[Flaw]:
    """Whether all that comes into force on the day makes sense then."""
    planned = await planning.changes_by(tx, given, decision.effective)
    records = {one: rewritten(found.items[one].record, planned[one]) for one in given}
    places = {one: f"/dispositions/{one}" for one in given}
    if later is not None:
        records[code], places[code] = later, "/becomes"
    wrong = await item_flaws(tx, records, decision.effective)
    return [
        Flaw(places[one] + each.pointer, each.zh, each.en, each.more)
        for one, record in records.items()
        for each in (*wrong.get(one, ()), *planning.malformed(record))
    ]


async def withdraw(
    tx: AsyncSession,
    code: str,
    by: str,
    now: datetime,
    if_match: str | None,
    partners: Collection[str] = (),
) -> None:
    """Take the decision back before its day: the item and its dependents stay as they are."""
    today = cases.day(now)
    await take_turns(tx)
    item, known = await _item(tx, code), await known_of(tx, code)
    if known is None:
        raise rules.RetirementUnknown()
    if known.withdrawn:
        return
    if known.effective <= today:
        raise rules.AlreadyRetired()
    check_match(if_match, known.version)

    await planning.take_back(tx, code)
    row = await planning.mark_withdrawn(tx, code)
    await end_for_item(tx, code, None, by=by, partners=partners, now=now)
    found = await dependents(tx, code, item.record["issues"], known.effective)
    await _tell(tx, retired(row, item.record, (), []), found, partners)


async def _item(tx: AsyncSession, code: str) -> Row[Any]:
    found = select(ITEM).where(ITEM.c.code == code).with_for_update()
    row = (await tx.execute(found)).first()
    if row is None:
        raise absent(code)
    return row


async def known_of(tx: AsyncSession, code: str) -> Row[Any] | None:
    return (await tx.execute(select(RETIREMENT).where(RETIREMENT.c.item == code))).first()


def _same(known: Row[Any], decision: Decision) -> bool:
    return bool(
        known.mode == decision.mode
        and known.effective == decision.effective
        and known.legal_basis == decision.legal_basis
        and known.described == decision.becomes
        and known.dispositions == decision.dispositions
    )
