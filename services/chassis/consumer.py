"""Pulls what a service hears from its stream, for ever, and sees that each message has its effect.

A batch is one transaction.  If it fails, its events are tried one by one: what fails for certain
(it never parses, a rule refuses it for ever) is set aside, anything else is an outage or a defect
and is delivered again, for ever, with a growing delay.
"""

import asyncio
import logging
from collections.abc import Sequence

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.broker import Broker, NotConnected, in_time
from services.chassis.database import Sessions
from services.chassis.envelope import Unreadable
from services.chassis.errors import Refusal, Unavailable
from services.chassis.inbox import Letter, Subscription, describe, handle, open_letter, set_aside
from services.chassis.outbox import Relay
from services.chassis.pulling import Pull

log = logging.getLogger(__name__)

FETCH = 300
"""Events in a batch, at the most.  What has piled up is then heard in fewer transactions, and more
of what concerns one application at once: a tenth faster than 100, at 64 in flight."""
ACK_WAIT = 30
LINGER = 0.003
"""Seconds between small batches under load: an event in a batch of twenty costs a tenth of one that
is handled alone."""
FULL = 50
"""From so many on a batch is large enough to go on at once."""
LEISURE = 0.25
"""The same where nobody waits for the effect."""
PATIENCE = 10.0
# Waited out, whatever the event says.
OUTAGE = (SQLAlchemyError, Unavailable, OSError, TimeoutError)


async def _acknowledge(*messages: Msg) -> None:
    async def each() -> None:
        for message in messages:
            await message.ack()

    await in_time(each(), PATIENCE)


async def _unbind(pull: Pull) -> None:
    try:
        await pull.stop()
    except (NatsError, OSError, TimeoutError) as error:
        log.debug("not unsubscribed", extra={"error": type(error).__name__})


class Consumer:
    """Pulls one stream, for ever."""

    def __init__(
        self, sessions: Sessions, broker: Broker, subscription: Subscription, relay: Relay
    ) -> None:
        self.sessions, self.broker, self.relay = sessions, broker, relay
        self.subscription = subscription

    async def run(self) -> None:
        while True:
            try:
                await self.broker.wait()
                await self._pull(self.broker.js, self.broker.generation)
            except (NatsError, NotConnected, OSError, TimeoutError) as error:
                kind = type(error).__name__
                log.warning("stream out of reach", extra={"error": kind, "stream": self.stream})
            except Exception:
                log.exception("consumer failed, starts again")
            await asyncio.sleep(0.5)

    @property
    def stream(self) -> str:
        return self.subscription.stream

    async def _pull(self, js: JetStreamContext, generation: int) -> None:
        await in_time(self._ensure(js), PATIENCE)
        pull = Pull(self.broker.live, self.stream, self.subscription.consumer, FETCH)
        try:
            await in_time(pull.start(), PATIENCE)
            while generation == self.broker.generation:
                if messages := await pull.take():
                    await self._deliver(messages)
                    await self._gather(len(messages))
        finally:
            await _unbind(pull)

    async def _gather(self, came: int) -> None:
        """Wait a little for the next batch to grow.  A lone event is no sign of load."""
        if self.subscription.leisurely and came < FETCH:
            await asyncio.sleep(LEISURE)
        elif 1 < came < FULL:
            await asyncio.sleep(LINGER)

    async def _ensure(self, js: JetStreamContext) -> None:
        """Make the durable consumer, or widen its filter by what this version reacts to.

        Never narrower: while versions change, an older replica must not undo what a newer one asked
        for.  What the old filter passed over is not heard: listeners are deployed first.
        """
        wanted = {kind.route for kind in self.subscription.reactions}
        try:
            known = await js.consumer_info(self.stream, self.subscription.consumer)
            heard = set(known.config.filter_subjects or [])
            if self.subscription.on_refusal or wanted <= heard:
                return
            wanted |= heard
        except NotFoundError:
            log.info("new durable consumer", extra={"consumer": self.subscription.consumer})
        await js.add_consumer(
            self.stream,
            ConsumerConfig(
                durable_name=self.subscription.consumer,
                deliver_policy=DeliverPolicy.ALL,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_deliver=-1,
                max_ack_pending=1000,
                filter_subjects=None if self.subscription.on_refusal else sorted(wanted),
            ),
        )

    async def _deliver(self, messages: Sequence[Msg]) -> None:
        letters = [open_letter(message) for message in messages]
        try:
            if await handle(self.sessions, self.subscription, letters):
                self.relay.wake()
        except Exception as error:
            log.info("batch failed, one by one", extra={"error": describe(error)})
            for message, letter in zip(messages, letters, strict=True):
                await self._deliver_one(message, letter)
        else:
            await _acknowledge(*messages)

    async def _deliver_one(self, message: Msg, letter: Letter) -> None:
        try:
            await handle(self.sessions, self.subscription, [letter])
        except OUTAGE as error:
            await self._again(message, letter, type(error).__name__)
        except (Unreadable, ValidationError, Refusal) as problem:
            letter.problem = problem
            await self._aside(message, letter)
        except Exception:
            log.exception("reaction failed, will be delivered again", extra={"id": letter.id})
            await self._again(message, letter, "defect")
        else:
            self.relay.wake()
            await _acknowledge(message)

    async def _aside(self, message: Msg, letter: Letter) -> None:
        try:
            await set_aside(self.sessions, self.subscription, letter)
        except OUTAGE as error:
            await self._again(message, letter, type(error).__name__)
        except Exception:
            log.exception("not set aside, will be delivered again", extra={"id": letter.id})
            await self._again(message, letter, "defect")
        else:
            self.relay.wake()
            await _acknowledge(message)

    async def _again(self, message: Msg, letter: Letter, why: str) -> None:
        delay = min(30.0, 0.2 * 2 ** min(message.metadata.num_delivered, 8))
        log.warning("waits for another delivery", extra={"id": letter.id, "why": why})
        await in_time(message.nak(delay=delay), PATIENCE)
