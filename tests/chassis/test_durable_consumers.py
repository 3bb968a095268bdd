"""One durable consumer per stream: newer versions widen it, no version narrows it."""

from uuid import uuid4

from nats.js.errors import NotFoundError

from services.chassis.inbox import Subscription, subscriptions
from tests.chassis import shop
from tests.chassis.conftest import listening
from tests.chassis.shelf import all_heard, boots, sold
from tests.chassis.shop import OrderPlaced, OrderReturned
from tests.chassis.stream import announce
from tests.platform import eventually

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

    await eventually(look, 10)


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


def test_there_is_one_durable_consumer_per_stream():
    one, other = subscriptions("shop", {OrderPlaced: shop.count, shop.OrderKept: shop.count})

    assert (one.stream, one.consumer) == ("SHOP", "shop-on-SHOP")
    assert (other.stream, other.consumer) == ("CELLAR", "shop-on-CELLAR")
