"""Beginning in bulk: items x points x rights, all of them or none, each flaw by its place."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations import cases, moves, rules, scope
from services.catalog.delegations.cases import Case
from services.catalog.delegations.moves import Moved
from services.catalog.delegations.rules import (
    AlreadyUnderWay,
    Batch,
    CapacityFaulty,
    ItemFacts,
    Level,
    PointFacts,
    Proposal,
    Right,
    Step,
    Terms,
)
from services.catalog.delegations.tables import Delegation
from services.catalog.points.tables import ServicePoint
from services.catalog.records.tables import Item
from services.chassis.errors import Flaw, Invalid
from services.chassis.identity import Principal
from services.chassis.problems import slug

BEGINNING = 7_102_647
"""The advisory lock under which delegations begin one after another: of two offers that overlap,
the second finds what the first made."""
MOST = 5_000
TOLD = 200
"""Flaws that are told; `flaws` says how many there are."""


class ProposalFaulty(Invalid):
    """Some of this cannot be proposed, so none of it was."""

    zh = "其中有不能提出的，全部未提出。"


async def propose(
    tx: AsyncSession,
    who: Principal,
    batch: Batch,
    partners: Collection[str],
    now: datetime,
) -> list[Moved]:
    """Offer from above, or request from below.  Answers what was begun, in the order asked."""
    check_size(batch.size)
    await take_turns(tx)
    items, points = await items_locked(tx, batch.items), await points_locked(tx, batch.points)
    there = await _there(tx, batch, items, points)

    flaws = [*_strangers(batch, items, points), *_gone(batch, items, points, cases.day(now))]
    flaws += _not_theirs(who, batch, items, await scope.points_of(tx, who))
    flaws += _once(flaw for case in there for flaw in _case_flaws(case, batch, cases.day(now)))
    refuse(flaws)

    proposal, said = Proposal(batch.terms, batch.level, who.sub), moves.said(batch.capacity)
    begun = [begin(case, proposal, cases.day(now), said, batch.note) for case in there]
    await moves.write(tx, begun, partners, now)
    return begun


def check_size(number: int) -> None:
    if number > MOST:
        raise ProposalFaulty(errors=[Flaw("", f"一次至多 {MOST} 项。", f"At most {MOST} at once.")])


async def take_turns(tx: AsyncSession) -> None:
    await tx.execute(select(func.pg_advisory_xact_lock(BEGINNING)))


def refuse(flaws: Sequence[Flaw]) -> None:
    if flaws:
        raise ProposalFaulty(errors=flaws[:TOLD], flaws=len(flaws))


async def items_locked(tx: AsyncSession, codes: Sequence[str]) -> Mapping[str, ItemFacts]:
    """Locked against retirement meanwhile."""
    asked = select(*cases.ITEM).where(Item.code.in_(codes)).order_by(Item.code)
    rows = await tx.execute(asked.with_for_update(read=True, of=Item))
    return {row.code: cases.item_facts(row) for row in rows}


async def points_locked(tx: AsyncSession, codes: Sequence[str]) -> Mapping[str, PointFacts]:
    """Locked against being closed meanwhile."""
    asked = select(ServicePoint).where(ServicePoint.code.in_(codes)).order_by(ServicePoint.code)
    rows = await tx.scalars(asked.with_for_update(read=True))
    return {row.code: cases.point_facts(row) for row in rows}


async def _there(
    tx: AsyncSession,
    batch: Batch,
    items: Mapping[str, ItemFacts],
    points: Mapping[str, PointFacts],
) -> list[Case]:
    """Every combination asked for, as it stands; those that never were stand nowhere."""
    kept = await cases.locked(
        tx,
        Delegation.item.in_(items),
        Delegation.point.in_(points),
        Delegation.right.in_(batch.rights),
    )
    known = {(case.item.code, case.point.code, case.right): case for case in kept}
    return [
        known.get((item, point, right)) or Case(items[item], points[point], right)
        for item, point, right in product(batch.items, batch.points, batch.rights)
        if item in items and point in points
    ]


def _strangers(batch: Batch, items: Collection[str], points: Collection[str]) -> Iterator[Flaw]:
    for name, asked, known in (
        ("items", batch.items, items),
        ("points", batch.points, points),
        ("rights", batch.rights, list(Right)),
    ):
        for place, code in enumerate(asked):
            if code in asked[:place]:
                told = f"{code} 重复。", f"{code} stands here twice."
                yield Flaw(f"/{name}/{place}", *told, {"fault": "duplicate-code"})
            elif code not in known:
                told = f"没有代码 {code}，请先登记。", f"{code} is not registered yet."
                yield Flaw(f"/{name}/{place}", *told, {"fault": "unknown-code"})


def _gone(
    batch: Batch, items: Mapping[str, ItemFacts], points: Mapping[str, PointFacts], today: date
) -> Iterator[Flaw]:
    for place, code in enumerate(batch.items):
        if code in items and items[code].retired(today):
            told = "该事项已取消。", "This item is retired."
            yield Flaw(f"/items/{place}", *told, {"fault": "item-retired"})
    for place, code in enumerate(batch.points):
        if code in points and not points[code].open:
            told = "该服务点已关闭。", "This service point is closed."
            yield Flaw(f"/points/{place}", *told, {"fault": "point-closed"})


def _not_theirs(
    who: Principal, batch: Batch, items: Mapping[str, ItemFacts], mine: Collection[str]
) -> Iterator[Flaw]:
    """An officer offers the department's own items, a point's people request for their point."""
    if batch.level is Level.ABOVE:
        for place, code in enumerate(batch.items):
            if code in items and not scope.speaks_above(who, items[code].department):
                told = "不是贵部门的事项。", "This is not an item of your department."
                yield Flaw(f"/items/{place}", *told, {"fault": "not-yours"})
        return
    for place, code in enumerate(batch.points):
        if code not in mine:
            told = "您不代表该服务点。", "You do not speak for this service point."
            yield Flaw(f"/points/{place}", *told, {"fault": "not-yours"})


def named(case: Case) -> dict[str, str]:
    return {"item": case.item.code, "point": case.point.code, "right": case.right.value}


def law_flaws(case: Case, terms: Terms, place: str) -> Iterator[Flaw]:
    for objection in rules.objections(case.item, case.point, case.right, terms):
        zh = f"{objection.zh}{objection.detail_zh}"
        en = f"{type(objection).__doc__} {objection.detail_en}"
        yield Flaw(place, zh, en, named(case) | {"fault": slug(type(objection))})


def _case_flaws(case: Case, batch: Batch, today: date) -> Iterator[Flaw]:
    standing = case.as_of(today)
    if standing is not None and standing.live:
        told = AlreadyUnderWay.zh, AlreadyUnderWay.__doc__ or ""
        state = {"fault": slug(AlreadyUnderWay), "state": standing.state.value}
        yield Flaw(f"/items/{batch.items.index(case.item.code)}", *told, named(case) | state)
    place = f"/points/{batch.points.index(case.point.code)}"
    yield from law_flaws(case, batch.terms, place)
    yield from rules.unknown_situations(case.item, batch.terms)
    try:
        rules.check_capacity(batch.capacity, batch.level, case.point.kind, case.right)
    except CapacityFaulty as faulty:
        yield from faulty.errors


def _once(flaws: Iterable[Flaw]) -> list[Flaw]:
    """What is wrong with the terms is wrong at every point, and told once."""
    return list({(one.pointer, one.zh, str(one.more)): one for one in flaws}.values())


def begin(
    case: Case,
    proposal: Proposal,
    today: date,
    capacity: dict[str, Any] | None = None,
    note: str = "",
) -> Moved:
    before = case.as_of(today)
    return Moved(
        case,
        Step.OFFER if proposal.by is Level.ABOVE else Step.REQUEST,
        rules.begin(before, proposal, case.item.retired_from),
        proposal.who,
        proposal.by,
        capacity=capacity,
        note=note,
        details={"terms": moves.terms_of(proposal.terms)},
    )
