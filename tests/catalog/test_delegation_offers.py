"""Offers and requests in bulk: all or nothing, each flaw by its place; the same key, once."""

import asyncio
from datetime import date, timedelta

from services.catalog.delegations.actions import end_for_item
from services.catalog.delegations.cases import day
from services.catalog.records.tables import Item
from services.chassis.ticks import utc
from tests.catalog.handshakes import CAPACITY, MACHINE, District, faults, problem

OFFERS = "/delegations/offers"


async def several(district: District, stem: str, number: int, **more) -> list[str]:
    return [await district.item(f"{stem}-{n}", kind="20", **more) for n in range(number)]


def body(items: list[str], points: list[str], *rights: str, **more) -> dict:
    rights = rights or ("accept",)
    return {"items": items, "points": points, "rights": list(rights), "mode": "entrust"} | more


async def held(district: District, *items: str) -> int:
    pages = [await district.bureau.get(f"/delegations?item={item}") for item in items]
    return sum(len(page["items"]) for page in pages)


async def test_every_right_over_every_item_at_every_point_in_one_call(district: District):
    items = await several(district, "many", 3)

    answer = await district.officer(
        "POST", OFFERS, json=body(items, ["east", "west", "east-village"], "accept", "close")
    )

    assert answer.status_code == 201
    begun = [(one["item"], one["point"], one["right"]) for one in answer.json()["begun"]]
    assert begun[:4] == [
        ("many-0", "east", "accept"),
        ("many-0", "east", "close"),
        ("many-0", "west", "accept"),
        ("many-0", "west", "close"),
    ]
    assert len(begun) == 18 == await held(district, *items)


async def test_one_flaw_and_nothing_is_offered_and_every_flaw_has_its_place(district: District):
    [good, busy, double] = await several(district, "flawed", 3)
    await district.offer(f"{busy}/east/close")
    asked = [good, "no-such-item", "licence", "fire-item", busy, double, double]
    points = ["east", "no-such-point", "east-kiosk", "far"]

    answer = await district.officer("POST", OFFERS, json=body(asked, points, "close"))

    assert (answer.status_code, problem(answer)) == (422, "proposal-faulty")
    errors = answer.json()["errors"]
    places = faults(answer)
    assert ("/items/1", "unknown-code") in places
    assert ("/items/3", "not-yours") in places
    assert ("/items/4", "already-under-way") in places
    assert ("/items/6", "duplicate-code") in places
    assert ("/points/1", "unknown-code") in places
    named = {(one.get("item"), one.get("point")) for one in errors
             if one.get("fault") == "closes-only-services"}  # fmt: skip
    assert named == {("licence", "east-kiosk"), ("fire-item", "east-kiosk")}
    outside = [one for one in errors if one.get("fault") == "outside-region"]
    assert {one["pointer"] for one in outside} == {"/points/3"}
    assert answer.json()["flaws"] == len(errors)
    assert await held(district, good, double) == 0


async def test_a_law_that_is_broken_is_named_with_what_would_be_right(district: District):
    answer = await district.officer("POST", OFFERS, json=body(["licence"], ["the-park"], "close"))
    english = await district.officer(
        "POST",
        OFFERS,
        json=body(["licence"], ["the-park"], "close"),
        headers={"accept-language": "en"},
    )

    [flaw] = answer.json()["errors"]
    assert (flaw["pointer"], flaw["fault"]) == ("/points/0", "licence-needs-organ")
    assert (flaw["item"], flaw["point"], flaw["right"]) == ("licence", "the-park", "close")
    assert "只能委托行政机关" in flaw["detail"] and "只赋受理权" in flaw["detail"]
    assert "administrative organ" in english.json()["errors"][0]["detail"]


async def test_the_same_key_offers_once_and_another_body_under_it_is_refused(district: District):
    [item] = await several(district, "key", 1)
    wish = body([item], ["east"])

    first = await district.officer("POST", OFFERS, key="once", json=wish)
    again = await district.officer("POST", OFFERS, key="once", json=wish)
    other = await district.officer("POST", OFFERS, key="once", json=wish | {"points": ["west"]})

    assert first.json() == again.json()
    assert again.headers["idempotent-replay"] == "true"
    assert problem(other) == "key-reused"
    assert await held(district, item) == 1


async def test_of_offers_that_overlap_at_the_same_moment_one_wins_and_none_is_halved(
    district: District,
):
    items = await several(district, "race", 6)
    turned = [items[n:] + items[:n] for n in range(6)]

    await district.catalog.connect()
    answers = await asyncio.gather(
        *(district.officer("POST", OFFERS, json=body(order, ["east", "west"])) for order in turned),
        *(
            district.east("POST", "/delegations/requests",
                          json=body(order, ["east"], capacity=CAPACITY))
            for order in turned
        ),
    )  # fmt: skip

    won = [len(one.json()["begun"]) for one in answers if one.status_code == 201]
    assert len(won) == 1
    assert {one.status_code for one in answers} == {201, 422}
    assert await held(district, *items) == won[0] in (6, 12)


async def test_a_points_people_request_for_it_and_for_the_small_ones_below(district: District):
    [item] = await several(district, "below", 1)
    asked = body([item], ["east", "east-village"], capacity=CAPACITY)

    answer = await district.east("POST", "/delegations/requests", json=asked)
    kiosk = await district.east(
        "POST", "/delegations/requests", json=body([item], ["east-kiosk"], capacity=MACHINE)
    )
    others = await district.west(
        "POST", "/delegations/requests", json=body([item], ["east", "west"], capacity=CAPACITY)
    )
    hall = district.catalog.person("clerk", "hall-clerk", point="county-hall")
    above = await hall(
        "POST", "/delegations/requests", json=body([item], ["west"], capacity=CAPACITY)
    )

    assert (answer.status_code, kiosk.status_code) == (201, 201)
    assert ("/points/0", "not-yours") in faults(others)
    assert ("/points/1", "not-yours") not in faults(others)
    assert faults(above) == [("/points/0", "not-yours")]


async def test_a_request_says_with_what(district: District):
    [item] = await several(district, "means", 1)

    missing = await district.request(f"{item}/east/close", capacity=None)
    untrained = await district.request(f"{item}/east/close", capacity={"people": 2})

    assert missing.status_code == 422
    assert faults(untrained) == [("/capacity/trained", "")]
    assert await held(district, item) == 0


async def test_the_bureau_offers_for_every_department_and_clerks_offer_nothing(
    district: District,
):
    [item] = await several(district, "bureaus", 1)

    theirs = body([item, "fire-item"], ["east"])
    assert (await district.east("POST", OFFERS, json=theirs)).status_code == 403
    assert (await district.bureau("POST", OFFERS, json=theirs)).status_code == 201
    asked = theirs | {"capacity": CAPACITY}
    assert (await district.bureau("POST", "/delegations/requests", json=asked)).status_code == 403


async def test_too_many_at_once_are_refused_before_anything_is_looked_up(district: District):
    items = [f"item-{n}" for n in range(2000)]

    answer = await district.bureau("POST", OFFERS, json=body(items, ["east", "west"], "accept",
                                                             "close"))  # fmt: skip

    assert (answer.status_code, problem(answer)) == (422, "proposal-faulty")
    assert len(answer.json()["errors"]) == 1


async def test_a_situation_that_an_item_does_not_have_is_named(district: District):
    [item] = await several(district, "parts", 1, situations=[{"code": "a", "name": "a"}])

    answer = await district.officer(
        "POST", OFFERS, json=body([item], ["east", "west"], situations=["a", "b"])
    )

    assert faults(answer) == [("/situations/1", "unknown-situation")]


async def retire(district: District, item: str, since: date) -> None:
    """As a retirement does it: the item's row is locked, then what hangs on it is ended."""
    async with district.catalog.app.state.sessions.begin() as tx:
        row = await tx.get_one(Item, item, with_for_update=True)
        row.retired_from = since
        await end_for_item(tx, item, since)
        await asyncio.sleep(0.05)


async def test_an_offer_waits_for_whoever_retires_the_item(district: District):
    """Or it would begin what the retirement has already looked for and not found."""
    items = await several(district, "waits", 8)
    today = day(utc())

    await district.catalog.connect()
    answers = await asyncio.gather(
        *(
            action
            for item in items
            for action in (retire(district, item, today), district.offer(f"{item}/east/accept"))
        )
    )

    refused = [one for one in answers[1::2] if one.status_code == 422]
    assert all(faults(one) == [("/items/0", "item-retired")] for one in refused)
    for item in items:
        live = await district.bureau.get(f"/delegations?item={item}&state=offered")
        assert live["items"] == []


async def test_what_begins_before_its_item_is_retired_ends_with_it(district: District):
    [item] = await several(district, "soon", 1)
    last = day(utc()) + timedelta(days=9)
    await retire(district, item, last)

    assert (await district.offer(f"{item}/east/accept")).status_code == 201

    shown = await district.bureau.get(f"/delegations/{item}/east/accept")
    assert (shown["state"], shown["ends_on"]) == ("offered", last.isoformat())
