"""What each service may do on the broker: its own events, its own consumers, and no more."""

import asyncio

import nats
import pytest
from nats.js.api import ConsumerConfig

from deploy.nats.config import SERVICES, consumer_name
from tests.deploy.conftest import Hub

HEARD = [("bundle", "APPROVAL"), ("approval", "BUNDLE"), ("approval", "INBOX_fire")]
HEARD += [("metrics", "CATALOG"), ("catalog", "BUNDLE")]


async def refused(hub: Hub, service: str, subject: str) -> bool:
    """Whether the server turns a service's request away before anybody hears it."""
    said: list[str] = []

    async def note(error: Exception) -> None:
        said.append(str(error).lower())

    connection = await hub.connect(service, error_cb=note)
    await connection.publish(subject, b"{}")
    await connection.flush()
    await asyncio.sleep(0.05)
    await connection.close()
    return any("permissions violation for publish" in text for text in said)


@pytest.mark.parametrize(("service", "stream"), HEARD)
async def test_a_service_makes_its_own_consumer_pulls_and_acks(hub, provisioner, service, stream):
    name = consumer_name(service, stream)
    subject = {"INBOX_fire": "in.fire.decision"}.get(stream, f"{stream.lower()}.thing.happened")
    author = {"INBOX_fire": "fire"}.get(stream, stream.lower())
    writer = await nats.connect(hub.url(author), inbox_prefix=inbox_of(author))
    await writer.request(subject if author in SERVICES else "in.decision", b"{}", timeout=2)
    connection = await hub.connect(service)
    jetstream = connection.jetstream()

    for config in (
        ConsumerConfig(durable_name=name),
        ConsumerConfig(name=name, durable_name=name),
    ):
        await jetstream.add_consumer(stream, config)
    bound = await jetstream.pull_subscribe_bind(name, stream)
    for message in await bound.fetch(100, timeout=2):
        await message.ack_sync(timeout=2)

    assert (await jetstream.consumer_info(stream, name)).num_ack_pending == 0
    assert (await jetstream.stream_info(stream)).config.name == stream
    await connection.close()
    await writer.close()
    await provisioner.jetstream().delete_consumer(stream, name)


def inbox_of(user: str) -> str:
    return f"_INBOX_{user}" if user in SERVICES else "_INBOX"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_publishes_its_own_events_and_no_other_services(hub, service):
    connection = await hub.connect(service)
    await connection.jetstream().publish(f"{service}.thing.happened", b"{}")
    await connection.close()

    for other in set(SERVICES) - {service}:
        assert await refused(hub, service, f"{other}.thing.happened")
    assert await refused(hub, service, "in.fire.decision")


@pytest.mark.parametrize(
    "subject",
    [
        "$JS.API.STREAM.DELETE.BUNDLE",
        "$JS.API.STREAM.PURGE.BUNDLE",
        "$JS.API.STREAM.UPDATE.BUNDLE",
        "$JS.API.STREAM.MSG.GET.BUNDLE",
        "$JS.API.CONSUMER.DELETE.BUNDLE.approval-on-BUNDLE",
        "$JS.API.CONSUMER.CREATE.BUNDLE.metrics-on-BUNDLE",
        "$JS.API.CONSUMER.MSG.NEXT.BUNDLE.metrics-on-BUNDLE",
        "$JS.API.CONSUMER.MSG.NEXT.PARTNER_fire.fire",
        "$JS.ACK.BUNDLE.metrics-on-BUNDLE.1.1.1.1.1",
        "poke.bundle",
    ],
)
async def test_a_service_neither_rules_streams_nor_reads_in_anothers_name(hub, subject):
    assert await refused(hub, "approval", subject)


async def test_only_what_a_department_may_know_leaves_catalog(hub):
    connection = await hub.connect("catalog")
    jetstream = connection.jetstream()
    told = ("partner.fire.delegation.changed", "partner.fire.item.retired")
    receipts = [await jetstream.publish(subject, b"{}") for subject in told]
    await connection.close()

    assert {receipt.stream for receipt in receipts} == {"PARTNER_fire"}
    assert await refused(hub, "catalog", "partner.fire.approval.opened")
    assert await refused(hub, "bundle", "partner.fire.approval.opened")


async def test_a_service_pokes_its_replicas(hub):
    one, two = await hub.connect("bundle"), await hub.connect("bundle")
    heard = await two.subscribe("poke.bundle")
    await two.flush()

    await one.publish("poke.bundle", b"")

    assert (await heard.next_msg(timeout=2)).subject == "poke.bundle"
    await one.close()
    await two.close()


async def test_a_service_cannot_listen_to_anothers_replies(hub):
    said: list[str] = []

    async def note(error: Exception) -> None:
        said.append(str(error).lower())

    connection = await hub.connect("metrics", error_cb=note)
    for subject in ("_INBOX_bundle.>", "_INBOX.>", ">", "partner.>", "poke.bundle"):
        await connection.subscribe(subject)
    await connection.flush()
    await asyncio.sleep(0.05)

    assert sum("permissions violation for subscription" in text for text in said) == 5
    await connection.close()
