"""One open request brings a consumer's messages; what nobody takes goes to somebody else."""

import asyncio
from uuid import uuid4

import pytest
from nats.js.api import AckPolicy, ConsumerConfig

from services.chassis import pulling
from services.chassis.pulling import Pull, PullRefused
from tests.chassis import shop
from tests.chassis.shop import OrderPlaced
from tests.chassis.stream import announce
from tests.platform import eventually


@pytest.fixture
async def durable(broker, client) -> str:
    """A consumer of the stream, whose messages come again only after half a minute."""
    config = ConsumerConfig(durable_name="reader", ack_policy=AckPolicy.EXPLICIT, ack_wait=30)
    await client.jetstream().add_consumer(shop.STREAM, config)
    return "reader"


async def begun(client, durable: str, batch: int = 100) -> Pull:
    pull = Pull(client, shop.STREAM, durable, batch)
    await pull.start()
    return pull


async def taken(pull: Pull, number: int) -> list[bytes]:
    """As many messages, acknowledged."""
    found: list[bytes] = []
    async with asyncio.timeout(5):
        while len(found) < number:
            for message in await pull.take():
                found.append(message.data)
                await message.ack()
    return found


def orders(number: int) -> list[OrderPlaced]:
    return [OrderPlaced(order=uuid4()) for _ in range(number)]


async def test_more_than_a_request_asks_for_comes_all_the_same_and_each_once(client, durable):
    await announce(client, *orders(23))
    pull = await begun(client, durable, batch=5)

    assert len(set(await taken(pull, 23))) == 23
    await pull.stop()


async def test_what_comes_while_nobody_takes_is_there_afterwards(client, durable):
    pull = await begun(client, durable)
    await announce(client, *orders(1))
    await taken(pull, 1)
    await announce(client, *orders(7))

    assert len(await taken(pull, 7)) == 7
    await pull.stop()


async def test_what_was_not_taken_is_given_back_at_once(client, durable):
    leaving = await begun(client, durable)
    await announce(client, *orders(1))
    await taken(leaving, 1)
    await announce(client, *orders(3))

    async def lie_there() -> bool:
        info = await client.jetstream().consumer_info(shop.STREAM, durable)
        return info.num_ack_pending == 3

    await eventually(lie_there)
    await leaving.stop()
    staying = await begun(client, durable)

    assert len(await taken(staying, 3)) == 3
    await staying.stop()


async def test_a_request_that_is_over_is_followed_by_another(client, durable, monkeypatch):
    monkeypatch.setattr(pulling, "EXPIRES", 0.2)
    monkeypatch.setattr(pulling, "GRACE", 60)
    pull = await begun(client, durable)

    assert await pull.take() == []  # the server's time was up
    await announce(client, *orders(1))
    assert len(await taken(pull, 1)) == 1
    await pull.stop()


async def test_a_request_of_which_nothing_is_heard_is_made_again(client, durable, monkeypatch):
    monkeypatch.setattr(pulling, "EXPIRES", 0.2)
    monkeypatch.setattr(pulling, "GRACE", 0.1)
    pull = await begun(client, durable)
    right, pull._next = pull._next, "nobody.hears.this"
    pull._inbox, whole = "", pull._inbox  # nor that nobody does

    assert await pull.take() == []
    pull._next, pull._inbox = right, whole
    await announce(client, *orders(1))
    assert len(await taken(pull, 1)) == 1
    await pull.stop()


async def test_a_consumer_that_is_gone_is_said_to_be_gone(client, durable):
    pull = await begun(client, durable)
    waiting = asyncio.ensure_future(pull.take())
    await asyncio.sleep(0.1)
    await client.jetstream().delete_consumer(shop.STREAM, durable)

    with pytest.raises(PullRefused, match="Consumer Deleted"):
        await asyncio.wait_for(waiting, 5)
    await pull.stop()


async def test_a_message_that_looks_like_a_status_is_a_message(client, durable):
    """A stranger may write any header; a status has no place in a stream."""
    pull = await begun(client, durable)
    await client.publish(OrderPlaced.route, b"shoes!", headers={"Status": "404"})

    assert await taken(pull, 1) == [b"shoes!"]
    await pull.stop()
