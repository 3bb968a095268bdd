"""A broker that hangs, dies or talks nonsense costs time and never an event."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import nats
import pytest
from sqlalchemy import text

from deploy.local import ports
from deploy.local.nats import nats_server
from services.chassis import broker as broker_module
from services.chassis import outbox, pulling
from services.chassis.broker import Broker
from services.chassis.consumer import Consumer
from services.chassis.inbox import subscriptions
from services.chassis.outbox import Relay, record
from tests.chassis import shop
from tests.chassis.conftest import connected, opened, running, settings_for
from tests.chassis.shop import OrderPlaced
from tests.chassis.stream import announce, said
from tests.platform import eventually


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """The watchdog waits 15 s by default; tests have less time."""
    monkeypatch.setattr(broker_module, "PATIENCE", 0.6)
    monkeypatch.setattr(broker_module, "PULSE", 0.1)
    monkeypatch.setattr(pulling, "EXPIRES", 0.5)


async def count(sessions, shoe: str = "boot") -> int:
    async with sessions() as session:
        row = await session.execute(text(f"SELECT pairs FROM sold WHERE shoe = '{shoe}'"))
        return row.scalar_one()


def sold(sessions, number: int, seconds: float = 10):
    async def look() -> bool:
        return await count(sessions) == number

    return eventually(look, seconds)


async def tell(url: str, *events) -> None:
    client = await nats.connect(url)
    await announce(client, *events)
    await client.close()


async def test_a_suspended_server_gets_a_new_client_and_the_consumer_goes_on(own_nats, sessions):
    async with connected(own_nats.url) as broker:
        [heard] = subscriptions("shop", shop.REACTIONS)
        relay = Relay("postgresql://unused", broker, "shop")
        async with running(Consumer(sessions, broker, heard, relay).run()):
            await tell(own_nats.url, OrderPlaced(order=uuid4()))
            await sold(sessions, 1)
            first, generation = broker.client, broker.generation

            own_nats.process.send_signal(signal.SIGSTOP)
            try:
                for _ in range(20):  # more than the socket takes: unsent bytes make nats-py hang
                    with suppress(TimeoutError):
                        await asyncio.wait_for(first.publish("x", b"x" * 900_000), 0.05)

                async def given_up() -> bool:
                    return broker.client is not first

                await eventually(given_up)
                # Else the old connection goes on taking messages that nobody hears any more.
                await asyncio.sleep(0.1)
                assert first._transport._io_writer.transport.is_closing()
            finally:
                own_nats.process.send_signal(signal.SIGCONT)
            await tell(own_nats.url, OrderPlaced(order=uuid4()))

            await sold(sessions, 2)
            assert broker.generation > generation


async def test_a_killed_server_is_found_again_and_the_consumer_goes_on(own_nats, sessions):
    async with connected(own_nats.url) as broker:
        [heard] = subscriptions("shop", shop.REACTIONS)
        relay = Relay("postgresql://unused", broker, "shop")
        async with running(Consumer(sessions, broker, heard, relay).run()):
            await tell(own_nats.url, OrderPlaced(order=uuid4()))
            await sold(sessions, 1)

            own_nats.process.kill()
            own_nats.process.wait()
            own_nats.start()
            await tell(own_nats.url, OrderPlaced(order=uuid4()))

            await sold(sessions, 2)


async def test_while_the_broker_is_away_orders_are_taken_and_follow_when_it_is_back(
    own_nats, shop_url, signer, sessions
):
    async with opened(settings_for(shop_url, own_nats.url, signer), signer) as open_shop:
        assert (await open_shop.order("first")).status_code == 201
        await sold(sessions, 1)

        own_nats.process.kill()
        own_nats.process.wait()
        for number in range(5):
            assert (await open_shop.order(f"away-{number}")).status_code == 201

        async def noticed() -> bool:
            ready = await open_shop.client.get("/health/ready")
            assert ready.status_code == 200
            return ready.json() == {"status": "ready", "broker": "away"}

        await eventually(noticed)
        lag = (await open_shop("GET", "/operations/lag", role="operator")).json()
        assert (lag["unpublished"], lag["broker_connected"]) == (5, False)
        assert lag["consumers"] == {shop.CONSUMER: None}

        own_nats.start()
        await sold(sessions, 6, seconds=20)
        client = await nats.connect(own_nats.url)
        assert len(await said(client)) == 6
        await client.close()


async def test_a_relay_stopped_in_the_middle_of_a_backlog_goes_on(
    own_nats, sessions, shop_url, monkeypatch
):
    """More than nats-py holds back for a server: its publish then waits for the socket."""
    monkeypatch.setattr(outbox, "PATIENCE", 1.0)
    monkeypatch.setattr(outbox, "REST", 0.2)
    broker = Broker(own_nats.url, "shop")
    relay = Relay(shop_url, broker, "shop")
    async with running(broker.run()):
        await asyncio.wait_for(broker.wait(), 5)
        own_nats.process.send_signal(signal.SIGSTOP)
        try:
            async with sessions.begin() as tx:
                for _ in range(16):
                    await record(tx, OrderPlaced(order=uuid4(), note="x" * 900_000), version=1)
            async with running(relay.run()):
                first = broker.client

                async def given_up() -> bool:
                    return broker.client is not first

                await eventually(given_up)
                own_nats.process.send_signal(signal.SIGCONT)
                client = await nats.connect(own_nats.url)

                async def arrived() -> bool:
                    info = await client.jetstream().stream_info(shop.STREAM)
                    return info.state.messages == 16

                await eventually(arrived, 20)
                await client.close()
        finally:
            own_nats.process.send_signal(signal.SIGCONT)


async def test_a_lead_is_kept_while_the_broker_is_away(shop_url, sessions, caplog):
    caplog.set_level("WARNING")
    relay = Relay(shop_url, Broker("nats://127.0.0.1:9", "shop"), "shop")
    async with sessions.begin() as tx:
        await record(tx, OrderPlaced(order=uuid4()), version=1)

    async with running(relay.run()):
        async with asyncio.timeout(5):
            while caplog.messages.count("broker out of reach, events wait") < 2:
                await asyncio.sleep(0.02)
        assert relay.leads


NONSENSE = [b"", b"INFO {\r\n", b"INFO []\r\n", b"\x16\x03\x01\r\n", b"-ERR 'no'\r\n"]


@pytest.mark.parametrize("greeting", NONSENSE)
async def test_a_server_that_talks_nonsense_is_tried_again_until_it_makes_sense(
    greeting, tmp_path: Path
):
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(1)
        writer.write(greeting)
        writer.close()

    visits: list[int] = []
    port = ports.free_port()
    stranger = await asyncio.start_server(babble, "127.0.0.1", port)
    broker = Broker(f"nats://127.0.0.1:{port}", "shop")

    async def asked_twice() -> bool:
        return len(visits) > 1

    async with running(broker.run()):
        await eventually(asked_twice)
        stranger.close()
        with nats_server(tmp_path, port=port):
            await asyncio.wait_for(broker.wait(), 10)
            assert broker.client.is_connected


async def test_listeners_hear_on_the_next_client_too(own_nats):
    woken = asyncio.Event()
    broker = Broker(own_nats.url, "shop")
    broker.listen("poke.shop", woken.set)
    async with running(broker.run()):
        await asyncio.wait_for(broker.wait(), 5)
        await broker.client.close()  # nats-py gives up; the watchdog must notice

        async def replaced() -> bool:
            return broker.generation == 2

        await eventually(replaced)
        client = await nats.connect(own_nats.url)
        await client.publish("poke.shop")
        await asyncio.wait_for(woken.wait(), 5)
        await client.close()
