"""Events arrive at least once and are acted on once: inbox row, effect and own outbox rows are one
transaction, and only then comes the ack.

Here is what becomes of a batch and of what fails for certain; consumer.py brings the batches.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nats.aio.msg import Msg
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
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import driver, envelope, telemetry
from services.chassis.database import Sessions
from services.chassis.envelope import Heard, Unreadable

log = logging.getLogger(__name__)

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
ARRIVE = """
    INSERT INTO inbox (consumer, event_id)
    SELECT $1::text, id FROM unnest($2::text[]) AS arrived (id)
    ON CONFLICT DO NOTHING RETURNING event_id
"""


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

    @cached_property
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
    letter = letter_of("", message.subject, message.data)
    letter.id = letter.document.get("id") or _place(message)
    return letter


def _place(message: Msg) -> str:
    return f"#{message.metadata.stream}:{message.metadata.sequence.stream}"


def letter_of(known_as: str, subject: str, payload: bytes) -> Letter:
    try:
        return Letter(known_as, subject, payload, envelope.open_document(payload))
    except Unreadable as error:
        return Letter(known_as, subject, payload, problem=error)


async def handle(sessions: Sessions, subscription: Subscription, letters: Sequence[Letter]) -> bool:
    """React to all letters not yet handled, in one transaction.  True if it recorded events."""
    ids = sorted({letter.id for letter in letters})
    async with sessions.begin() as tx:
        arrived = await driver.fetch(tx, ARRIVE, subscription.consumer, ids)
        fresh = {row["event_id"] for row in arrived}
        unique: dict[str, Letter] = {}
        for letter in letters:
            if letter.id in fresh:
                unique.setdefault(letter.id, letter)  # of two with one id the first one counts
        for reaction, heard in _by_reaction(subscription, unique.values()).items():
            await reaction(tx, heard)
    handled = Counter(letter.document["type"] for letter in unique.values())
    for kind, number in handled.items():
        telemetry.HANDLED.labels(subscription.consumer, kind).inc(number)
    return bool(tx.info.get("recorded"))


def _by_reaction(
    subscription: Subscription, letters: Iterable[Letter]
) -> dict[Reaction, list[Heard[Any]]]:
    kinds, strict = subscription.kinds, bool(subscription.on_refusal)
    grouped: dict[Reaction, list[Heard[Any]]] = {}
    for letter in letters:
        if letter.problem:
            raise letter.problem
        kind = kinds.get(letter.document["type"])
        if kind is None:
            raise Unreadable(f"nobody here reacts to {letter.document['type']!r}")
        heard = envelope.read(letter.document, kind, strict)
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
