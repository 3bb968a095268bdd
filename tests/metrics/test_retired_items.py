"""A retired item leaves the paper figures on its day, in Shanghai, whatever was heard first."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.alone import Alone, letter
from tests.metrics.records import published, retired
from tests.metrics.test_paper import behind, of


async def counted(metrics: Alone, department: str, moment: str) -> int:
    """How many items count at a moment, told in Shanghai's time."""
    metrics.app.state.clock = lambda: datetime.fromisoformat(f"{moment}+08:00").astimezone(UTC)
    shown = await of(metrics, "average_visits", department)
    return int(shown["denominator"])


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("2026-05-31T23:59", 2),
        ("2026-06-01T00:00", 1),  # in Greenwich it is the day before
        ("2027-01-01T12:00", 1),
    ],
)
@pytest.mark.parametrize("mode", ["cancelled", "commitment"])
async def test_an_item_that_ends_is_counted_until_its_day(
    metrics: Alone, department: str, mode: str, moment: str, left: int
):
    one, other = f"{department}-one", f"{department}-other"
    await metrics.hear(published(one, department), published(other, department))
    await metrics.hear(retired(one, "2026-06-01", mode=mode))

    assert await counted(metrics, department, moment) == left


@pytest.mark.parametrize("mode", ["filing", "optimised"])
async def test_an_item_that_becomes_lighter_still_counts(
    metrics: Alone, department: str, mode: str
):
    await metrics.hear(published(f"{department}-one", department))
    await metrics.hear(retired(f"{department}-one", "2026-06-01", mode=mode))

    assert await counted(metrics, department, "2026-07-01T12:00") == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_the_newest_decision_holds_in_every_order(
    metrics: Alone, department: str, order: tuple[int, ...]
):
    """Put off by a month, then taken back, then decided again."""
    code = f"{department}-one"
    said = [
        published(code, department),
        retired(code, "2026-06-01", 1),
        retired(code, "2026-07-01", 2, withdrawn=True),
        retired(code, "2026-08-01", 3),
    ]

    for one in order:
        await metrics.hear(letter(said[one]))

    assert await counted(metrics, department, "2026-07-31T12:00") == 1
    assert await counted(metrics, department, "2026-08-01T12:00") == 0


async def test_a_decision_taken_back_changes_nothing(metrics: Alone, department: str):
    code = f"{department}-one"
    await metrics.hear(published(code, department))
    await metrics.hear(
        retired(code, "2026-06-01", 2, withdrawn=True), retired(code, "2026-06-01", 1)
    )

    assert await counted(metrics, department, "2026-06-02T12:00") == 1


async def test_the_cases_leave_with_the_figure(metrics: Alone, department: str):
    gone, stays = f"{department}-gone", f"{department}-stays"
    await metrics.hear(published(gone, department), published(stays, department))
    await metrics.hear(retired(gone, "2026-06-01"))
    asked: dict[str, Any] = {"department": department}

    assert await counted(metrics, department, "2026-05-01T12:00") == 2
    assert len(await behind(metrics, "average_visits", **asked)) == 2
    assert await counted(metrics, department, "2026-06-01T12:00") == 1
    [left] = await behind(metrics, "average_visits", **asked)
    assert left["case"] == stays
