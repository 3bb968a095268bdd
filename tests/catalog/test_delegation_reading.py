"""The grid, the list and the places; what closes a point, and what an item's retirement ends."""

import asyncio
from datetime import timedelta

import pytest

from services.catalog.delegations import actions
from services.catalog.delegations.cases import day
from services.chassis.ticks import utc
from tests.catalog.handshakes import CAPACITY, INSTANT, MACHINE, District, problem

TODAY = day(utc())
SOON = (TODAY + timedelta(days=60)).isoformat()


async def point(district: District, code: str, kind: str, parent: str | None = None) -> str:
    record = {"kind": kind, "parent": parent, "region": "430799101", "name": code}
    await district.bureau.put(f"/service-points/{code}", record)
    return code


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


async def test_a_point_is_not_closed_over_what_stands_on_it_or_is_agreed_there(
    district: District,
):
    await point(district, "shut", "township", "county-hall")
    await point(district, "shut-village", "village", "shut")
    await district.item("shut-item", kind="20")
    people = district.catalog.person("clerk", "ma", point="shut")
    await district.offer("shut-item/shut/accept")
    closing = "/service-points/shut/closing"

    refused = await district.bureau("PUT", closing, json={"withdraw_delegations": True})
    both = await district.bureau("PUT", closing, json={})
    await district.bureau.put("/service-points/shut-village/closing")
    held = await district.bureau("PUT", closing, json={})
    closed = await district.bureau("PUT", closing, json={"withdraw_delegations": True})
    again = await district.bureau("PUT", closing, json={})

    assert (refused.status_code, problem(refused)) == (409, "point-in-use")
    assert refused.json()["children"] == ["shut-village"]
    assert refused.json()["delegations"] == []
    assert both.json()["delegations"] == ["shut-item/shut/accept"]
    assert (held.status_code, held.json()["children"]) == (409, [])
    assert closed.json()["open"] is False
    assert again.json() == closed.json()
    shown = await people.get("/delegations/shut-item/shut/accept")
    assert (shown["state"], shown["reasons"]) == ("withdrawn", ["point-closed"])
    offer = await district.offer("shut-item/shut/accept")
    assert offer.json()["errors"][0]["fault"] == "point-closed"
    child = {"kind": "village", "parent": "shut", "region": "430799101", "name": "x"}
    under = await district.bureau("PUT", "/service-points/shut-other", json=child)
    assert under.json()["errors"][0]["pointer"] == "/parent"
    early = await district.bureau("DELETE", "/service-points/shut-village/closing")
    assert (early.status_code, problem(early)) == (409, "point-closed")

    opened = await district.bureau("DELETE", closing)
    assert opened.json()["open"] is True
    assert (await people.get("/delegations/shut-item/shut/accept"))["state"] == "withdrawn"
    told = await district.catalog.told("catalog.point.changed", code="shut")
    assert [one["open"] for one in told] == [True, False, True]


async def test_closing_a_point_and_offering_to_it_at_once_leaves_nothing_open(district: District):
    for n in range(6):
        await point(district, f"rush-{n}", "township")
        await district.item(f"rush-{n}", kind="20")

    await district.catalog.connect()
    answers = await asyncio.gather(
        *(
            request
            for n in range(6)
            for request in (
                district.bureau("PUT", f"/service-points/rush-{n}/closing", json={}),
                district.offer(f"rush-{n}/rush-{n}/accept"),
            )
        )
    )

    codes = [answer.status_code for answer in answers]
    for n, (closing, offering) in enumerate(zip(codes[::2], codes[1::2], strict=True)):
        assert (closing, offering) in ((200, 422), (409, 201)), n


async def retire(district: District, item: str, day, now=None) -> int:
    app = district.catalog.app
    async with app.state.sessions.begin() as tx:
        return await actions.end_for_item(tx, item, day, by="li", partners=("market",), now=now)


async def test_an_items_retirement_ends_its_delegations_on_its_day(district: District):
    await district.item("ending", kind="20")
    held, asked, gone = (f"ending/{where}" for where in ("east/accept", "west/accept",
                                                         "east/close"))  # fmt: skip
    await district.active(held, SOON)
    await district.offer(asked)
    await district.offer(gone)
    await district.take(district.east, gone, "refusal", reasons=["people"])
    last = TODAY + timedelta(days=10)

    assert await retire(district, "ending", last) == 2
    assert await retire(district, "ending", last) == 0
    shown = await district.bureau.get(f"/delegations/{held}")
    assert (shown["state"], shown["in_force"], shown["ends_on"]) == (
        "active",
        True,
        last.isoformat(),
    )
    [told] = (await district.catalog.told("catalog.delegation.changed", delegation=held))[-1:]
    assert (told["ends_on"], told["reason_codes"]) == (last.isoformat(), ["item-retired"])

    app, clock = district.catalog.app, district.catalog.app.state.clock
    app.state.clock = lambda: utc() + timedelta(days=10)
    try:
        shown = await district.bureau.get(f"/delegations/{held}")
        listed = await district.bureau.get("/delegations?item=ending&state=withdrawn")
        live = await district.bureau.get("/delegations?item=ending&state=active&state=offered")
        places = await district.bureau.get("/items/ending/places")
        step = await district.step(district.officer, held, "withdrawal", reasons=["law"])
    finally:
        app.state.clock = clock
    assert (shown["state"], shown["in_force"]) == ("withdrawn", False)
    assert shown["next"] == {"above": ["offer"], "below": ["request"]}
    assert {one["point"] for one in listed["items"]} == {"east", "west"}
    assert (live["items"], places["items"]) == ([], [])
    assert problem(step) == "step-out-of-turn"


async def test_a_retirement_can_be_put_off_taken_back_and_be_of_today(district: District):
    await district.item("put-off", kind="20")
    what = "put-off/east/accept"
    await district.active(what, SOON)

    async def shown() -> tuple[str, str | None, bool]:
        found = await district.bureau.get(f"/delegations/{what}")
        return found["state"], found["ends_on"], found["in_force"]

    await retire(district, "put-off", TODAY + timedelta(days=10))
    await retire(district, "put-off", TODAY + timedelta(days=20))
    assert await shown() == ("active", (TODAY + timedelta(days=20)).isoformat(), True)
    await retire(district, "put-off", None)
    assert await shown() == ("active", None, True)
    await retire(district, "put-off", TODAY)
    assert await shown() == ("withdrawn", TODAY.isoformat(), False)
    assert await retire(district, "put-off", None) == 0
    history = (await district.bureau.get(f"/delegations/{what}/history"))["items"]
    assert [one["step"] for one in history[:4]] == ["ending"] * 4
    assert [one["details"]["ends_on"] for one in history[:2]] == [TODAY.isoformat(), None]
    assert {(one["level"], one["who"]) for one in history[:4]} == {(None, "li")}


async def test_a_step_and_the_end_of_its_item_at_once_leave_one_history(district: District):
    await district.item("crossing", kind="20")
    what = "crossing/east/accept"
    await district.agreed(what)

    await district.catalog.connect()
    answers = await asyncio.gather(
        district.step(district.officer, what, "trial", '"2"', until=SOON),
        retire(district, "crossing", TODAY),
        district.step(district.east, what, "withdrawal", '"2"', reasons=["demand"]),
    )

    assert {answers[0].status_code, answers[2].status_code} <= {200, 409, 412}
    history = (await district.bureau.get(f"/delegations/{what}/history"))["items"]
    assert [one["version"] for one in history] == list(range(len(history), 0, -1))
    assert (await district.bureau.get(f"/delegations/{what}"))["state"] == "withdrawn"
    told = await district.catalog.told("catalog.delegation.changed", delegation=what)
    assert [one["version"] for one in told] == list(range(1, len(history) + 1))


async def test_history_comes_page_by_page(district: District):
    await district.item("long", kind="20")
    what = "long/east/accept"
    await district.active(what, SOON)
    await district.take(district.officer, what, "withdrawal", reasons=["demand"])

    first = await district.east.get(f"/delegations/{what}/history?limit=2")
    second = await district.east.get(f"/delegations/{what}/history?limit=2&cursor={first['next']}")

    assert [one["version"] for one in first["items"] + second["items"]] == [5, 4, 3, 2]
    assert second["items"][1]["details"]["capacity"] == CAPACITY | {"equipment": []}


async def test_what_hangs_on_a_retired_item_gives_no_right_even_before_it_is_ended(
    district: District,
):
    """The day is in one place, the item; ending its delegations writes it down and tells it."""
    await district.item("quiet", kind="20")
    what = "quiet/east/accept"
    await district.active(what, SOON)
    await district.catalog.rows(
        "UPDATE item SET retired_from = :today WHERE code = 'quiet'", today=TODAY
    )

    shown = await district.bureau.get(f"/delegations/{what}")
    active = await district.bureau.get("/delegations?item=quiet&state=active")
    withdrawn = await district.bureau.get("/delegations?item=quiet&state=withdrawn")
    places = await district.bureau.get("/items/quiet/places")

    assert (shown["state"], shown["in_force"]) == ("withdrawn", False)
    assert (active["items"], places["items"]) == ([], [])
    assert [one["point"] for one in withdrawn["items"]] == ["east"]
    assert await retire(district, "quiet", TODAY) == 1
