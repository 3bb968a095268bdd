"""The grid, the list and the places: who reads which rights over which items."""

import pytest

from tests.catalog.handshakes import (
    CAPACITY,
    INSTANT,
    MACHINE,
    SOON,
    TODAY,
    District,
    point,
    problem,
)


async def test_the_grid_of_a_point_shows_every_right_with_its_place_for_quality(
    district: District,
):
    await point(district, "grid-village", "village", "east")
    for code in ("grid-a", "grid-b"):
        await district.item(code, kind="20")
    for what in ("grid-a/grid-village/accept", "grid-a/grid-village/close"):
        await district.request(what)
        await district.take(district.officer, what, "acceptance")
    await district.take(district.officer, "grid-a/grid-village/accept", "trial", until=SOON)
    await district.offer("grid-b/grid-village/close")

    grid = await district.bureau.get("/delegations/grid?point=grid-village")

    assert grid["day"] == TODAY.isoformat()
    a, b = grid["rows"]
    assert (a["item"], a["point_kind"], a["department"]) == ("grid-a", "village", "market")
    assert (a["accept"]["state"], a["accept"]["in_force"]) == ("trial", True)
    assert (a["close"]["state"], a["close"]["in_force"]) == ("accepted", False)
    assert (b["accept"], b["close"]["waits_for"]) == (None, "below")
    assert {cell["quality"] for cell in (a["accept"], a["close"], b["close"])} == {None}


async def test_the_grid_of_an_item_has_the_points_that_the_reader_may_see(district: District):
    await district.item("spread", kind="20")
    for where in ("east", "east-village", "west"):
        await district.offer(f"spread/{where}/accept")

    async def seen(who) -> list[str]:
        grid = await who.get("/delegations/grid?item=spread")
        return [row["point"] for row in grid["rows"]]

    inspector = district.catalog.person("inspector", "xu")
    village = district.catalog.person("clerk", "gao", point="east-village")
    assert await seen(district.officer) == ["east", "east-village", "west"]
    assert await seen(inspector) == ["east", "east-village", "west"]
    assert await seen(district.east) == ["east", "east-village"]
    assert await seen(village) == ["east-village"]
    assert await seen(district.other) == []


@pytest.mark.parametrize("query", ["", "?item=a&point=b"])
async def test_a_grid_is_of_one_point_or_one_item(district: District, query):
    answer = await district.bureau("GET", f"/delegations/grid{query}")

    assert (answer.status_code, problem(answer)) == (422, "one-of-two")


async def test_the_list_comes_page_by_page_and_by_state(district: District):
    for n in range(5):
        await district.item(f"listed-{n}", kind="20")
        await district.offer(f"listed-{n}/west/accept")
    await district.take(district.west, "listed-3/west/accept", "refusal", reasons=["demand"])

    seen, cursor = [], ""
    while True:
        path = f"/delegations?point=west&right=accept&state=offered&limit=2{cursor}"
        page = await district.west.get(path)
        seen += [one["item"] for one in page["items"] if one["item"].startswith("listed")]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == ["listed-0", "listed-1", "listed-2", "listed-4"]
    declined = await district.west.get("/delegations?state=declined&state=withdrawn&point=west")
    assert [one["item"] for one in declined["items"]] == ["listed-3"]
    for wrong in ("a", "a/b/c/d", "%00"):
        answer = await district.west("GET", f"/delegations?cursor={wrong}")
        assert (answer.status_code, problem(answer)) in ((422, "bad-cursor"), (422, "malformed"))


async def test_anybody_finds_where_an_item_can_be_done_today(district: District):
    await district.item("found", kind="20")
    await district.active("found/east/accept", SOON)
    await district.active("found/east-village/accept", SOON, situations=[])
    await district.agreed("found/west/accept")
    citizen = district.catalog.citizen()

    places = await citizen.get("/items/found/places")
    closes = await citizen.get("/items/found/places?right=close")
    first = await citizen.get("/items/found/places?limit=1")
    second = await citizen.get(f"/items/found/places?limit=1&cursor={first['next']}")

    assert [one["point"] for one in places["items"]] == ["east", "east-village"]
    assert closes["items"] == []
    assert [one["point"] for one in second["items"]] == ["east-village"]
    assert (await citizen("GET", "/items/nowhere/places")).status_code == 404


async def test_a_kiosk_closes_by_rule_only_and_says_so(district: District):
    what = "swift/east-kiosk/close"
    await district.request(what, capacity=MACHINE)
    accepted = await district.take(district.officer, what, "acceptance")

    assert accepted["only_by_rule"]
    assert (await district.catalog.told("catalog.delegation.changed", delegation=what))[0][
        "only_by_rule"
    ]


async def test_an_item_that_changes_makes_an_agreement_questionable_and_stops_it_going_on(
    district: District,
):
    """Nobody is asked to repair what nobody looked at: it is shown, and goes no further."""
    await district.item("changing", **INSTANT)
    what = "changing/east-kiosk/close"
    await district.request(what, capacity=MACHINE)
    await district.take(district.officer, what, "acceptance")
    await district.item("changing")

    shown = await district.bureau.get(f"/delegations/{what}")
    grid = await district.bureau.get("/delegations/grid?item=changing")
    trial = await district.step(district.officer, what, "trial", until=SOON)
    withdrawn = await district.take(district.officer, what, "withdrawal", reasons=["law"])

    assert shown["objections"] == ["closes-only-services"]
    assert grid["rows"][0]["close"]["objections"] == ["closes-only-services"]
    assert (trial.status_code, problem(trial)) == (422, "closes-only-services")
    assert withdrawn["state"] == "withdrawn"


async def test_a_partner_department_hears_of_its_items_only(district: District):
    """`market` has an account of its own in these tests, `fire` has none."""
    await district.item("heard", kind="20")
    await district.request("heard/east/accept")
    await district.offer("fire-item/east/accept", district.other)

    told = await district.catalog.told("partner.market.delegation.changed", item="heard")
    assert [(one["state"], one["waits_for"]) for one in told] == [("requested", "above")]
    assert await district.catalog.told("partner.fire.delegation.changed") == []
    [row] = await district.catalog.rows(
        "SELECT count(*) AS times FROM outbox WHERE subject LIKE 'partner.fire.%'"
    )
    assert row.times == 0


async def test_history_comes_page_by_page(district: District):
    await district.item("long", kind="20")
    what = "long/east/accept"
    await district.active(what, SOON)
    await district.take(district.officer, what, "withdrawal", reasons=["demand"])

    first = await district.east.get(f"/delegations/{what}/history?limit=2")
    second = await district.east.get(f"/delegations/{what}/history?limit=2&cursor={first['next']}")

    assert [one["version"] for one in first["items"] + second["items"]] == [5, 4, 3, 2]
    assert second["items"][1]["details"]["capacity"] == CAPACITY | {"equipment": []}
