"""An event arrives at least once and counts exactly once."""

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.chassis import database
from services.chassis.inbox import Subscription, handle, letter_of
from tests.chassis import shop
from tests.chassis.conftest import HEARD, connected, listening
from tests.chassis.shelf import all_heard, boots, rows, sold
from tests.chassis.shop import OrderPlaced, OrderReturned
from tests.chassis.stream import announce, sealed


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


async def test_events_of_types_that_share_a_reaction_come_in_one_call(sessions):
    calls = []

    async def note(tx, heard) -> None:
        calls.append([type(one.event) for one in heard])

    both = Subscription(shop.STREAM, "c", {OrderPlaced: note, OrderReturned: note})
    events = [sealed(boots()), sealed(OrderReturned(order=uuid4())), sealed(boots())]
    letters = [letter_of(one.id, one.subject, one.payload.encode()) for one in events]
    await handle(sessions, both, letters)

    assert calls == [[OrderPlaced, OrderReturned, OrderPlaced]]
