"""The bare floor: the same durable rows in two databases, one asyncpg script, no HTTP, no events.

The tables are the services' own, made by their migrations; the rows are those of one application
that the stack really handled, under new ids.  A split design needs sixteen commits for it: one
filing, and for each of five members opening, deciding and noting.  Each is one prepared statement.
Left out: idempotency keys, evidence, notices, metrics' tables, and marking events as published.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from deploy.local.databases import migrate
from deploy.local.state import StackState
from tests.bench import sample
from tests.bench.databases import url
from tests.bench.statements import Connections, Part, Row, flat, insert, together
from tests.bench.tally import Tally

NAMES = {"bundle": "bench_floor_bundle", "approval": "bench_floor_approval"}
CONNECTIONS = 16
DECIDE = Part(
    "UPDATE approval SET state = 'granted', decided_at = now(), decided_by = 'bench', "
    "issued_at = now(), version = version + 1 WHERE id = $1",
    1,
)
NOTE = Part(
    "UPDATE member SET state = 'granted', issued = true, settled_at = now(), "
    "result_number = $1 WHERE application = $2 AND member = $3",
    3,
)
GO_ON = Part("UPDATE application SET version = version + 1 WHERE id = $1", 1)
COMPLETE = Part(
    "UPDATE application SET version = version + 1, outcome = 'granted', completed_at = now() "
    "WHERE id = $1",
    1,
)
TO_BUNDLE = ("approval.approval.accepted", "approval.approval.decided", "approval.result.issued")


class Floor:
    """Writes one application after another."""

    def __init__(self, pools: dict[str, Connections], rows: dict[str, dict[str, list[Row]]]):
        self.bundle, self.approval = pools["bundle"], pools["approval"]
        self.rows = {**rows["bundle"], **rows["approval"]}
        told = [*rows["bundle"]["outbox"], *rows["approval"]["outbox"]]
        self.events: dict[str, Row] = {row["subject"]: row for row in told}
        self.sql: dict[str, str] = {}

    async def prepare(self, bundle: asyncpg.Connection, approval: asyncpg.Connection) -> None:
        """Make the five statements, from the tables as they are."""
        rows, event = self.rows, next(iter(self.events.values()))

        async def of(connection: asyncpg.Connection, table: str, number: int = 1) -> Part:
            example = {"outbox": event, "inbox": _inbox("")}.get(table) or rows[table][0]
            return await insert(connection, table, example, number)

        members = len(rows["member"])
        application, member = await of(bundle, "application"), await of(bundle, "member", members)
        told = await of(bundle, "outbox")
        heard = await of(bundle, "inbox", len(TO_BUNDLE))
        two = await of(approval, "outbox", 2)
        asked, opened = await of(approval, "inbox"), await of(approval, "approval")
        self.sql = {
            "party": together(await of(bundle, "party")),
            "file": together(application, member, await of(bundle, "outbox", members + 1)),
            "open": together(asked, opened, two),
            "decide": together(DECIDE, await of(approval, "result"), two),
            "note": together(heard, NOTE, GO_ON),
            "complete": together(heard, NOTE, COMPLETE, told),
        }
        await self.bundle.run(self.sql["party"], flat(*rows["party"]))

    async def one(self, tally: Tally) -> None:
        now, application = time.perf_counter, uuid4()
        began, approvals = now(), [uuid4() for _ in self.rows["member"]]
        await self._file(application, approvals)
        filed, left = now(), [len(approvals)]
        members = (self._member(application, n, one, left) for n, one in enumerate(approvals))
        await asyncio.gather(*members)
        tally.finished(began, filed)

    async def _file(self, application: UUID, approvals: list[UUID]) -> None:
        whole = self.rows["application"][0] | {"id": application, "outcome": None}
        members = [
            row | {"application": application, "approval": approval}
            for row, approval in zip(self.rows["member"], approvals, strict=True)
        ]
        told = [self._event("bundle.application.submitted", "application", application)]
        told += [self._event("bundle.approval.requested", "approval", one) for one in approvals]
        await self.bundle.run(self.sql["file"], flat(whole, *members, *told))

    async def _member(self, application: UUID, place: int, approval: UUID, left: list[int]) -> None:
        own = self.rows["approval"][place] | {"id": approval, "application": application}
        opened = [self._event(f"approval.approval.{what}", "approval", approval) for what in OPENED]
        await self.approval.run(self.sql["open"], flat(_inbox("approval"), own, *opened))

        number = str(uuid4())[:30]
        result = {"number": number, "approval": approval, "issuer_number": number}
        decided = [self._event(subject, "approval", approval) for subject in TO_BUNDLE[1:]]
        values = [approval, *flat(self.rows["result"][place] | result, *decided)]
        await self.approval.run(self.sql["decide"], values)

        left[0] -= 1
        heard = flat(*(_inbox("bundle") for _ in TO_BUNDLE))
        values = [*heard, number, application, self.rows["member"][place]["member"], application]
        if left[0]:
            return await self.bundle.run(self.sql["note"], values)
        told = self._event("bundle.application.completed", "application", application)
        await self.bundle.run(self.sql["complete"], [*values, *flat(told)])

    def _event(self, subject: str, kind: str, aggregate: UUID) -> Row:
        known = {"event_id": str(uuid4()), "aggregate": f"{kind}:{aggregate}"}
        return self.events[subject] | known


OPENED = ("opened", "accepted")


def _inbox(consumer: str) -> dict[str, Any]:
    return {"consumer": consumer, "event_id": str(uuid4()), "handled_at": datetime.now(UTC)}


@asynccontextmanager
async def floor(stack: StackState, application: str) -> AsyncIterator[Floor]:
    """Two databases beside the stack's, for as long as the block lasts."""
    admin = await asyncpg.connect(stack.postgres)
    pools: dict[str, Connections] = {}
    try:
        for service, name in NAMES.items():
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {name}")
            await migrate(url(stack, name).replace("postgresql:", "postgresql+asyncpg:"), service)
            pools[service] = await Connections.open(url(stack, name), CONNECTIONS)
        made = Floor(pools, await sample.take(stack, application))
        await made.prepare(*(pools[service].made[0] for service in NAMES))
        yield made
    finally:
        for pool in pools.values():
            await pool.close()
        for name in NAMES.values():
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()
