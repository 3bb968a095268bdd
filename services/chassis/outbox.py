"""Events leave a service in the transaction that made them true, or not at all.

`record` writes the event beside the change; `Relay` publishes what was recorded, oldest first.
Rows are kept after publishing: the broker is not the system of record (docs/decisions).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import asyncpg
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import envelope, telemetry
from services.chassis.broker import Broker, NotConnected

log = logging.getLogger(__name__)

LEADER_LOCK = 7_102_644
"""The advisory lock that makes one relay of a database the leader."""
BATCH = 500
POLL = 0.5


def outbox_table(metadata: MetaData) -> Table:
    """The table each service declares, so that its own migrations create it.

    Unique (aggregate, version, subject): one change tells one fact once, whatever retries.
    """
    return Table(
        "outbox",
        metadata,
        Column("pos", BigInteger, Identity(), primary_key=True),
        Column("event_id", String(36), nullable=False, unique=True),
        Column("aggregate", String(200), nullable=False),
        Column("version", Integer, nullable=False),
        Column("subject", String(200), nullable=False),
        Column("payload", Text, nullable=False),
        Column("recorded_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
        Column("published_at", DateTime(timezone=True)),
        Column("stuck", String(200)),
        UniqueConstraint("aggregate", "version", "subject", name="uq_outbox_aggregate"),
        Index("ix_outbox_waiting", "pos", postgresql_where=text("published_at IS NULL")),
    )


OUTBOX = outbox_table(MetaData())
# One text for any number of events; no ON CONFLICT: telling a fact twice is a defect.
RECORD = text(
    """
    INSERT INTO outbox (event_id, aggregate, version, subject, payload)
    SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:aggregates AS text[]),
                         CAST(:versions AS int[]), CAST(:subjects AS text[]),
                         CAST(:payloads AS text[]))
    """
)


async def record(
    tx: AsyncSession, *events: Any, version: int, correlation: str | None = None
) -> None:
    """Publish `events` if, and only if, this transaction commits.

    Call it after the aggregate's row was locked or written: the row lock is what makes `pos`
    follow the aggregate's own order.  `correlation` is that of the request which began it all,
    where it is known; else that of the request being answered.
    """
    await record_all(tx, [(event, version, correlation) for event in events])


async def record_all(tx: AsyncSession, facts: Sequence[tuple[Any, int, str | None]]) -> None:
    """`record` for a batch: (event, version, correlation) each, in one statement."""
    now = telemetry.correlation_id.get()
    sealed = [envelope.seal(event, version, known or now) for event, version, known in facts]
    if sealed:
        columns = {
            "ids": [one.id for one in sealed],
            "aggregates": [one.aggregate for one in sealed],
            "versions": [one.version for one in sealed],
            "subjects": [one.subject for one in sealed],
            "payloads": [one.payload for one in sealed],
        }
        await tx.execute(RECORD, columns)
        tx.info["recorded"] = True


class Relay:
    """Publishes the outbox.  Of all replicas' relays one leads, by an advisory lock that its own
    database session holds; the others wake it over core NATS after they commit.

    At least once: a crash between the broker's ack and our mark publishes again under the same
    Nats-Msg-Id.  In order: one leader, scanning by `pos`, one event in flight per aggregate.
    """

    def __init__(self, url: str, broker: Broker, service: str) -> None:
        self.dsn = url.replace("postgresql+asyncpg:", "postgresql:")
        self.broker = broker
        self.poke = f"poke.{service}"
        self.leads = False
        self._woken = asyncio.Event()
        broker.listen(self.poke, self._woken.set)

    def wake(self) -> None:
        if self.leads:
            self._woken.set()
        else:
            self.broker.tell(self.poke)

    async def run(self) -> None:
        """Lead whenever nobody else does, for ever."""
        while True:
            try:
                await self._stand()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("relay lost its database", extra={"error": type(error).__name__})
            except Exception:
                log.exception("relay failed, starts again")
            finally:
                self.leads = False
            await asyncio.sleep(0.5)

    async def _stand(self) -> None:
        connection = await asyncpg.connect(self.dsn, timeout=5, command_timeout=30)
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_LOCK):
                await asyncio.sleep(0.5)
            self.leads = True
            log.info("relay leads")
            while True:
                self._woken.clear()
                if not await self._publish_batch(connection):
                    await self._rest()
        finally:
            await asyncio.shield(_close(connection))

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), POLL)
        except TimeoutError:
            return  # nobody woke us: the poll is the safety net

    async def _publish_batch(self, connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
        """Publish the oldest waiting events; true if there may be more to do at once."""
        rows = await connection.fetch(WAITING, BATCH)
        telemetry.WAITING.set(len(rows))
        if not rows:
            return False
        queues: dict[str, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            queues[row["aggregate"]].append(row)
        done: list[int] = []
        stuck: list[tuple[int, str]] = []
        await asyncio.gather(*(self._publish(queue, done, stuck) for queue in queues.values()))
        if done:
            await connection.execute(PUBLISHED, done)
            telemetry.PUBLISHED.inc(len(done))
        for pos, reason in stuck:
            log.error("an event can never be published", extra={"pos": pos, "reason": reason})
            await connection.execute("UPDATE outbox SET stuck = $2 WHERE pos = $1", pos, reason)
        return bool(done)

    async def _publish(
        self, queue: Sequence[asyncpg.Record], done: list[int], stuck: list[tuple[int, str]]
    ) -> None:
        """One aggregate's events, one after another; the first failure keeps the rest waiting."""
        for row in queue:
            try:
                await asyncio.wait_for(
                    self.broker.js.publish(
                        row["subject"],
                        row["payload"].encode(),
                        headers={
                            "Nats-Msg-Id": row["event_id"],
                            "Content-Type": "application/cloudevents+json",
                        },
                        timeout=5,
                    ),
                    timeout=6,
                )
            except MaxPayloadError:
                stuck.append((row["pos"], "payload too large"))
                return
            except (NatsError, NotConnected, OSError, TimeoutError) as error:
                log.warning("publish failed, waits", extra={"error": type(error).__name__})
                return
            done.append(row["pos"])


# An aggregate with a stuck event waits as a whole: its later events must not overtake.
WAITING = """
    SELECT pos, event_id, aggregate, subject, payload FROM outbox
    WHERE published_at IS NULL
      AND NOT EXISTS (SELECT FROM outbox s WHERE s.aggregate = outbox.aggregate
                      AND s.published_at IS NULL AND s.stuck IS NOT NULL)
    ORDER BY pos LIMIT $1
"""
PUBLISHED = "UPDATE outbox SET published_at = now() WHERE pos = ANY($1::bigint[])"


async def _close(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    try:
        await connection.close(timeout=2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        connection.terminate()
