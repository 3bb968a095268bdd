"""What one point holds, offered to others: an offer each, on the terms it has."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations import cases, moves, offers, queries, scope
from services.catalog.delegations.cases import Case
from services.catalog.delegations.moves import Moved
from services.catalog.delegations.rules import Level, PointFacts, Proposal, Right, Terms
from services.catalog.delegations.tables import Delegation
from services.chassis.errors import Conflict, Flaw
from services.chassis.identity import Principal


class NothingHeld(Conflict):
    """The point to copy from holds no such right over an item of yours today."""

    zh = "被复制的服务点当日没有贵方事项的这类权力。"


@dataclass(frozen=True, slots=True)
class Copied:
    """What was offered, and what was left out because it is under way there already."""

    begun: Sequence[Moved]
    left_out: Sequence[Case]


async def copy(
    tx: AsyncSession,
    who: Principal,
    source: str,
    targets: Sequence[str],
    rights: Collection[Right],
    partners: Collection[str],
    now: datetime,
) -> Copied:
    """Offer to each of `targets` what `source` holds today, as far as it is the caller's to give.

    What the law does not allow a target refuses the whole: the points are not alike after all.
    """
    today = cases.day(now)
    await offers.take_turns(tx)
    held = await _held(tx, who, source, rights, today)
    offers.check_size(len(held) * len(targets))
    points = await offers.points_locked(tx, [source, *targets])
    pairs = await _pairs(tx, held, targets, points, today)

    offers.refuse([*_flaws(source, targets, points), *_unlawful(pairs, targets)])
    if not held:
        raise NothingHeld()

    begun, left_out = [], []
    for case, terms in pairs:
        if (there := case.as_of(today)) and there.live:
            left_out.append(case)
        else:
            begun.append(offers.begin(case, Proposal(terms, Level.ABOVE, who.sub), today))
    await moves.write(tx, begun, partners, now)
    return Copied(begun, left_out)


async def _held(
    tx: AsyncSession, who: Principal, source: str, rights: Collection[Right], today: date
) -> list[Case]:
    asked = cases.found(
        Delegation.point == source,
        Delegation.right.in_(rights),
        queries.in_force(today),
        scope.given_by(who),
    )
    found = [cases.case_of(row) for row in await tx.execute(asked)]
    items = await offers.items_locked(tx, [case.item.code for case in found])
    return [case for case in found if not items[case.item.code].retired(today)]


async def _pairs(
    tx: AsyncSession,
    held: Sequence[Case],
    targets: Sequence[str],
    points: Mapping[str, PointFacts],
    today: date,
) -> list[tuple[Case, Terms]]:
    """Every right at every target, as it stands there, with the terms it is to have."""
    kept = await cases.locked(
        tx, Delegation.item.in_({case.item.code for case in held}), Delegation.point.in_(targets)
    )
    known = {case.key: case for case in kept}
    pairs = []
    for point in (points[code] for code in targets if code in points):
        for case in held:
            fresh = Case(case.item, point, case.right)
            pairs.append((known.get(fresh.key, fresh), cases.as_of(case, today).terms))
    return pairs


def _flaws(source: str, targets: Sequence[str], points: Mapping[str, PointFacts]) -> Iterator[Flaw]:
    for pointer, code in [("/from", source), *((f"/to/{n}", to) for n, to in enumerate(targets))]:
        if code not in points:
            told = f"没有服务点 {code}。", f"There is no service point {code}."
            yield Flaw(pointer, *told, {"fault": "unknown-code"})
        elif pointer != "/from" and not points[code].open:
            told = "该服务点已关闭。", "This service point is closed."
            yield Flaw(pointer, *told, {"fault": "point-closed"})
    for place, code in enumerate(targets):
        if code in (source, *targets[:place]):
            told = f"{code} 重复。", f"{code} stands here twice."
            yield Flaw(f"/to/{place}", *told, {"fault": "duplicate-code"})


def _unlawful(pairs: Sequence[tuple[Case, Terms]], targets: Sequence[str]) -> Iterator[Flaw]:
    for case, terms in pairs:
        yield from offers.law_flaws(case, terms, f"/to/{targets.index(case.point.code)}")
