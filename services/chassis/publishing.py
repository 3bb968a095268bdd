"""Many events to JetStream at once, each with its own acknowledgement.

nats-py's own `publish` makes a subscription future, a wait and a task for each message; under load
that was most of what the relay did.  Here one subscription hears all acknowledgements.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.chassis.broker import in_time

TOO_LARGE = 10054
"""JetStream's code for a message above the stream's own limit."""
HEADROOM = 256
"""Bytes for our headers: the server counts them, nats-py does not, and then the server hangs up."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message: `error` is empty when it is stored (now or before)."""

    error: str = ""
    hopeless: bool = False
    """It can never be stored: it is too large."""


STORED = Sent()
LATE = Sent("no acknowledgement in time")


class Publisher:
    """Bound to one client; make another when the client is replaced."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.inbox = client.new_inbox()
        self.waiting: dict[str, asyncio.Future[Sent]] = {}
        self.numbers = itertools.count()
        self.listens = False

    async def publish(
        self, messages: Sequence[tuple[str, str, bytes]], patience: float
    ) -> list[Sent]:
        """(subject, message id, payload) each; answers in the same order.

        What is not acknowledged in time may have been stored all the same: send it again under the
        same id, and the broker stores it once.
        """
        replies = [f"{self.inbox}.{next(self.numbers)}" for _ in messages]
        futures = [self._expect(reply) for reply in replies]
        try:
            await in_time(self._send(messages, replies, futures), patience)
        except TimeoutError:
            return [one.result() if one.done() else LATE for one in futures]
        finally:
            for reply in replies:
                self.waiting.pop(reply, None)
        return [one.result() for one in futures]

    def _expect(self, reply: str) -> "asyncio.Future[Sent]":
        future: asyncio.Future[Sent] = asyncio.get_running_loop().create_future()
        self.waiting[reply] = future
        return future

    async def _send(
        self,
        messages: Sequence[tuple[str, str, bytes]],
        replies: Sequence[str],
        futures: Sequence["asyncio.Future[Sent]"],
    ) -> None:
        if not self.listens:
            await self.client.subscribe(f"{self.inbox}.*", cb=self._heard)
            self.listens = True
        for (subject, identity, payload), reply in zip(messages, replies, strict=True):
            if reply not in self.waiting:
                return  # nobody waits any more
            if len(payload) + HEADROOM > self.client.max_payload:
                self.waiting[reply].set_result(Sent("payload too large", hopeless=True))
                continue
            headers = {"Nats-Msg-Id": identity, "Content-Type": "application/cloudevents+json"}
            await self.client.publish(subject, payload, reply=reply, headers=headers)
        await asyncio.wait(futures)

    async def _heard(self, message: Msg) -> None:
        future = self.waiting.pop(message.subject, None)
        if future is not None and not future.done():
            future.set_result(_read(message))


def _read(message: Msg) -> Sent:
    if not message.data:
        return Sent("no stream takes this subject")
    error = orjson.loads(message.data).get("error")
    if error is None:
        return STORED
    return Sent(str(error.get("description", "refused")), error.get("err_code") == TOO_LARGE)
