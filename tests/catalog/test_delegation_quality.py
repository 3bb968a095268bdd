"""What came of a right stands beside it, and beside the step that somebody took knowing it."""

from datetime import UTC, date, datetime
from typing import Any

from services.contracts import DelegationMeasured
from tests.catalog.handshakes import SOON, District

LATE_EVENING = datetime(2026, 11, 24, 17, tzinfo=UTC)
"""The next day already, where the desks are."""


def measured(what: str, version: int, cases: int, **more: Any) -> DelegationMeasured:
    item, point, right = what.split("/")
    figures = {"cases": cases, "refused": 1, "returned": 2, "overdue": 0}
    told = {"delegation": what, "item": item, "point": point, "right": right}
    return DelegationMeasured(**told, version=version, **figures | more, measured_at=LATE_EVENING)


def quality(cases: int, **more: Any) -> dict[str, Any]:
    figures = {"cases": cases, "refused": 1, "returned": 2, "overdue": 0, "bad_ratings": None}
    return figures | {"measured_until": date(2026, 11, 25).isoformat()} | more


async def test_figures_stand_beside_the_right_and_in_the_grid(district: District):
    what, other = "service/east/close", "service/east/accept"
    await district.tried(what, SOON)
    await district.agreed(other)

    await district.catalog.hear(measured(what, 1, 4, bad_ratings=1))

    shown = await district.officer.get(f"/delegations/{what}")
    assert shown["quality"] == quality(4, bad_ratings=1)
    [line] = (await district.east.get("/delegations/grid?point=east"))["rows"]
    assert line["close"]["quality"] == quality(4, bad_ratings=1)
    assert line["accept"]["quality"] is None, "nothing measured is not nought"


async def test_the_newest_figures_hold_in_whatever_order_they_come(district: District):
    what = "in-parts/east/close"
    await district.tried(what, SOON)

    await district.catalog.hear(measured(what, 3, 9))
    await district.catalog.hear(measured(what, 2, 7), measured(what, 1, 5))

    assert (await district.officer.get(f"/delegations/{what}"))["quality"] == quality(9)


async def test_the_history_says_on_which_figures_a_trial_became_active(district: District):
    what = "licence/west/accept"
    await district.tried(what, SOON)
    await district.catalog.hear(measured(what, 1, 12, returned=3))
    await district.take(district.officer, what, "activation")
    await district.catalog.hear(measured(what, 2, 40, returned=30))

    steps = (await district.officer.get(f"/delegations/{what}/history"))["items"]

    seen = {one["step"]: one["details"].get("quality") for one in steps}
    assert seen["activation"] == {
        "cases": 12,
        "refused": 1,
        "returned": 3,
        "overdue": 0,
        "bad_ratings": None,
    }
    assert seen["trial"] is None
    assert seen["offer"] is None


async def test_figures_may_be_told_before_anybody_here_knows_the_right(district: District):
    what = "licence-two/west/accept"
    await district.catalog.hear(measured(what, 1, 2))

    await district.agreed(what)

    assert (await district.officer.get(f"/delegations/{what}"))["quality"] == quality(2)


async def test_counts_sum_what_was_measured_of_the_rights_in_force(district: District):
    """What is only agreed (licence-two) is not in force, and is left out."""
    for what in ("service/west/accept", "service/west/close"):
        await district.active(what, SOON)
    await district.catalog.hear(measured("service/west/close", 1, 7))

    found = await district.catalog.citizen().get("/items/counts?region=430799")

    [west] = [one for one in found["by_point"] if one["point"] == "west"]
    assert west["quality"] == quality(47, refused=2, returned=32)
    [kind] = [one for one in found["by_kind"] if one["kind"] == "township"]
    assert kind["quality"]["cases"] > 47
