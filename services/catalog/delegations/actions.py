"""What the two levels do: propose, answer, try out, widen, withdraw; and what ends from outside."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations import cases, moves, queries, rules, scope
from services.catalog.delegations.cases import Case
from services.catalog.delegations.moves import Moved
from services.catalog.delegations.rules import (
    LIVE,
    Capacity,
    Level,
    Right,
    Speaker,
    Standing,
    Step,
    Terms,
)
from services.catalog.delegations.tables import Delegation
from services.catalog.points import actions as points
from services.catalog.points import rules as points_rules
from services.catalog.points.tables import ServicePoint
from services.chassis.identity import Principal
from services.chassis.reading import check_match
from services.chassis.ticks import moment

SYSTEM = "system"
ITEM_RETIRED = "item-retired"
POINT_CLOSED = "point-closed"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes a step, on which delegation, having read which version of it, and when."""

    who: Principal
    item: str
    point: str
    right: Right
    if_match: str
    now: datetime
    partners: Collection[str] = ()

    @property
    def today(self) -> date:
        return cases.day(self.now)


async def accept(tx: AsyncSession, hand: Hand, capacity: Capacity | None) -> None:
    """Agree to what the other level proposed."""
    case, standing, speaker = await _open(tx, hand)
    after, level = rules.accept(standing, speaker)
    check_match(hand.if_match, case.version)
    rules.check_capacity(capacity, level, case.point.kind, hand.right)
    _check_law(case, after.terms)
    await _write(tx, hand, case, Step.ACCEPTANCE, after, level, capacity=capacity)


async def decline(tx: AsyncSession, hand: Hand, reasons: Collection[str], note: str) -> None:
    """Say no to it, with reasons."""
    case, standing, speaker = await _open(tx, hand)
    after, level = rules.decline(standing, speaker)
    check_match(hand.if_match, case.version)
    rules.check_reasons(reasons, note)
    await _write(tx, hand, case, Step.REFUSAL, after, level, reasons=reasons, note=note)


async def try_out(tx: AsyncSession, hand: Hand, until: date) -> None:
    """Begin the trial, or give it another last day."""
    case, standing, speaker = await _open(tx, hand)
    after, level = rules.try_out(standing, speaker, until, hand.today)
    check_match(hand.if_match, case.version)
    _check_law(case, after.terms)
    details = {"until": until.isoformat()}
    await _write(tx, hand, case, Step.TRIAL, after, level, details=details)


async def activate(tx: AsyncSession, hand: Hand) -> None:
    """End the trial well."""
    case, standing, speaker = await _open(tx, hand)
    after, level = rules.activate(standing, speaker)
    check_match(hand.if_match, case.version)
    _check_law(case, after.terms)
    await _write(tx, hand, case, Step.ACTIVATION, after, level)


async def widen(tx: AsyncSession, hand: Hand, terms: Terms, capacity: Capacity | None) -> None:
    """Propose wider terms to the other level."""
    case, standing, speaker = await _open(tx, hand)
    after, level = rules.widen(standing, speaker, terms)
    check_match(hand.if_match, case.version)
    rules.check_capacity(capacity, level, case.point.kind, hand.right)
    rules.check_situations(case.item, terms)
    _check_law(case, terms)
    details = {"proposed": moves.terms_of(terms)}
    await _write(tx, hand, case, Step.WIDENING, after, level, capacity=capacity, details=details)


async def withdraw(tx: AsyncSession, hand: Hand, reasons: Collection[str], note: str) -> None:
    """Take it back, or hand it back."""
    case, standing, speaker = await _open(tx, hand)
    after, level = rules.withdraw(standing, speaker)
    check_match(hand.if_match, case.version)
    rules.check_reasons(reasons, note)
    await _write(tx, hand, case, Step.WITHDRAWAL, after, level, reasons=reasons, note=note)


async def end_for_item(
    tx: AsyncSession,
    item: str,
    day: date | None,
    *,
    by: str = SYSTEM,
    partners: Collection[str] = (),
    now: datetime | None = None,
) -> int:
    """The item is retired: from `day` on nobody holds a right over it.  None takes that back, for
    what has not ended yet.  The same again changes nothing; answers how many it changed.

    The caller has locked the item, so that no delegation of it begins meanwhile.
    """
    now = now or moment(tx)
    today = cases.day(now)
    live = await cases.locked(tx, Delegation.item == item, Delegation.state.in_(LIVE))
    ended = []
    for case in live:
        before = case.standing and case.standing.on(today)  # whatever its item says already
        if before and before.live and before.ends_on != day:
            after = rules.end(before, day, today)
            reasons = [ITEM_RETIRED] if day else []
            details = {"ends_on": day.isoformat() if day else None}
            ended.append(Moved(case, Step.ENDING, after, by, reasons=reasons, details=details))
    await moves.write(tx, ended, partners, now)
    return len(ended)


async def close_point(
    tx: AsyncSession,
    code: str,
    withdraw: bool,
    by: str,
    partners: Collection[str],
    now: datetime,
    if_match: str | None,
) -> ServicePoint:
    """Close a point.  What stands on it keeps it open; what is agreed there does, too, unless it
    is to be withdrawn."""
    row = await points.locked(tx, code)
    check_match(if_match, row.version)
    if not row.open:
        return row
    live = await cases.locked(tx, Delegation.point == code, Delegation.state.in_(LIVE))
    standing = [
        (case, before) for case in live if (before := cases.as_of(case, cases.day(now))).live
    ]
    held = [] if withdraw else [case.key for case, _ in standing]
    points_rules.check_closing(await points.open_below(tx, code), held)

    ended = [
        Moved(case, Step.ENDING, rules.close(before), by, reasons=[POINT_CLOSED])
        for case, before in standing
    ]
    await moves.write(tx, ended, partners, now)
    row.open = False
    await points.tell(tx, row)
    return row


async def open_point(tx: AsyncSession, code: str, if_match: str | None) -> ServicePoint:
    """Open it again, where what it stands under is open."""
    row = await points.locked(tx, code)
    check_match(if_match, row.version)
    if row.open:
        return row
    above = await points.line(tx, row.parent) if row.parent else []
    points_rules.check_opening(above)

    row.open = True
    await points.tell(tx, row)
    return row


async def _open(tx: AsyncSession, hand: Hand) -> tuple[Case, Standing, Speaker]:
    """The delegation, locked, as it stands today, and for whom the caller speaks."""
    where = queries.exactly(hand.item, hand.point, hand.right)
    found = await cases.locked(tx, *where, scope.visible(hand.who))
    if not found:
        raise queries.absent(hand.item, hand.point, hand.right)
    [case] = found
    return case, cases.as_of(case, hand.today), await scope.speaker(tx, hand.who, case)


def _check_law(case: Case, terms: Terms) -> None:
    for objection in rules.objections(case.item, case.point, case.right, terms):
        raise objection


async def _write(
    tx: AsyncSession,
    hand: Hand,
    case: Case,
    step: Step,
    after: Standing,
    level: Level,
    capacity: Capacity | None = None,
    **more: Any,
) -> None:
    said = moves.said(capacity)
    moved = Moved(case, step, after, hand.who.sub, level, capacity=said, **more)
    await moves.write(tx, [moved], hand.partners, hand.now)
