"""What closes a point, and what an item's retirement ends."""

import asyncio
from datetime import timedelta

from services.catalog.delegations import actions
from services.chassis.ticks import utc
from tests.catalog.handshakes import SOON, TODAY, District, point, problem


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
