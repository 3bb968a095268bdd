"""Hears `bundle.application.completed` from the BUNDLE stream itself, as any subscriber would."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from deploy.nats.config import PROVISIONER
from services.contracts import ApplicationCompleted


class Watch:
    """Which applications were completed, when, and how often it was told."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: Counter[str] = Counter()
        self._expected: dict[str, asyncio.Future[float]] = {}

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


@asynccontextmanager
async def watching(nats_url: str) -> AsyncIterator[Watch]:
    """The stack's administrator may make consumers; its inboxes are below its own prefix."""
    prefix = f"_INBOX_{PROVISIONER}"
    client = await nats.connect(nats_url, inbox_prefix=prefix, name="bench")
    try:
        watch = Watch(client)
        inbox = client.new_inbox()
        await client.subscribe(inbox, cb=watch.take)
        config = ConsumerConfig(
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.NEW,
            ack_policy=AckPolicy.NONE,
            filter_subject=ApplicationCompleted.route,
        )
        await client.jetstream().add_consumer(ApplicationCompleted.stream, config)
        yield watch
    finally:
        await client.close()
