"""Events arrive at least once and are acted on once: inbox row, effect and own outbox rows are one
transaction, and only then comes the ack.

A batch is one transaction.  If it fails, its events are tried one by one: what fails for certain
(it never parses, a rule refuses it for ever) is parked where an operator sees it, anything else is
an outage or a defect and is delivered again, for ever, with a growing delay.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from pydantic import ValidationError
from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import envelope, telemetry
from services.chassis.broker import Broker, NotConnected, in_time
from services.chassis.database import Sessions
from services.chassis.envelope import Heard, Unreadable
from services.chassis.errors import Refusal, Unavailable
from services.chassis.outbox import Relay

log = logging.getLogger(__name__)

FETCH = 100
ACK_WAIT = 30
LINGER = 0.003
"""Seconds between small batches under load: an event in a batch of twenty costs a tenth of one that
is handled alone."""
LEISURE = 0.25
"""The same where nobody waits for the effect."""
PATIENCE = 10.0
# Waited out, whatever the event says.
OUTAGE = (SQLAlchemyError, Unavailable, OSError, TimeoutError)
Reaction = Callable[[AsyncSession, Sequence[Heard[Any]]], Awaitable[None]]
OnRefusal = Callable[[AsyncSession, "Letter", Exception], Awaitable[None]]


def inbox_table(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("consumer", String(100), nullable=False),
        Column("event_id", String(128), nullable=False),
        Column("handled_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
        PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
    )


def parked_table(metadata: MetaData) -> Table:
    return Table(
        "parked",
        metadata,
        Column("consumer", String(100), nullable=False),
        Column("event_id", String(128), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("payload", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("tries", Integer, nullable=False, server_default="1"),
        Column("parked_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
        PrimaryKeyConstraint("consumer", "event_id", name="pk_parked"),
    )


INBOX = inbox_table(MetaData())
PARKED = parked_table(MetaData())
# One text for any number of events: the server prepares it once.
ARRIVE = text(
    """
    INSERT INTO inbox (consumer, event_id)
    SELECT CAST(:consumer AS text), id FROM unnest(CAST(:ids AS text[])) AS arrived (id)
    ON CONFLICT DO NOTHING RETURNING event_id
    """
)


@dataclass(frozen=True)
class Subscription:
    """What a service hears on one stream: one durable consumer, one reaction per event type.

    Several types may share a reaction; it then gets a batch's events of all of them in one call,
    which is how it can lock all it touches in one statement.  With `on_refusal` a message that
    fails for certain is answered instead of parked.  With `leisurely` it gathers events for larger
    batches, as nobody waits for their effect.
    """

    stream: str
    consumer: str
    reactions: Mapping[Any, Reaction]
    on_refusal: OnRefusal | None = None
    leisurely: bool = False

    @property
    def kinds(self) -> dict[str, Any]:
        return {kind.type: kind for kind in self.reactions}


def subscriptions(
    service: str, reactions: Mapping[Any, Reaction], leisurely: bool = False
) -> list[Subscription]:
    """One subscription per stream that `reactions` names."""
    streams: dict[str, dict[Any, Reaction]] = {}
    for kind, reaction in reactions.items():
        streams.setdefault(kind.stream, {})[kind] = reaction
    return [
        Subscription(stream, f"{service}-on-{stream}", heard, leisurely=leisurely)
        for stream, heard in streams.items()
    ]


@dataclass
class Letter:
    """One message, opened as far as it could be."""

    id: str
    subject: str
    payload: bytes
    document: dict[str, Any] = field(default_factory=dict)
    problem: Exception | None = None


def open_letter(message: Msg) -> Letter:
    """A message without a readable id is known by its place in the stream."""
    at = message.metadata.sequence.stream
    place = f"#{message.metadata.stream}:{at}"
    letter = letter_of(place, message.subject, message.data)
    letter.id = letter.document.get("id", place)
    return letter


def letter_of(known_as: str, subject: str, payload: bytes) -> Letter:
    try:
        return Letter(known_as, subject, payload, envelope.open_document(payload))
    except Unreadable as error:
        return Letter(known_as, subject, payload, problem=error)


async def handle(sessions: Sessions, subscription: Subscription, letters: Sequence[Letter]) -> bool:
    """React to all letters not yet handled, in one transaction.  True if it recorded events."""
    arrived = {
        "consumer": subscription.consumer,
        "ids": sorted({letter.id for letter in letters}),
    }
    async with sessions.begin() as tx:
        fresh = set((await tx.execute(ARRIVE, arrived)).scalars())
        unique: dict[str, Letter] = {}
        for letter in letters:
            if letter.id in fresh:
                unique.setdefault(letter.id, letter)  # of two with one id the first one counts
        for reaction, heard in _by_reaction(subscription, list(unique.values())).items():
            await reaction(tx, heard)
    for letter in unique.values():
        telemetry.HANDLED.labels(subscription.consumer, letter.document["type"]).inc()
    return bool(tx.info.get("recorded"))


def _by_reaction(
    subscription: Subscription, letters: Sequence[Letter]
) -> dict[Reaction, list[Heard[Any]]]:
    grouped: dict[Reaction, list[Heard[Any]]] = {}
    for letter in letters:
        if letter.problem:
            raise letter.problem
        kind = subscription.kinds.get(letter.document["type"])
        if kind is None:
            raise Unreadable(f"nobody here reacts to {letter.document['type']!r}")
        heard = envelope.read(letter.document, kind, strict=bool(subscription.on_refusal))
        grouped.setdefault(subscription.reactions[kind], []).append(heard)
    return grouped


async def set_aside(sessions: Sessions, subscription: Subscription, letter: Letter) -> None:
    """Answer or park a letter that failed for certain, so that it is not tried again."""
    assert letter.problem is not None
    reason = describe(letter.problem)
    async with sessions.begin() as tx:
        row = {"consumer": subscription.consumer, "event_id": letter.id}
        arrived = insert(INBOX).values(row).on_conflict_do_nothing().returning(INBOX.c.event_id)
        if (await tx.execute(arrived)).first() is None:
            return
        if subscription.on_refusal:
            await subscription.on_refusal(tx, letter, letter.problem)
            return
        kept = row | {
            "subject": letter.subject,
            "payload": letter.payload.decode(errors="replace").replace("\0", "\ufffd"),
            "reason": reason,
        }
        await tx.execute(insert(PARKED).values(kept).on_conflict_do_nothing())
    telemetry.PARKED.labels(subscription.consumer).inc()
    log.error("event parked", extra={"id": letter.id, "subject": letter.subject, "why": reason})


def describe(problem: Exception) -> str:
    """Why, without the value: what Pydantic quotes may be personal data."""
    if isinstance(problem, ValidationError):
        return "; ".join(f"{error['loc']}: {error['type']}" for error in problem.errors()[:10])
    return f"{type(problem).__name__}: {problem}".partition("\n")[0]


async def _acknowledge(*messages: Msg) -> None:
    async def each() -> None:
        for message in messages:
            await message.ack()

    await in_time(each(), PATIENCE)


async def _unbind(pull: JetStreamContext.PullSubscription) -> None:
    """Otherwise what the server sends to a fetch that nobody waits for any more is lost to others
    until ACK_WAIT is over."""
    try:
        await in_time(pull.unsubscribe(), 2)
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
        pull = await in_time(self._bind(js), PATIENCE)
        try:
            while generation == self.broker.generation:
                try:
                    messages = await in_time(pull.fetch(FETCH, timeout=2), PATIENCE)
                except TimeoutError:
                    continue
                if messages:  # a fetch that ends early may bring none
                    await self._deliver(messages)
                await self._gather(len(messages))
        finally:
            await _unbind(pull)

    async def _gather(self, came: int) -> None:
        """Wait a little for the next batch to grow.  A lone event is no sign of load."""
        if self.subscription.leisurely and came < FETCH:
            await asyncio.sleep(LEISURE)
        elif 1 < came < FETCH / 2:
            await asyncio.sleep(LINGER)

    async def _bind(self, js: JetStreamContext) -> JetStreamContext.PullSubscription:
        await self._ensure(js)
        return await js.pull_subscribe_bind(self.subscription.consumer, stream=self.stream)

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
