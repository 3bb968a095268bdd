"""Of all replicas' relays one leads; when it goes, another takes over and nothing is lost."""

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from services.chassis.outbox import LEADER_LOCK, Relay, record
from tests.chassis.conftest import connected, running
from tests.chassis.shop import OrderPlaced
from tests.chassis.stream import notes
from tests.platform import eventually

HOLDER = """
    SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = $1 AND locktype = 'advisory' AND objid = $2 AND granted
"""


@pytest.fixture
async def relays(shop_url, nats_url):
    async with AsyncExitStack() as stack:
        brokers = [await stack.enter_async_context(connected(nats_url)) for _ in range(2)]
        made = [Relay(shop_url, broker, "shop") for broker in brokers]
        await stack.enter_async_context(running(*(one.run() for one in made)))
        yield made


async def leader(relays: list[Relay]) -> Relay:
    async def look() -> list[Relay]:
        return [one for one in relays if one.leads]

    [found] = await eventually(look)
    return found


async def tell(sessions, note: str) -> None:
    async with sessions.begin() as tx:
        await record(tx, OrderPlaced(order=uuid4(), note=note), version=1)


def arrived(client, *expected: str):
    async def look() -> bool:
        return await notes(client) == list(expected)

    return eventually(look)


async def test_of_two_relays_one_leads(relays, sessions, client):
    await leader(relays)
    await asyncio.sleep(0.7)  # the other has tried again by now

    assert sum(one.leads for one in relays) == 1
    await tell(sessions, "one")
    await arrived(client, "one")


async def test_when_the_leaders_session_dies_the_other_takes_over(
    relays, sessions, client, admin, shop_url
):
    first = await leader(relays)
    [second] = [one for one in relays if one is not first]
    await tell(sessions, "before")
    await arrived(client, "before")

    await end_leaders_session(admin, shop_url)
    await tell(sessions, "after")

    async def second_leads() -> bool:
        return second.leads

    await eventually(second_leads)
    await arrived(client, "before", "after")

    async def first_follows() -> bool:
        return not first.leads

    await eventually(first_follows)
    await end_leaders_session(admin, shop_url)
    await tell(sessions, "once more")
    await arrived(client, "before", "after", "once more")


async def end_leaders_session(admin, shop_url: str) -> None:
    [holder] = await admin.fetch(HOLDER, shop_url.rpartition("/")[2], LEADER_LOCK)
    await admin.execute("SELECT pg_terminate_backend($1)", holder["pid"])


async def test_a_leader_that_stops_leaves_the_lead_to_the_other(
    shop_url, sessions, nats_url, client
):
    async with connected(nats_url) as broker:
        first, second = Relay(shop_url, broker, "shop"), Relay(shop_url, broker, "shop")
        async with running(first.run()):
            await leader([first])
            async with running(second.run()):
                pass  # came and went while the first one led
        async with running(second.run()):
            await leader([second])
            await tell(sessions, "goes on")
            await arrived(client, "goes on")
