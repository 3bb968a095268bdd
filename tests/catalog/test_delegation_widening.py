"""A right is widened when the other level agrees, and stays as it was until then."""

import pytest

from tests.catalog.handshakes import CAPACITY, SOON, District, problem


async def test_a_widening_holds_when_the_other_level_agrees(district: District, item: str):
    what = f"{item}/east/accept"
    await district.active(what, SOON, situations=["a"])
    terms = {"mode": "hand_down", "situations": ["a", "b"]}
    proposed = await district.take(district.officer, what, "widening", **terms)
    answer = await district.step(district.officer, what, "acceptance")
    widened = await district.take(district.east, what, "acceptance", capacity=CAPACITY)

    assert (proposed["state"], proposed["situations"]) == ("active", ["a"])
    assert (proposed["waits_for"], proposed["wider"]["mode"]) == ("below", "hand_down")
    assert problem(answer) == "own-proposal"
    assert (widened["state"], widened["situations"]) == ("widened", ["a", "b"])
    assert (widened["mode"], widened["wider"]) == ("hand_down", None)


async def test_a_widening_that_is_declined_leaves_the_right_as_it_was(
    district: District, item: str
):
    what = f"{item}/east/accept"
    await district.active(what, SOON, situations=["a"])
    said = {"mode": "entrust", "situations": [], "capacity": CAPACITY}
    await district.take(district.east, what, "widening", **said)

    declined = await district.take(district.officer, what, "refusal", reasons=["law"])

    assert (declined["state"], declined["situations"]) == ("active", ["a"])
    assert declined["in_force"]


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        ({"mode": "entrust", "situations": ["a", "b"]}, "not-wider"),
        ({"mode": "entrust", "situations": ["b"]}, "not-wider"),
        ({"mode": "entrust", "situations": ["a", "b", "x"]}, "situation-unknown"),
        ({"mode": "authorise", "situations": ["a", "b"]}, "authorisation-needs-law"),
    ],
)
async def test_a_widening_that_is_none_or_not_lawful_is_refused(
    district: District, item: str, terms, refused
):
    what = f"{item}/east/accept"
    if (await district.bureau("GET", f"/delegations/{what}")).status_code == 404:
        await district.active(what, SOON, situations=["a", "b"])

    answer = await district.step(district.officer, what, "widening", **terms)

    assert (answer.status_code, problem(answer)) == (422, refused)
