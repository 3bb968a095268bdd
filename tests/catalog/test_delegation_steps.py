"""The handshake over HTTP: either level begins, the other answers, each step by its own level."""

from datetime import timedelta

import pytest

from services.chassis.ticks import utc
from tests.catalog.handshakes import CAPACITY, SOON, TODAY, District, faults, problem


async def test_an_offer_is_accepted_from_below_tried_and_activated(district: District, item: str):
    what = f"{item}/east/close"
    offered = await district.offer(what)
    accepted = await district.take(district.east, what, "acceptance", capacity=CAPACITY)
    tried = await district.take(district.officer, what, "trial", until=SOON)
    active = await district.take(district.officer, what, "activation")

    assert offered.json()["begun"] == [
        {"item": item, "point": "east", "right": "close", "version": 1}
    ]
    assert (accepted["state"], accepted["in_force"], accepted["version"]) == ("accepted", False, 2)
    assert accepted["capacity"] == CAPACITY | {"equipment": []}
    assert (tried["state"], tried["in_force"], tried["trial_until"]) == ("trial", True, SOON)
    assert (active["state"], active["in_force"], active["quality"]) == ("active", True, None)
    told = await district.catalog.told("catalog.delegation.changed", delegation=what)
    assert [one["state"] for one in told] == ["offered", "accepted", "trial", "active"]
    assert [one["version"] for one in told] == [1, 2, 3, 4]
    assert [one["waits_for"] for one in told] == ["below", None, None, None]


async def test_a_request_from_below_is_accepted_above(district: District, item: str):
    what = f"{item}/east-village/accept"
    await district.request(what)

    accepted = await district.take(district.officer, what, "acceptance")

    assert (accepted["state"], accepted["begun_by"]) == ("accepted", "below")
    assert accepted["capacity"]["people"] == 3


async def test_the_level_that_proposed_cannot_accept_or_decline(district: District, item: str):
    offered, asked = f"{item}/east/accept", f"{item}/east/close"
    await district.offer(offered)
    await district.request(asked)

    for who, what, said in (
        (district.officer, offered, {"capacity": CAPACITY}),
        (district.bureau, offered, {"capacity": CAPACITY}),
        (district.east, asked, {"capacity": CAPACITY}),
    ):
        for step, body in (("acceptance", said), ("refusal", {"reasons": ["people"]})):
            answer = await district.step(who, what, step, **body)
            assert (answer.status_code, problem(answer)) == (403, "own-proposal")
    assert (await district.bureau.get(f"/delegations/{offered}"))["version"] == 1


async def test_an_account_of_both_levels_does_not_shake_hands_with_itself(
    district: District, item: str
):
    what = f"{item}/east/accept"
    both = district.catalog.signer.mint("double", "officer", "clerk", department="market",
                                        point="east")  # fmt: skip
    double = type(district.east)(district.catalog, both, "double")
    await district.offer(what, double)

    answer = await district.step(double, what, "acceptance", capacity=CAPACITY)
    assert problem(answer) == "own-proposal"
    assert (await district.take(district.east, what, "acceptance", capacity=CAPACITY))["version"]


async def test_only_the_upper_level_tries_out_and_activates(district: District, item: str):
    what = f"{item}/east/accept"
    await district.agreed(what)

    answer = await district.step(district.east, what, "trial", until=SOON)
    assert (answer.status_code, problem(answer)) == (403, "wrong-level")
    await district.take(district.officer, what, "trial", until=SOON)
    answer = await district.step(district.east, what, "activation")
    assert (answer.status_code, problem(answer)) == (403, "wrong-level")


async def test_a_step_out_of_turn_names_the_steps_that_are_open(district: District, item: str):
    what = f"{item}/east/accept"
    await district.offer(what)

    answer = await district.step(district.officer, what, "activation")

    assert (answer.status_code, problem(answer)) == (409, "step-out-of-turn")
    assert answer.json()["state"] == "offered"
    assert answer.json()["next"] == {"above": ["withdrawal"], "below": ["acceptance", "refusal"]}


async def test_declined_with_reasons_it_can_be_offered_anew(district: District, item: str):
    what = f"{item}/east/close"
    await district.offer(what)
    reasons = {"reasons": ["training", "equipment"], "note": "只有一台电脑"}
    declined = await district.take(district.east, what, "refusal", **reasons)
    again = await district.offer(what, mode="authorise", legal_basis="示例条例第五条")

    assert (declined["state"], declined["reasons"]) == ("declined", ["training", "equipment"])
    assert again.json()["begun"][0]["version"] == 3
    history = (await district.east.get(f"/delegations/{what}/history"))["items"]
    assert [(one["step"], one["mode"], one["level"]) for one in history] == [
        ("offer", "authorise", "above"),
        ("refusal", "entrust", "below"),
        ("offer", "entrust", "above"),
    ]
    assert history[1]["note"] == "只有一台电脑"
    assert history[1]["who"] == "chen"
    payloads = await district.catalog.rows("SELECT payload FROM outbox")
    assert not any("只有一台电脑" in row.payload for row in payloads)


async def test_either_level_ends_what_is_agreed_and_who_proposed_withdraws(
    district: District, item: str
):
    proposed, held = f"{item}/east/accept", f"{item}/east/close"
    await district.offer(proposed)
    answer = await district.step(district.east, proposed, "withdrawal", reasons=["demand"])
    assert (answer.status_code, problem(answer)) == (403, "wrong-level")
    gone = await district.take(district.officer, proposed, "withdrawal", reasons=["demand"])
    assert gone["state"] == "withdrawn"

    await district.active(held, SOON)
    handed_back = await district.take(district.east, held, "withdrawal", reasons=["capacity"])
    assert (handed_back["state"], handed_back["in_force"]) == ("withdrawn", False)


@pytest.mark.parametrize("days", [-1, 0, 367])
async def test_a_trial_ends_on_a_day_to_come_within_a_year(district: District, item: str, days):
    what = f"{item}/east/accept"
    if (await district.bureau("GET", f"/delegations/{what}")).status_code == 404:
        await district.agreed(what)
    until = (TODAY + timedelta(days=days)).isoformat()

    answer = await district.step(district.officer, what, "trial", until=until)

    assert problem(answer) == "trial-day"
    assert faults(answer) == [("/until", "")]


async def test_a_trial_that_has_run_out_gives_no_right_until_somebody_decides(
    district: District, item: str
):
    what = f"{item}/east/accept"
    last = TODAY + timedelta(days=10)
    await district.tried(what, last.isoformat())

    async def at(moment_days: int) -> bool:
        app = district.catalog.app
        clock, app.state.clock = app.state.clock, lambda: utc() + timedelta(days=moment_days)
        try:
            return (await district.bureau.get(f"/delegations/{what}"))["in_force"]
        finally:
            app.state.clock = clock

    assert [await at(days) for days in (0, 10, 11)] == [True, True, False]
    longer = await district.take(district.officer, what, "trial", until=SOON)
    assert longer["in_force"]
    assert await at(11)


@pytest.mark.parametrize(
    ("capacity", "where"),
    [
        (None, ["/capacity"]),
        ({}, ["/capacity/people", "/capacity/trained"]),
        ({"people": 1}, ["/capacity/trained"]),
        ({"people": 1, "trained": 2, "training": ["x"]}, ["/capacity/trained"]),
        ({"people": 1, "trained": 1}, ["/capacity/training"]),
        (
            CAPACITY | {"equipment": [{"code": "pc", "count": 1}, {"code": "pc", "count": 2}]},
            ["/capacity/equipment/1/code"],
        ),
    ],
)
async def test_nothing_is_agreed_to_without_the_means(
    district: District, item: str, capacity, where
):
    what = f"{item}/east/close"
    await district.offer(what)

    answer = await district.step(district.east, what, "acceptance", capacity=capacity)

    assert problem(answer) == "capacity-faulty"
    assert [place for place, _ in faults(answer)] == where


async def test_the_upper_level_does_not_state_a_points_capacity(district: District, item: str):
    what = f"{item}/east/close"
    await district.request(what)

    answer = await district.step(district.officer, what, "acceptance", capacity=CAPACITY)

    assert problem(answer) == "capacity-faulty"
