"""Makes streams and the partners' consumers, and leaves alone what is right already."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

import nats
from nats.aio.client import Client
from nats.errors import NoRespondersError, TimeoutError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError, ServiceUnavailableError

from deploy.nats.config import MAX_MESSAGE, PROVISIONER
from deploy.nats.partners import Partner

MINUTE, HOUR, DAY = 60, 3600, 86_400
OWN = {"CATALOG": "catalog.>", "BUNDLE": "bundle.>", "APPROVAL": "approval.>"}
OWN |= {"METRICS": "metrics.>"}
# What is compared with what the server holds; it fills in many fields that we leave to it.
STREAM_FIELDS: tuple[str, ...] = ("subjects", "max_bytes", "max_age", "max_msg_size")
STREAM_FIELDS += ("duplicate_window", "num_replicas", "discard", "deny_delete")
CONSUMER_FIELDS = ("ack_wait", "max_deliver", "max_ack_pending", "max_waiting", "num_replicas")


def streams(partners: Sequence[Partner], replicas: int) -> Iterator[StreamConfig]:
    """Every stream.  Full ones refuse what is new (the outbox waits); nothing old is pushed out.

    De-duplication is per stream, so each partner has two of its own: equal message ids of two
    partners would swallow one another.
    """
    for name, subject in OWN.items():
        yield _stream(name, subject, replicas, duplicates=10 * MINUTE)
    for one in partners:
        if one.active:
            told = f"partner.{one.department}.>"
            yield _stream(one.stream, told, replicas, 10 * MINUTE, one.max_bytes)
            said = f"in.{one.department}.>"
            yield _stream(one.inbox, said, replicas, HOUR, one.max_bytes)


def _stream(
    name: str, subject: str, replicas: int, duplicates: float, max_bytes: int = -1
) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=[subject],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_age=90 * DAY,
        max_bytes=max_bytes,
        max_msg_size=MAX_MESSAGE,
        duplicate_window=duplicates,
        deny_delete=True,
        num_replicas=replicas,
    )


def partner_consumer(partner: Partner, replicas: int) -> ConsumerConfig:
    """Where a department's system left off.  It never runs out of tries: giving up is silent."""
    return ConsumerConfig(
        durable_name=partner.department,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=30,
        max_deliver=-1,
        max_ack_pending=256,
        max_waiting=16,
        num_replicas=replicas,
    )


async def provision(url: str, partners: Sequence[Partner], replicas: int = 1) -> list[str]:
    """Bring the server to what the file says; answer what had to be changed, one line each."""
    async with _connection(url) as connection:
        jetstream = connection.jetstream(timeout=10)
        await _wait_for_jetstream(jetstream)
        changes = [
            change
            for wanted in streams(partners, replicas)
            if (change := await _settle_stream(jetstream, wanted))
        ]
        for one in partners:
            if one.active and (change := await _settle_consumer(jetstream, one, replicas)):
                changes.append(change)
    return changes


@contextlib.asynccontextmanager
async def _connection(url: str) -> AsyncIterator[Client]:
    connection = await nats.connect(
        servers=url.split(","),
        inbox_prefix=f"_INBOX_{PROVISIONER}",
        max_reconnect_attempts=30,
        connect_timeout=5,
    )
    try:
        yield connection
    finally:
        await connection.close()


async def _wait_for_jetstream(jetstream: JetStreamContext, patience: float = 60) -> None:
    """A cluster that has just started has no leader for a while."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        try:
            await jetstream.account_info()
            return
        except (ServiceUnavailableError, NoRespondersError, TimeoutError):
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.5)


async def _settle_stream(jetstream: JetStreamContext, wanted: StreamConfig) -> str | None:
    assert wanted.name
    try:
        present = (await jetstream.stream_info(wanted.name)).config
    except NotFoundError:
        await jetstream.add_stream(wanted)
        return f"stream {wanted.name}: made"
    wrong = _differing(STREAM_FIELDS, present, wanted)
    if not wrong:
        return None
    await jetstream.update_stream(wanted)
    return f"stream {wanted.name}: changed {', '.join(wrong)}"


async def _settle_consumer(
    jetstream: JetStreamContext, partner: Partner, replicas: int
) -> str | None:
    wanted = partner_consumer(partner, replicas)
    name = f"consumer {partner.department} on {partner.stream}"
    try:
        present = (await jetstream.consumer_info(partner.stream, partner.department)).config
    except NotFoundError:
        await jetstream.add_consumer(partner.stream, wanted)
        return f"{name}: made"
    wrong = _differing(CONSUMER_FIELDS, present, wanted)
    if not wrong:
        return None
    await jetstream.add_consumer(partner.stream, wanted)
    return f"{name}: changed {', '.join(wrong)}"


def _differing(fields: Sequence[str], present: object, wanted: object) -> list[str]:
    return [field for field in fields if getattr(present, field) != getattr(wanted, field)]
