"""An event leaves with the transaction that made it true, once, in its aggregate's order."""

import asyncio
import random
import time
from collections import defaultdict
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text

from services.chassis import outbox
from services.chassis.broker import Broker
from services.chassis.outbox import OUTBOX, Relay, record
from tests.chassis import shop
from tests.chassis.conftest import MAX_PAYLOAD, connected, lay_stream, running
from tests.chassis.shop import OrderKept, OrderPlaced
from tests.chassis.stream import notes, said
from tests.platform import eventually


@pytest.fixture
async def relay(shop_url, broker):
    made = Relay(shop_url, broker, "shop")
    async with running(made.run()):
        yield made


async def tell(sessions, *events, version: int = 1) -> None:
    async with sessions.begin() as tx:
        await record(tx, *events, version=version)


ROWS = "SELECT o.*, w.stuck FROM outbox o LEFT JOIN outbox_waiting w ON w.pos = o.pos"


async def rows(sessions, where: str = "true") -> list:
    async with sessions() as session:
        found = await session.execute(text(f"{ROWS} WHERE {where} ORDER BY o.pos"))
        return list(found.all())


def published(sessions, number: int):
    async def look() -> bool:
        return len(await rows(sessions, "w.pos IS NULL")) == number

    return eventually(look)


async def test_an_event_is_recorded_with_the_change_that_made_it_true(sessions):
    order = uuid4()
    async with sessions.begin() as tx:
        row = {"id": order, "version": 1, "buyer": "ada", "shoe": "boot", "pairs": 2}
        await tx.execute(insert(shop.Order).values(row))
        await record(tx, OrderPlaced(order=order, pairs=2), version=1)

    [recorded] = await rows(sessions)
    assert (recorded.aggregate, recorded.subject) == (f"order:{order}", "shop.order.placed")


async def test_an_event_of_a_transaction_that_fails_is_not_recorded(sessions):
    with pytest.raises(shop.TooManyPairs):
        async with sessions.begin() as tx:
            await record(tx, OrderPlaced(order=uuid4()), version=1)
            raise shop.TooManyPairs()

    assert await rows(sessions) == []


async def test_an_event_of_a_commit_that_fails_is_not_recorded(sessions):
    with pytest.raises(Exception, match="too late"):
        async with sessions.begin() as tx:
            row = {"id": uuid4(), "version": 1, "buyer": "ada", "shoe": "late", "pairs": 1}
            await tx.execute(insert(shop.Order).values(row))
            await record(tx, OrderPlaced(order=row["id"]), version=1)

    assert await rows(sessions) == []


async def test_one_change_cannot_tell_the_same_fact_twice(sessions):
    order = uuid4()
    await tell(sessions, OrderPlaced(order=order), version=3)

    with pytest.raises(Exception, match="uq_outbox_aggregate"):
        await tell(sessions, OrderPlaced(order=order), version=3)


async def change(sessions, order: UUID) -> None:
    """A change as services make it: lock the aggregate, raise its version, record."""
    async with sessions.begin() as tx:
        locked = select(shop.Order).where(shop.Order.id == order).with_for_update()
        row = (await tx.execute(locked)).scalar_one()
        row.version += 1
        await tx.flush()
        await asyncio.sleep(random.random() / 500)
        await record(tx, OrderPlaced(order=order), version=row.version)
        await asyncio.sleep(random.random() / 500)


async def test_concurrent_writers_lose_nothing_and_invert_nothing(sessions, relay, client):
    orders = [uuid4() for _ in range(6)]
    async with sessions.begin() as tx:
        row = {"version": 0, "buyer": "ada", "shoe": "boot", "pairs": 1}
        await tx.execute(insert(shop.Order).values([{"id": one, **row} for one in orders]))

    async def write(seed: int) -> None:
        chosen = random.Random(seed)
        for _ in range(20):
            await change(sessions, chosen.choice(orders))

    await asyncio.gather(*(write(seed) for seed in range(12)))
    await published(sessions, 240)

    by_order = defaultdict(list)
    for document in await said(client):
        by_order[document["subject"]].append(int(document["sequence"]))
    assert sum(len(one) for one in by_order.values()) == 240
    for sequences in by_order.values():
        assert sequences == list(range(1, len(sequences) + 1))


async def test_an_event_that_commits_after_a_later_one_was_published_is_not_lost(
    sessions, relay, client
):
    async with sessions.begin() as slow:
        await record(slow, OrderPlaced(order=uuid4(), note="first place"), version=1)
        await tell(sessions, OrderPlaced(order=uuid4(), note="second place"))
        await published(sessions, 1)
    await published(sessions, 2)

    assert await notes(client) == ["second place", "first place"]


async def test_an_event_that_commits_a_little_late_waits_for_no_poll(sessions, relay, monkeypatch):
    """Two requests at once are enough: the first to take a number may be the last to end."""
    monkeypatch.setattr(outbox, "POLL", 60)
    for _ in range(2):  # the first round still looks everywhere
        await tell(sessions, OrderPlaced(order=uuid4()))
        await eventually(lambda: woken(relay, sessions))
    async with sessions.begin() as slow:
        await record(slow, OrderPlaced(order=uuid4(), note="first place"), version=1)
        await tell(sessions, OrderPlaced(order=uuid4(), note="second place"))
        await eventually(lambda: woken(relay, sessions))

    assert await eventually(lambda: woken(relay, sessions))


async def woken(relay: Relay, sessions) -> bool:
    """Whether a relay that is woken leaves nothing behind that was committed."""
    relay.wake()
    return not await rows(sessions, "w.pos IS NOT NULL")


async def test_a_crash_between_publishing_and_marking_puts_the_event_once_into_the_stream(
    alters_schema, sessions, relay, client, broker
):
    sent = []

    async def hear(message) -> None:
        sent.append(message.headers["Nats-Msg-Id"])

    await client.subscribe("shop.>", cb=hear)
    await client.flush()
    async with sessions.begin() as tx:
        for statement in BREAK_MARKING:
            await tx.execute(text(statement))
    await tell(sessions, OrderPlaced(order=uuid4()))

    async def sent_twice() -> bool:
        return len(sent) > 1

    await eventually(sent_twice)
    async with sessions.begin() as tx:
        await tx.execute(text("DROP TRIGGER broken ON outbox_waiting"))
    await published(sessions, 1)

    assert len(set(sent)) == 1
    assert len(await said(client)) == 1


BREAK_MARKING = (
    "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$",
    "CREATE TRIGGER broken BEFORE DELETE ON outbox_waiting FOR EACH ROW EXECUTE FUNCTION break()",
)


async def test_an_event_too_large_to_publish_holds_its_aggregate_as_a_whole(
    sessions, relay, client, caplog
):
    caplog.set_level("ERROR")  # whatever level an app that was built before has set
    order, other = uuid4(), uuid4()
    await tell(sessions, OrderPlaced(order=order, note="before"))
    await tell(sessions, OrderPlaced(order=order, note="x" * MAX_PAYLOAD), version=2)
    await tell(sessions, OrderPlaced(order=order, note="after"), version=3)
    await tell(sessions, OrderPlaced(order=other, note="other"))
    await published(sessions, 2)
    await tell(sessions, OrderPlaced(order=order, note="much later"), version=4)
    await tell(sessions, OrderPlaced(order=other, note="goes on"), version=2)
    await published(sessions, 3)

    assert await notes(client) == ["before", "other", "goes on"]
    [stuck] = await rows(sessions, "stuck IS NOT NULL")
    assert (stuck.version, stuck.stuck) == (2, "payload too large")
    assert caplog.messages.count("an event can never be published") == 1, "it is not tried again"


async def test_an_event_just_too_large_with_its_headers_breaks_no_connection(
    sessions, relay, client, broker
):
    """The server hangs up on whoever sends it more than it takes, headers included."""
    empty = len(outbox.envelope.seal(OrderPlaced(order=uuid4()), 1, "").payload)
    connection = broker.client
    await tell(sessions, OrderPlaced(order=uuid4(), note="x" * (MAX_PAYLOAD - empty - 10)))
    await tell(sessions, OrderPlaced(order=uuid4(), note="other"))

    async def stuck() -> list:
        return await rows(sessions, "stuck IS NOT NULL")

    assert len(await eventually(stuck)) == 1
    await published(sessions, 1)
    assert broker.client is connection
    assert connection.stats["reconnects"] == 0


async def test_an_event_too_large_for_its_stream_is_set_aside_too(sessions, nats_url, relay):
    await lay_stream(nats_url, max_msg_size=2_000)
    await tell(sessions, OrderPlaced(order=uuid4(), note="x" * 3_000))

    async def stuck() -> list:
        return await rows(sessions, "stuck IS NOT NULL")

    assert len(await eventually(stuck)) == 1


async def test_an_event_whose_stream_is_not_there_yet_holds_its_own_aggregate_only(
    sessions, relay, client, nats_url, monkeypatch
):
    monkeypatch.setattr(outbox, "REST", 0.3)
    order = uuid4()
    await tell(sessions, OrderKept(order=order))
    await tell(sessions, OrderPlaced(order=order, note="waits"), version=2)
    await tell(sessions, OrderPlaced(order=uuid4(), note="other"))
    await published(sessions, 1)
    await asyncio.sleep(0.6)  # a poll later it still waits
    assert await notes(client) == ["other"]

    await client.jetstream().add_stream(name="CELLAR", subjects=["cellar.>"])

    await published(sessions, 3)
    assert await notes(client) == ["other", "waits"]


async def test_however_many_events_wait_for_one_stream_the_others_go_on(
    sessions, relay, client, monkeypatch
):
    monkeypatch.setattr(outbox, "BATCH", 2)
    monkeypatch.setattr(outbox, "REST", 1.0)
    for _ in range(30):
        await tell(sessions, OrderKept(order=uuid4()))

    await tell(sessions, OrderPlaced(order=uuid4(), note="goes on"))

    await published(sessions, 1)
    assert await notes(client) == ["goes on"]
    await client.jetstream().add_stream(name="CELLAR", subjects=["cellar.>"])
    await published(sessions, 31)


async def test_what_is_published_carries_its_own_id_and_kind(sessions, relay, client):
    await tell(sessions, OrderPlaced(order=uuid4()))
    await published(sessions, 1)

    message = await client.jetstream().get_msg(shop.STREAM, 1)
    [recorded] = await rows(sessions)
    assert message.headers["Nats-Msg-Id"] == recorded.event_id
    assert message.headers["Content-Type"] == "application/cloudevents+json"
    assert message.data.decode() == recorded.payload


async def test_rows_are_kept_after_publishing(sessions, relay):
    await tell(sessions, OrderPlaced(order=uuid4()))
    await published(sessions, 1)

    async with sessions() as session:
        assert len((await session.execute(select(OUTBOX))).all()) == 1


@pytest.fixture
async def resting(sessions, shop_url, nats_url, monkeypatch):
    """A relay that has published and would look again by itself in half a minute."""
    monkeypatch.setattr(outbox, "POLL", 30)
    await tell(sessions, OrderPlaced(order=uuid4()))
    broker = Broker(nats_url, "shop")
    made = Relay(shop_url, broker, "shop")
    async with running(broker.run(), made.run()):
        await published(sessions, 1)
        yield made


async def seconds_to_arrive(sessions, client, waker: Relay) -> float:
    heard = await client.subscribe("shop.>")
    await client.flush()
    started = time.monotonic()
    await tell(sessions, OrderPlaced(order=uuid4()))
    waker.wake()
    await heard.next_msg(timeout=5)
    return time.monotonic() - started


async def test_a_commit_wakes_the_relay_long_before_its_poll(sessions, resting, client):
    assert await seconds_to_arrive(sessions, client, resting) < 1


async def test_a_commit_of_another_replica_wakes_the_leader(
    sessions, resting, client, nats_url, shop_url
):
    async with connected(nats_url) as second:
        other = Relay(shop_url, second, "shop")
        assert await seconds_to_arrive(sessions, client, other) < 1
