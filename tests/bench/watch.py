"""Hears what is told, from the stream itself, as any subscriber would."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import nats
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from deploy.nats.config import PROVISIONER
from services.contracts import ApplicationCompleted, Event


class Watch:
    """Which applications were completed, when, and how often it was told."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: Counter[str] = Counter()
        self._expected: dict[str, asyncio.Future[Any]] = {}

    @property
    def server(self) -> str:
        return str(self.client.connected_server_version)

    def expect(self, application: str) -> "asyncio.Future[float]":
        """The moment its completion is heard.  Ask before its last decision is sent."""
        self._expected[application] = future = asyncio.get_running_loop().create_future()
        return future

    async def take(self, message: Msg) -> None:
        application = str(orjson.loads(message.data)["subject"])
        self.heard[application] += 1
        future = self._expected.pop(application, None)
        if future is not None and not future.done():
            future.set_result(time.perf_counter())


W = TypeVar("W", bound=Watch)


@asynccontextmanager
async def watching(
    nats_url: str, make: Callable[[Client], W], kind: type[Event] = ApplicationCompleted
) -> AsyncIterator[W]:
    """The stack's administrator may make consumers; its inboxes are below its own prefix."""
    prefix = f"_INBOX_{PROVISIONER}"
    client = await nats.connect(nats_url, inbox_prefix=prefix, name="bench")
    try:
        watch = make(client)
        inbox = client.new_inbox()
        await client.subscribe(inbox, cb=watch.take)
        config = ConsumerConfig(
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.NEW,
            ack_policy=AckPolicy.NONE,
            filter_subject=kind.route,
        )
        await client.jetstream().add_consumer(kind.stream, config)
        yield watch
    finally:
        await client.close()
