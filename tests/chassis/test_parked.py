"""What an operator can do about an event that was set aside, and what the figures say."""

import asyncio
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from services.chassis.inbox import letter_of, set_aside, subscriptions
from services.chassis.outbox import record
from tests.chassis import shop
from tests.chassis.shop import OrderPlaced
from tests.chassis.stream import document, sealed

[HEARD] = subscriptions("shop", shop.REACTIONS)


async def park(sessions, event: OrderPlaced, problem: Exception | None = None) -> str:
    one = sealed(event)
    letter = letter_of(one.id, one.subject, one.payload.encode())
    letter.problem = problem or shop.NotOnOffer()
    await set_aside(sessions, HEARD, letter)
    return one.id


async def rows(sessions, statement: str) -> list:
    async with sessions() as session:
        return list((await session.execute(text(statement))).all())


async def offer(sessions, shoe: str) -> None:
    async with sessions.begin() as tx:
        await tx.execute(insert(shop.Sold).values(shoe=shoe))


def retry(quiet, event_id: str, **more):
    path = f"/operations/parked/shop/{quote(event_id, safe='')}/retry"
    return quiet("POST", path, role="operator", **more)


CLOG = OrderPlaced(order=uuid4(), shoe="clog", note="canary")


async def test_parked_events_are_listed_with_their_reason_and_without_their_content(
    quiet, sessions
):
    parked = await park(sessions, CLOG)

    answer = await quiet("GET", "/operations/parked", role="operator")

    [one] = answer.json()["items"]
    assert one.pop("parked_at")
    assert one == {
        "service": "shop",
        "consumer": shop.CONSUMER,
        "event_id": parked,
        "subject": "shop.order.placed",
        "reason": "NotOnOffer: We do not sell this shoe.",
        "tries": 1,
    }
    assert "canary" not in answer.text


@pytest.mark.parametrize("role", ["citizen", "bureau"])
async def test_operations_are_for_operators(role, quiet, sessions):
    parked = await park(sessions, CLOG)

    answers = [
        await quiet("GET", "/operations/parked", role=role),
        await quiet("GET", "/operations/lag", role=role),
        await quiet("POST", f"/operations/parked/shop/{parked}/retry", role=role),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_a_parked_event_takes_effect_once_its_cause_is_mended(quiet, sessions):
    parked = await park(sessions, CLOG)
    await offer(sessions, "clog")

    answer = await retry(quiet, parked)

    assert (answer.status_code, answer.json()["event_id"]) == (200, parked)
    assert await rows(sessions, "SELECT pairs FROM sold WHERE shoe = 'clog'") == [(1,)]
    assert await rows(sessions, "SELECT * FROM parked") == []
    assert len(await rows(sessions, "SELECT * FROM inbox")) == 1, "it counts as handled"


async def test_a_parked_event_whose_cause_is_not_mended_stays_parked(quiet, sessions):
    parked = await park(sessions, CLOG)

    for _ in range(2):
        answer = await retry(quiet, parked, headers={"accept-language": "en"})
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/still-failing"
        assert answer.json()["reason"] == "NotOnOffer: We do not sell this shoe."

    [row] = await rows(sessions, "SELECT tries FROM parked")
    assert row.tries == 3
    assert len(await rows(sessions, "SELECT * FROM inbox")) == 1
    await offer(sessions, "clog")
    assert (await retry(quiet, parked)).status_code == 200


async def test_a_retry_tells_the_reason_that_holds_now(quiet, sessions):
    """It was unknown to the version that parked it; this one knows it and refuses it."""
    parked = await park(sessions, CLOG, problem=ValueError("nobody reacted to it"))

    await retry(quiet, parked)

    [row] = await rows(sessions, "SELECT reason FROM parked")
    assert row.reason == "NotOnOffer: We do not sell this shoe."


async def test_what_can_never_be_read_stays_parked_and_its_place_in_the_stream_is_its_name(
    quiet, sessions
):
    letter = letter_of("#SHOP:12", "shop.order.placed", b"shoes!")
    await set_aside(sessions, HEARD, letter)

    answer = await retry(quiet, "#SHOP:12")

    assert answer.status_code == 409
    assert answer.json()["reason"] == "Unreadable: not JSON"


async def test_a_value_that_is_wrong_is_not_quoted_to_the_operator(quiet, sessions):
    letter = letter_of("e-1", "", document(data={"order": "canary"}))
    letter.problem = shop.NotOnOffer()
    await set_aside(sessions, HEARD, letter)

    answer = await retry(quiet, "e-1")

    assert answer.status_code == 409
    assert answer.json()["reason"] == "('order',): uuid_parsing"
    assert "canary" not in answer.text


async def test_an_event_retried_twice_at_once_takes_effect_once(quiet, sessions):
    parked = await park(sessions, CLOG)
    await offer(sessions, "clog")

    answers = await asyncio.gather(retry(quiet, parked), retry(quiet, parked))

    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert await rows(sessions, "SELECT pairs FROM sold WHERE shoe = 'clog'") == [(1,)]


async def test_a_retry_after_a_crash_in_the_middle_of_the_last_one_takes_effect(quiet, sessions):
    """The inbox row was gone already and the event was not handled yet."""
    parked = await park(sessions, CLOG)
    async with sessions.begin() as tx:
        await tx.execute(text("DELETE FROM inbox"))
    await offer(sessions, "clog")

    assert (await retry(quiet, parked)).status_code == 200
    assert await rows(sessions, "SELECT pairs FROM sold WHERE shoe = 'clog'") == [(1,)]


async def test_an_event_that_is_not_parked_cannot_be_retried(quiet):
    assert (await retry(quiet, "no-such-event")).status_code == 404


async def test_an_event_of_a_consumer_that_is_gone_stays_parked(quiet, sessions):
    parked = await park(sessions, CLOG)
    async with sessions.begin() as tx:
        await tx.execute(text("UPDATE parked SET consumer = 'shop-on-ATTIC'"))

    answer = await retry(quiet, parked)

    assert answer.status_code == 409
    assert len(await rows(sessions, "SELECT * FROM parked")) == 1


STICK_FIRST = """
    UPDATE outbox_waiting SET stuck = 'too large'
    WHERE pos = (SELECT pos FROM outbox WHERE version = 1)
"""


async def test_the_lag_counts_what_waits(quiet, sessions):
    await park(sessions, CLOG)
    async with sessions.begin() as tx:
        await record(tx, CLOG, version=1)
        await record(tx, CLOG, version=2)
        await tx.execute(text(STICK_FIRST))
        await tx.execute(text("UPDATE outbox SET recorded_at = now() - interval '60 s'"))

    lag = (await quiet("GET", "/operations/lag", role="operator")).json()

    assert 60 <= lag.pop("oldest_unpublished_seconds") < 90
    assert lag == {
        "service": "shop",
        "unpublished": 2,
        "stuck": 1,
        "parked": 1,
        "relay_leads": False,
        "broker_connected": False,
        "consumers": {shop.CONSUMER: None},
    }


async def test_nothing_lags_where_nothing_happened(quiet):
    lag = (await quiet("GET", "/operations/lag", role="operator")).json()

    assert (lag["unpublished"], lag["oldest_unpublished_seconds"], lag["parked"]) == (0, 0, 0)


async def stick(sessions) -> str:
    """Two events of one aggregate, the first of them too large for the broker."""
    async with sessions.begin() as tx:
        await record(tx, CLOG, version=1)
        await record(tx, CLOG, version=2)
        await tx.execute(text(STICK_FIRST))
    [(event_id,)] = await rows(sessions, "SELECT event_id FROM outbox WHERE version = 1")
    return event_id


async def waiting(sessions) -> list:
    found = "SELECT o.version, w.stuck FROM outbox_waiting w JOIN outbox o USING (pos) ORDER BY 1"
    return [tuple(row) for row in await rows(sessions, found)]


async def test_stuck_events_are_listed_with_their_reason_and_without_their_content(quiet, sessions):
    stuck = await stick(sessions)

    answer = await quiet("GET", "/operations/stuck", role="operator")

    [one] = answer.json()["items"]
    assert (one["event_id"], one["version"], one["reason"]) == (stuck, 1, "too large")
    assert "canary" not in answer.text


async def test_a_stuck_event_is_tried_again_when_the_operator_says_so(quiet, sessions):
    stuck = await stick(sessions)

    answer = await quiet("POST", f"/operations/stuck/shop/{stuck}/retry", role="operator")

    assert answer.status_code == 200
    assert await waiting(sessions) == [(1, None), (2, None)]


async def test_an_abandoned_event_stays_recorded_and_lets_the_next_go(quiet, sessions):
    stuck = await stick(sessions)

    path = f"/operations/stuck/shop/{stuck}/abandonment"
    assert (await quiet("POST", path, role="operator")).status_code == 200

    assert await waiting(sessions) == [(2, None)]
    assert len(await rows(sessions, "SELECT pos FROM outbox")) == 2
    assert (await quiet("POST", path, role="operator")).status_code == 404


async def test_an_event_that_only_waits_cannot_be_abandoned(quiet, sessions):
    async with sessions.begin() as tx:
        await record(tx, CLOG, version=1)
    [(event_id,)] = await rows(sessions, "SELECT event_id FROM outbox")

    path = f"/operations/stuck/shop/{event_id}/abandonment"
    assert (await quiet("POST", path, role="operator")).status_code == 404
    assert await waiting(sessions) == [(1, None)]
