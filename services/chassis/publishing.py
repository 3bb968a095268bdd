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
        self.rounds: dict[str, Round] = {}
        self.numbers = itertools.count()
        self.listens = False

    async def publish(
        self, messages: Sequence[tuple[str, str, bytes]], patience: float
    ) -> list[Sent]:
        """(subject, message id, payload) each; answers in the same order.

        What is not acknowledged in time may have been stored all the same: send it again under the
        same id, and the broker stores it once.
        """
        number = str(next(self.numbers))
        this = self.rounds[number] = Round(len(messages))
        try:
            await in_time(self._send(messages, number, this), patience)
        except TimeoutError:
            return list(this.sent)  # what has not been answered is LATE
        finally:
            del self.rounds[number]
        return this.sent

    async def _send(
        self, messages: Sequence[tuple[str, str, bytes]], number: str, this: "Round"
    ) -> None:
        if not self.listens:
            await self.client.subscribe(f"{self.inbox}.*.*", cb=self._heard)
            self.listens = True
        for place, (subject, identity, payload) in enumerate(messages):
            if number not in self.rounds:
                return  # nobody waits any more
            if len(payload) + HEADROOM > self.client.max_payload:
                this.answer(place, Sent("payload too large", hopeless=True))
                continue
            headers = {"Nats-Msg-Id": identity, "Content-Type": "application/cloudevents+json"}
            reply = f"{self.inbox}.{number}.{place}"
            await self.client.publish(subject, payload, reply=reply, headers=headers)
        await this.done.wait()

    async def _heard(self, message: Msg) -> None:
        _, number, place = message.subject.rsplit(".", 2)
        this = self.rounds.get(number)
        if this is not None:
            this.answer(int(place), _read(message))


class Round:
    """Messages that were sent together.  One wait for all: a future for each costs as much as its
    message."""

    def __init__(self, size: int) -> None:
        self.sent = [LATE] * size
        self.left = size
        self.done = asyncio.Event()

    def answer(self, place: int, what: Sent) -> None:
        if self.sent[place] is LATE:
            self.sent[place] = what
            self.left -= 1
            if not self.left:
                self.done.set()


def _read(message: Msg) -> Sent:
    if not message.data:
        return Sent("no stream takes this subject")
    error = orjson.loads(message.data).get("error")
    if error is None:
        return STORED
    return Sent(str(error.get("description", "refused")), error.get("err_code") == TOO_LARGE)
