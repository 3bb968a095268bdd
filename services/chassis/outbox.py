"""Events leave a service in the transaction that made them true, or not at all.

`record` writes the event beside the change; `Relay` publishes what was recorded, oldest first.
Rows are kept after publishing: the broker is not the system of record (docs/decisions).  They are
also never changed: what waits for the relay stands in a narrow table beside them.
"""

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

import asyncpg
from nats.errors import Error as NatsError
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
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import driver, envelope, telemetry
from services.chassis.broker import Broker, NotConnected
from services.chassis.publishing import Publisher
from services.chassis.ticks import utc

log = logging.getLogger(__name__)

LEADER_LOCK = 7_102_644
"""The advisory lock that makes one relay of a database the leader."""
BATCH = 500
POLL = 0.5
PATIENCE = 5.0
STRAGGLING = 500
"""Numbers before the oldest waiting event at which another one may still turn up: whoever commits
late has an earlier number."""
REST = 2.0
"""Seconds after which a subject whose event was not taken is tried again."""


def outbox_table(metadata: MetaData) -> Table:
    """The table each service declares, so that its own migrations create it.

    Unique (aggregate, version, subject): one change tells one fact once, whatever retries.
    """
    return Table(
        "outbox",
        metadata,
        Column("pos", BigInteger, Identity(), primary_key=True),
        Column("event_id", String(36), nullable=False),
        Column("aggregate", String(200), nullable=False),
        Column("version", Integer, nullable=False),
        Column("subject", String(200), nullable=False),
        Column("payload", Text, nullable=False),
        Column("recorded_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
        UniqueConstraint("aggregate", "version", "subject", name="uq_outbox_aggregate"),
    )


def waiting_table(metadata: MetaData) -> Table:
    """The recorded events that the broker has not yet acknowledged; declared by each service too.

    A mark in the outbox itself would write every event a second time, with all its index entries.
    `stuck` says why an event can never be published.
    """
    return Table(
        "outbox_waiting",
        metadata,
        Column("pos", BigInteger, primary_key=True, autoincrement=False),
        Column("aggregate", String(200), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("stuck", String(200)),
        Index("ix_outbox_waiting_aggregate", "aggregate"),
    )


OUTBOX = outbox_table(MetaData())
WAITING = waiting_table(MetaData())
# One text for any number of events; no ON CONFLICT: telling a fact twice is a defect.
RECORD = """
    WITH told AS (
        INSERT INTO outbox (event_id, subject, aggregate, version, payload)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[])
        RETURNING pos, aggregate, subject
    )
    INSERT INTO outbox_waiting (pos, aggregate, subject) SELECT pos, aggregate, subject FROM told
"""


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
    if facts:
        now, at = telemetry.correlation_id.get(), utc().isoformat()
        sealed = [envelope.seal(event, of, known or now, at) for event, of, known in facts]
        await driver.execute(tx, RECORD, *zip(*sealed, strict=True))
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
        self._floor = 0
        self._looks_everywhere_at = 0.0
        self._resting: dict[str, float] = {}
        self._bound: Publisher | None = None
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
            except driver.FAILED as error:
                log.warning("relay lost its database", extra={"error": type(error).__name__})
            except Exception:
                log.exception("relay failed, starts again")
            finally:
                self.leads = False
            await asyncio.sleep(0.5)

    async def _stand(self) -> None:
        connection = await asyncpg.connect(
            self.dsn, timeout=5, command_timeout=30, server_settings=FORGETFUL
        )
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_LOCK):
                await asyncio.sleep(0.5)
            self.leads = True
            log.info("relay leads")
            while True:
                self._woken.clear()
                if not await self._try_batch(connection):
                    await self._rest()
        finally:
            await asyncio.shield(_close(connection))

    async def _try_batch(self, connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
        """A broker that is away is waited out without giving up the lead."""
        try:
            return await self._publish_batch(connection)
        except (NatsError, NotConnected) as error:
            log.warning("broker out of reach, events wait", extra={"error": type(error).__name__})
            return False

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), POLL)
        except TimeoutError:
            return  # nobody woke us: the poll is the safety net

    async def _publish_batch(self, connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
        """Publish the oldest waiting events; true if there may be more to do at once."""
        now = time.monotonic()
        self._resting = {one: until for one, until in self._resting.items() if until > now}
        resting = list(self._resting)
        if now > self._looks_everywhere_at:
            self._floor, self._looks_everywhere_at = 0, now + POLL
        rows = await connection.fetch(OLDEST, BATCH, resting, self._floor)
        if rows:
            self._floor = max(self._floor, rows[0]["pos"] - STRAGGLING)
        telemetry.WAITING.set(len(rows))
        queues: dict[str, deque[asyncpg.Record]] = defaultdict(deque)
        for row in rows:
            queues[row["aggregate"]].append(row)
        done: list[int] = []
        try:
            while queues:
                stored, stuck = await self._publish_first(queues)
                done += stored
                for pos, reason in stuck:
                    log.error("an event can never be published", extra={"pos": pos, "why": reason})
                    await connection.execute(STUCK, pos, reason)
        finally:  # one mark for all rounds; what a later round could not send changes none before
            if done:
                await connection.execute(PUBLISHED, done)
                telemetry.PUBLISHED.inc(len(done))
        # Whoever records wakes us: what came meanwhile needs no look that may be for nothing.
        return len(rows) == BATCH or len(self._resting) > len(resting)

    async def _publish_first(
        self, queues: dict[str, "deque[asyncpg.Record]"]
    ) -> tuple[list[int], list[tuple[int, str]]]:
        """Send each aggregate's first event: never two of one aggregate in flight.

        An aggregate whose event was not taken leaves the round: its later events must not overtake.
        The whole subject rests a while: a stream that is full must not hold up the others, and its
        backlog may be longer than many batches.
        """
        firsts = {aggregate: queue.popleft() for aggregate, queue in queues.items()}
        sent = await self._publisher().publish(
            [(row["subject"], row["event_id"], row["payload"].encode()) for row in firsts.values()],
            PATIENCE,
        )
        done: list[int] = []
        stuck: list[tuple[int, str]] = []
        for (aggregate, row), what in zip(firsts.items(), sent, strict=True):
            if not what.error:
                done.append(row["pos"])
            elif what.hopeless:
                stuck.append((row["pos"], what.error))
            else:
                self._resting[row["subject"]] = time.monotonic() + REST
            if what.error or not queues[aggregate]:
                del queues[aggregate]
        if failed := [one.error for one in sent if one.error]:
            log.warning("not published yet", extra={"events": len(failed), "why": failed[0]})
        return done, stuck

    def _publisher(self) -> Publisher:
        client = self.broker.live
        if self._bound is None or self._bound.client is not client:
            self._bound = Publisher(client)
        return self._bound


# An aggregate with a stuck event waits as a whole, and so does what follows an event on a resting
# subject: later events must not overtake.
#
# $3 lies a little before where the last look began: below it are thousands of index entries of
# published events, each of which a scan would step over until the next vacuum.  A transaction that
# commits late can leave an event even there: the relay looks everywhere twice a second, and until
# then its aggregate waits.
OLDEST = """
    SELECT w.pos, o.event_id, w.aggregate, w.subject, o.payload
    FROM outbox_waiting w JOIN outbox o ON o.pos = w.pos
    WHERE w.pos > $3
      AND NOT EXISTS (SELECT FROM outbox_waiting s WHERE s.aggregate = w.aggregate
                      AND (s.stuck IS NOT NULL OR s.pos <= $3
                           OR s.pos <= w.pos AND s.subject = ANY ($2::text[])))
    ORDER BY w.pos LIMIT $1
"""
PUBLISHED = "DELETE FROM outbox_waiting WHERE pos = ANY($1::bigint[])"
STUCK = "UPDATE outbox_waiting SET stuck = $2 WHERE pos = $1"
# A mark that a crash of the database undoes is made again: its event is published twice under one
# Nats-Msg-Id.  So nobody waits for the disk here.
FORGETFUL = {"synchronous_commit": "off"}


async def _close(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    try:
        await connection.close(timeout=2)
    except driver.FAILED:
        connection.terminate()
