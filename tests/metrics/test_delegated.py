"""What came of rights that were handed down: counted whatever the order, told when it changes."""

import asyncio
import itertools
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis import ticks
from services.chassis.envelope import Heard
from services.contracts import (
    AcceptanceRefused,
    ApprovalAccepted,
    ApprovalDecided,
    CardChanged,
    CardRaised,
    CorrectionRequested,
    Duration,
)
from services.metrics.board import reactions as board
from services.metrics.delegated import reactions
from services.metrics.delegated.actions import measure
from tests.alone import Alone, letter

MEASURED = "metrics.delegation.measured"
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
POINT = "taoyuan"
DIGEST = "sha256:" + "0" * 64
numbers = itertools.count()


@pytest.fixture
def item() -> str:
    return f"item-{next(numbers)}"


def about(approval: UUID, **more: Any) -> dict[str, Any]:
    known = {"approval": approval, "application": uuid4(), "member": "m", "department": "market"}
    return known | more


def accepted(approval: UUID, item: str, point: str | None = POINT) -> ApprovalAccepted:
    return ApprovalAccepted(**about(approval, item=item, point=point, accepted_at=NOW))


def unaccepted(approval: UUID, item: str, point: str | None = POINT) -> AcceptanceRefused:
    said = {"kind": "acceptance_refused", "reason_code": "outside-area", "bundle": "shop"}
    at = {"opened_at": NOW, "refused_at": NOW}
    return AcceptanceRefused(**about(approval, item=item, point=point), **said, **at)


def decided(
    approval: UUID, item: str, verdict: str = "granted", point: str | None = POINT
) -> ApprovalDecided:
    at = {"opened_at": NOW, "accepted_at": NOW, "decided_at": NOW}
    said = {"verdict": verdict, "bundle": "shop", "promise": Duration(value=5)}
    return ApprovalDecided(**about(approval, item=item, point=point), **said, **at)


def returned(approval: UUID) -> CorrectionRequested:
    gaps = ({"field": "area", "reason_code": "unreadable"},)
    return CorrectionRequested(**about(approval), gaps=gaps, explanation=DIGEST, requested_at=NOW)


def card(approval: UUID, item: str, rule: str = "promise_overdue") -> CardRaised:
    said = {"card": uuid4(), "bundle": "shop", "item": item, "rule": rule, "rule_version": 1}
    colour = "yellow" if rule == "near_deadline" else "red"
    at = {"due_at": NOW, "raised_at": NOW}
    return CardRaised(**about(approval), **said, colour=colour, **at)


def lifted(raised: CardRaised) -> CardChanged:
    known = {name: getattr(raised, name) for name in ("card", "approval", "application")}
    return CardChanged(**known, department="market", state="lifted", level="desk", changed_at=NOW)


async def measured(metrics: Alone) -> None:
    while await ticks.turn(metrics.app, measure):
        pass


async def figures(metrics: Alone, item: str, right: str = "close", point: str = POINT) -> Any:
    """What was told last: cases, refused, returned, overdue."""
    await measured(metrics)
    told = await metrics.told(MEASURED, item=item, point=point, right=right)
    if not told:
        return None
    assert [one["version"] for one in told] == list(range(1, len(told) + 1))
    return tuple(told[-1][name] for name in ("cases", "refused", "returned", "overdue"))


async def test_what_a_point_decided_is_counted_with_what_came_of_it(metrics: Alone, item):
    cases = [uuid4() for _ in range(5)]
    await metrics.hear(
        decided(cases[0], item),
        decided(cases[1], item, "refused"),
        decided(cases[2], item),
        decided(cases[3], item, point="village"),
        decided(cases[4], item, point=None),
        returned(cases[1]),
        returned(cases[4]),
        card(cases[2], item),
        card(cases[0], item, "near_deadline"),
        card(cases[3], item, "legal_overdue"),
    )

    assert await figures(metrics, item) == (3, 1, 1, 1)
    assert await figures(metrics, item, point="village") == (1, 0, 0, 1)
    assert await figures(metrics, item, "accept") is None


async def test_what_a_window_accepted_is_counted_whoever_decides_it(metrics: Alone, item):
    refused, granted, open_, never = (uuid4() for _ in range(4))
    await metrics.hear(
        accepted(refused, item),
        accepted(granted, item),
        accepted(open_, item),
        accepted(uuid4(), item, None),
        unaccepted(never, item),
        unaccepted(uuid4(), item, None),
        decided(refused, item, "refused", None),
        decided(granted, item, point=None),
        returned(granted),
    )

    assert await figures(metrics, item, "accept") == (4, 2, 1, 0)
    assert await figures(metrics, item) is None


async def test_what_is_heard_counts_the_same_in_every_order_and_once(metrics: Alone):
    found = set()
    for order in itertools.permutations(range(5)):
        item, approval = f"item-{next(numbers)}", uuid4()
        raised = card(approval, item)
        said = [
            accepted(approval, item),
            returned(approval),
            raised,
            decided(approval, item, "refused"),
            lifted(raised),
        ]
        letters = [letter(one, 2 if isinstance(one, CardChanged) else 1) for one in said]
        for place in order:
            await metrics.hear(letters[place])
            if place == order[2]:
                await measured(metrics)
        await metrics.hear(letters[order[0]])
        found.add((await figures(metrics, item), await figures(metrics, item, "accept")))

    assert found == {((1, 1, 1, 0), (1, 1, 1, 0))}


async def test_a_lifted_card_is_no_lateness(metrics: Alone, item):
    approval = uuid4()
    raised = card(approval, item)
    await metrics.hear(decided(approval, item), raised)
    late = await figures(metrics, item)
    await metrics.hear(letter(lifted(raised), 2))

    assert (late, await figures(metrics, item)) == ((1, 0, 0, 1), (1, 0, 0, 0))


async def test_figures_that_stay_the_same_are_told_once(metrics: Alone, item):
    approval = uuid4()
    await metrics.hear(decided(approval, item))
    await measured(metrics)
    await metrics.hear(card(approval, item, "near_deadline"))
    await measured(metrics)
    await measured(metrics)

    assert len(await metrics.told(MEASURED, item=item)) == 1


async def test_many_who_measure_at_once_tell_one_figure_after_another(metrics: Alone, item):
    await metrics.connect()

    async def hears() -> None:
        for _ in range(20):
            await metrics.hear(decided(uuid4(), item))

    async def measures() -> None:
        for _ in range(20):
            await ticks.turn(metrics.app, measure)

    await asyncio.gather(hears(), measures(), measures(), measures())

    assert await figures(metrics, item) == (20, 0, 0, 0)


async def test_what_is_still_being_heard_is_measured_next(metrics: Alone, item):
    """A card that is not committed yet, when its approval's points are measured."""
    approval = uuid4()
    async with metrics.app.state.sessions.begin() as hearing:
        heard = [Heard("1", card(approval, item), 1, NOW, "")]
        await board.note_card(hearing, heard)
        await reactions.note_card(hearing, heard)
        await metrics.hear(decided(approval, item))
        before = await figures(metrics, item)

    assert (before, await figures(metrics, item)) == ((1, 0, 0, 0), (1, 0, 0, 1))
