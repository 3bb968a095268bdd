"""An event arrives at least once and counts exactly once; an outage is waited out."""

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from nats.js.errors import NotFoundError
from sqlalchemy import insert, text

from services.chassis import database
from services.chassis.consumer import Consumer
from services.chassis.inbox import Subscription, handle, letter_of, subscriptions
from services.chassis.outbox import Relay
from tests.chassis import shop
from tests.chassis.conftest import connected, running
from tests.chassis.shop import OrderPlaced, OrderReturned
from tests.chassis.stream import announce, document, sealed, send
from tests.platform import eventually

[HEARD] = subscriptions("shop", shop.REACTIONS)


def listening(sessions, broker, heard: Subscription = HEARD):
    return running(
        Consumer(sessions, broker, heard, Relay("postgresql://none", broker, "shop")).run()
    )


@pytest.fixture
async def consumer(sessions, broker):
    async with listening(sessions, broker):
        yield


async def rows(sessions, statement: str, **values) -> list:
    async with sessions() as session:
        return list((await session.execute(text(statement), values)).all())


async def sold(sessions, shoe: str = "boot") -> int:
    [row] = await rows(sessions, f"SELECT pairs FROM sold WHERE shoe = '{shoe}'")
    return row.pairs


async def parked(sessions) -> list:
    return await rows(sessions, "SELECT * FROM parked ORDER BY parked_at")


async def acknowledged(client) -> bool:
    try:
        info = await client.jetstream().consumer_info(shop.STREAM, shop.CONSUMER)
    except NotFoundError:
        return False
    return not info.num_pending and not info.num_ack_pending


async def all_heard(client) -> None:
    async def look() -> bool:
        return await acknowledged(client)

    await eventually(look, 15)


def boots(pairs: int = 1) -> OrderPlaced:
    return OrderPlaced(order=uuid4(), pairs=pairs)


async def test_the_same_event_twice_in_one_batch_counts_once(sessions, broker, client):
    same = sealed(boots())
    await announce(client, same, same, boots())
    async with listening(sessions, broker):
        await all_heard(client)

    assert await sold(sessions) == 2


async def test_the_same_event_in_a_later_batch_counts_once(sessions, consumer, client):
    same = sealed(boots())
    for _ in range(3):
        await announce(client, same)
        await all_heard(client)

    assert await sold(sessions) == 1


async def test_two_replicas_share_the_events_and_each_counts_once(
    sessions, nats_url, client, shop_url
):
    events = [sealed(boots()) for _ in range(150)]
    for _ in range(2):
        await announce(client, *events)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            broker = await stack.enter_async_context(connected(nats_url))
            own = database.connect(shop_url, 4)
            stack.push_async_callback(own.kw["bind"].dispose)
            await stack.enter_async_context(listening(own, broker))
        await all_heard(client)

    assert await sold(sessions) == 150


async def test_what_was_handled_but_not_acknowledged_counts_once(sessions, broker, client):
    """A crash between commit and ack."""
    event = sealed(boots())
    await announce(client, event)
    await handle(sessions, HEARD, [letter_of(event.id, event.subject, event.payload.encode())])

    async with listening(sessions, broker):
        await all_heard(client)

    assert await sold(sessions) == 1


async def test_of_two_different_events_with_one_id_the_first_counts(sessions, client):
    first, second = sealed(boots(1)), sealed(boots(5))
    forged = second.payload.replace(second.id, first.id).encode()
    letters = [letter_of("", first.subject, first.payload.encode())]
    letters.append(letter_of("", second.subject, forged))
    for letter in letters:
        letter.id = first.id

    await handle(sessions, HEARD, letters)

    assert await sold(sessions) == 1


async def test_an_acknowledgement_comes_only_after_the_commit(sessions, consumer, client):
    async with sessions.begin() as lock:
        await lock.execute(text("SELECT FROM sold WHERE shoe = 'boot' FOR UPDATE"))
        await announce(client, boots())
        await asyncio.sleep(0.4)

        info = await client.jetstream().consumer_info(shop.STREAM, shop.CONSUMER)
        assert (info.num_ack_pending, info.ack_floor.stream_seq) == (1, 0)
    await all_heard(client)

    assert await sold(sessions) == 1


async def test_an_effect_that_fails_leaves_no_trace_in_the_inbox(sessions):
    event = sealed(OrderPlaced(order=uuid4(), shoe="clog"))
    with pytest.raises(shop.NotOnOffer):
        await handle(sessions, HEARD, [letter_of(event.id, "", event.payload.encode())])

    assert await rows(sessions, "SELECT * FROM inbox") == []


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


OLDER = Subscription(shop.STREAM, shop.CONSUMER, {OrderPlaced: shop.count})


async def test_a_new_version_hears_more_on_the_same_consumer(sessions, broker, client):
    await announce(client, boots(3))
    async with listening(sessions, broker, OLDER):
        await all_heard(client)
    async with listening(sessions, broker):
        await filter_is(client, "shop.order.placed", "shop.order.returned")
        await announce(client, OrderReturned(order=uuid4()))
        await all_heard(client)

    assert await sold(sessions) == 2


async def test_an_older_replica_does_not_narrow_what_a_newer_one_hears(sessions, broker, client):
    newer = Subscription(shop.STREAM, shop.CONSUMER, {OrderReturned: shop.count})
    async with listening(sessions, broker, newer):
        await filter_is(client, "shop.order.returned")
    async with listening(sessions, broker, OLDER):
        await announce(client, boots())
        await all_heard(client)

    await filter_is(client, "shop.order.placed", "shop.order.returned")


async def filter_is(client, *subjects: str) -> None:
    async def look() -> bool:
        try:
            info = await client.jetstream().consumer_info(shop.STREAM, shop.CONSUMER)
        except NotFoundError:
            return False
        return info.config.filter_subjects == list(subjects)

    await eventually(look, 3)


async def test_a_consumer_that_was_lost_is_made_again_and_nothing_counts_twice(
    sessions, consumer, client
):
    await announce(client, boots())
    await all_heard(client)
    await client.jetstream().delete_consumer(shop.STREAM, shop.CONSUMER)
    await announce(client, boots())

    async def both() -> bool:
        return await sold(sessions) == 2

    await eventually(both)
    await all_heard(client)
    assert await sold(sessions) == 2


async def test_events_of_types_that_share_a_reaction_come_in_one_call(sessions):
    calls = []

    async def note(tx, heard) -> None:
        calls.append([type(one.event) for one in heard])

    both = Subscription(shop.STREAM, "c", {OrderPlaced: note, OrderReturned: note})
    events = [sealed(boots()), sealed(OrderReturned(order=uuid4())), sealed(boots())]
    letters = [letter_of(one.id, one.subject, one.payload.encode()) for one in events]
    await handle(sessions, both, letters)

    assert calls == [[OrderPlaced, OrderReturned, OrderPlaced]]


def test_there_is_one_durable_consumer_per_stream():
    one, other = subscriptions("shop", {OrderPlaced: shop.count, shop.OrderKept: shop.count})

    assert (one.stream, one.consumer) == ("SHOP", "shop-on-SHOP")
    assert (other.stream, other.consumer) == ("CELLAR", "shop-on-CELLAR")
