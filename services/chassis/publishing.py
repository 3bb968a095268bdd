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
        if not self.listens:
            await self.client.subscribe(f"{self.inbox}.*", cb=self._heard)
            self.listens = True
        futures = [await self._send(*message) for message in messages]
        await asyncio.wait(futures, timeout=patience)
        for reply in [reply for reply, future in self.waiting.items() if not future.done()]:
            self.waiting.pop(reply).set_result(Sent("no acknowledgement in time"))
        return [future.result() for future in futures]

    async def _send(self, subject: str, identity: str, payload: bytes) -> "asyncio.Future[Sent]":
        future: asyncio.Future[Sent] = asyncio.get_running_loop().create_future()
        reply = f"{self.inbox}.{next(self.numbers)}"
        headers = {"Nats-Msg-Id": identity, "Content-Type": "application/cloudevents+json"}
        if len(payload) + HEADROOM > self.client.max_payload:
            future.set_result(Sent("payload too large", hopeless=True))
            return future
        self.waiting[reply] = future
        await self.client.publish(subject, payload, reply=reply, headers=headers)
        return future

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
