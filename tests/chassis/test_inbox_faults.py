"""What can never succeed is parked; an outage or a defect is waited out."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from services.chassis import database
from services.chassis.inbox import Subscription
from tests.chassis import shop
from tests.chassis.conftest import listening
from tests.chassis.shelf import acknowledged, all_heard, boots, parked, rows, sold
from tests.chassis.shop import OrderPlaced, OrderReturned
from tests.chassis.stream import announce, document, sealed, send
from tests.platform import eventually


async def test_one_bad_event_in_a_batch_is_parked_and_the_others_take_effect(
    sessions, broker, client
):
    await announce(client, boots())
    await send(client, document(data={"order": str(uuid4()), "pairs": "no number"}))
    await announce(client, boots(), OrderReturned(order=uuid4()))
    async with listening(sessions, broker):
        await all_heard(client)

    assert await sold(sessions) == 1
    [bad] = await parked(sessions)
    assert bad.reason == "('pairs',): int_parsing"
    assert bad.consumer == shop.CONSUMER


async def test_a_batch_that_fails_is_undone_as_a_whole_before_it_is_tried_one_by_one(
    sessions, broker, client
):
    async def refuse(tx, heard) -> None:
        raise shop.TooManyPairs()

    both = {OrderPlaced: shop.count, OrderReturned: refuse}
    await announce(client, boots(), OrderReturned(order=uuid4()))
    async with listening(sessions, broker, Subscription(shop.STREAM, shop.CONSUMER, both)):
        await all_heard(client)

    assert await sold(sessions) == 1
    assert len(await parked(sessions)) == 1


HOPELESS = {
    "not JSON": b"shoes!",
    "not JSON, and no text either": b"\x00\xff\x00",
    "not an object": b"[]",
    "another version": document(specversion="0.3"),
    "no id": document(id=None),
    "an id that is no string": document(id=7),
    "an endless id": document(id="x" * 129),
    "an empty id": document(id=""),
    "an id that PostgreSQL cannot hold": document(id="a\0b"),
    "no type": document(type=None),
    "a type nobody reacts to": document(type="shop.order.eaten"),
    "no data": document(data=None),
    "data that is no object": document(data=[1]),
    "a text that PostgreSQL cannot hold": document(data={"order": str(uuid4()), "shoe": "b\0t"}),
}


@pytest.mark.parametrize("payload", HOPELESS.values(), ids=HOPELESS)
async def test_what_never_parses_is_parked_and_not_tried_again(payload, sessions, consumer, client):
    await send(client, payload)
    await announce(client, boots())
    await all_heard(client)

    assert await sold(sessions) == 1
    [bad] = await parked(sessions)
    assert bad.reason
    handled = "SELECT 1 FROM inbox WHERE event_id = :id"
    assert await rows(sessions, handled, id=bad.event_id)


async def test_a_refusal_is_parked_with_its_reason(sessions, consumer, client):
    [told] = await announce(client, OrderPlaced(order=uuid4(), shoe="clog"))
    await all_heard(client)

    [bad] = await parked(sessions)
    assert (bad.event_id, bad.subject) == (told, "shop.order.placed")
    assert bad.reason == "NotOnOffer: We do not sell this shoe."


async def test_what_was_parked_is_not_tried_again_when_it_is_delivered_again(
    sessions, consumer, client
):
    event = sealed(OrderPlaced(order=uuid4(), shoe="clog"))
    await announce(client, event)
    await all_heard(client)
    async with sessions.begin() as tx:
        await tx.execute(insert(shop.Sold).values(shoe="clog"))

    await announce(client, event)
    await all_heard(client)

    assert await sold(sessions, "clog") == 0
    assert len(await parked(sessions)) == 1


async def test_an_outage_of_the_database_is_waited_out(wire, broker, client, sessions):
    own = database.connect(wire.url, 4)
    async with listening(own, broker):
        await announce(client, boots())
        await all_heard(client)
        await wire.cut()
        await announce(client, *(boots() for _ in range(5)))
        await asyncio.sleep(0.3)
        assert not await acknowledged(client)
        await wire.mend()
        await all_heard(client)
    await own.kw["bind"].dispose()

    assert await sold(sessions) == 6
    assert await parked(sessions) == []


async def test_a_database_that_is_still_starting_is_waited_out(wire, broker, client, sessions):
    own = database.connect(wire.url, 4)
    async with listening(own, broker):
        wire.restart()
        await announce(client, boots())
        await asyncio.sleep(0.3)
        await wire.mend()
        await all_heard(client)
    await own.kw["bind"].dispose()

    assert await sold(sessions) == 1
    assert await parked(sessions) == []


async def test_a_refusal_met_in_an_outage_is_parked_after_it(wire, broker, client, sessions):
    own = database.connect(wire.url, 4)
    await wire.cut()
    async with listening(own, broker):
        await send(client, b"shoes!")
        await asyncio.sleep(0.3)
        await wire.mend()
        await all_heard(client)
    await own.kw["bind"].dispose()

    assert len(await parked(sessions)) == 1


async def test_a_defect_is_tried_again_until_it_is_mended(
    alters_schema, sessions, consumer, client
):
    await announce(client, boots(pairs=5_000))  # breaks a constraint of the table
    await announce(client, boots())

    async def first() -> bool:
        return await sold(sessions) == 1

    await eventually(first)
    assert not await acknowledged(client)
    info = await client.jetstream().consumer_info(shop.STREAM, shop.CONSUMER)
    assert info.config.max_deliver == -1, "after its last try JetStream skips without a word"
    async with sessions.begin() as tx:
        await tx.execute(text("ALTER TABLE sold DROP CONSTRAINT ck_sold_stock"))
    await all_heard(client)

    assert await sold(sessions) == 5_001
    assert await parked(sessions) == []


async def test_what_is_unavailable_now_is_waited_for(sessions, consumer, client):
    await announce(client, OrderPlaced(order=uuid4(), shoe="slipper"))
    await asyncio.sleep(0.3)
    assert await sold(sessions, "slipper") == 0
    async with sessions.begin() as tx:
        await tx.execute(text("UPDATE sold SET arriving = false"))
    await all_heard(client)

    assert await sold(sessions, "slipper") == 1
    assert await parked(sessions) == []
