"""Messages of a durable consumer, taken as they come.

nats-py's own `fetch` makes two tasks and a random id for every message, and asks the server anew
for every batch; that was more than half of what hearing an event cost.  Here one request stays open
and its messages gather until somebody takes them.
"""

import asyncio
from typing import Any

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from services.chassis.broker import in_time

EXPIRES = 2.0
"""Seconds that the server keeps a request open."""
GRACE = 0.5
"""Seconds more, after which a request of which nothing is heard is lost: its server restarted."""
PATIENCE = 10.0
OVER = ("404", "408")
"""A request that ends without anything being wrong: nothing there, or time is up."""


class PullRefused(NatsError):
    """The consumer is gone, or its stream cannot be reached; it must be bound anew."""


class Pull:
    """At most one request is open; it brings up to `batch` messages."""

    def __init__(self, client: Client, stream: str, consumer: str, batch: int) -> None:
        self.client = client
        self.batch = batch
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = client.new_inbox()
        self._came: list[Msg] = []
        self._due = 0
        """How many messages the open request may still bring."""
        self._ended = ""
        """Why the server refused, if it did."""
        self._news = asyncio.Event()
        self._subscription: Any = None

    async def start(self) -> None:
        self._subscription = await self.client.subscribe(self._inbox, cb=self._heard)

    async def take(self) -> list[Msg]:
        """What has come since, at most two requests' worth; waits for the first.  None: it took too
        long, come again."""
        if not self._due:
            await self._ask()
        if not self._came:
            await self._wait()
        if self._ended and not self._came:
            raise PullRefused(self._ended)
        came, self._came = self._came, []
        return came

    async def stop(self) -> None:
        """Hear no more, and give back what was not taken: else it is lost to other replicas until
        its time for an acknowledgement is over."""
        if self._subscription is not None:
            await in_time(self._subscription.unsubscribe(), 2)
        for message in self._came:
            await in_time(message.nak(), 2)

    async def _ask(self) -> None:
        """The server sends what is there at once, and the rest as it comes."""
        wanted = {"batch": self.batch, "expires": int(EXPIRES * 1e9)}
        self._due = self.batch
        asked = self.client.publish(self._next, orjson.dumps(wanted), reply=self._inbox)
        await in_time(asked, PATIENCE)

    async def _wait(self) -> None:
        self._news.clear()
        try:
            async with asyncio.timeout(EXPIRES + GRACE):
                await self._news.wait()
        except TimeoutError:
            self._due = 0

    async def _heard(self, message: Msg) -> None:
        """A message, whose reply subject is its acknowledgement, or how the request ended."""
        if message.reply:
            self._due = max(0, self._due - 1)
            self._came.append(message)
        else:
            self._due = 0
            said = message.headers or {}
            status = said.get("Status", "")
            if status not in OVER:
                self._ended = f"{status} {said.get('Description', '')}".strip()
        self._news.set()
