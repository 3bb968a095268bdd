"""The two statements of swift decisions: one reads for all that are asked about at once, the other
writes all that are ready at once, each whole or not at all.

A decision alone took 0.3 ms of the server, mostly for being a statement and a commit of its own; in
company it takes a third.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg

from services.approval.desk.tables import Approval
from services.chassis.database import table
from services.chassis.driver import FAILED
from services.chassis.envelope import Sealed
from services.chassis.together import Together

log = logging.getLogger(__name__)

# What no decision looks at; the facts alone may be a page long.
UNREAD = {"facts", "situations", "special_procedures", "extension"}
NAMES = [column.name for column in table(Approval).columns]
COLUMNS = ", ".join(f"a.{name}" for name in NAMES if name not in UNREAD)
# LATERAL: one look-up by id for each.  Joined, a server that knows little of the table may read it
# whole.
READ = f"""
    SELECT w.place, k.key, {COLUMNS}
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
         WITH ORDINALITY AS w (id, department, caller, route, key, place)
    CROSS JOIN LATERAL (SELECT * FROM approval WHERE id = w.id OFFSET 0) AS a
    LEFT JOIN idempotency k ON k.caller = w.caller AND k.route = w.route AND k.key = w.key
    WHERE a.department = w.department AND a.item <> ''
"""
# The division by zero undoes all of it where a key was taken, an approval had changed, or an
# issuer's number was used: in one statement there is no other way to say "all or nothing".
WRITE = """
    WITH decided AS (
        SELECT * FROM unnest(
            $1::uuid[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::text[],
            $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
            $13::text[], $14::uuid[], $15::text[], $16::text[], $17::text[]
        ) AS d (id, version, state, reason_code, decided_at, decided_by, issued_at, caller, route,
                key, fingerprint, headers, body, act, document, signed_with, signature)
    ), once AS (
        INSERT INTO idempotency (caller, route, key, fingerprint, status, headers, body)
        SELECT caller, route, key, fingerprint, 200, headers::jsonb, body FROM decided
        ON CONFLICT DO NOTHING RETURNING 1
    ), changed AS (
        UPDATE approval a
        SET state = d.state, reason_code = d.reason_code, decided_at = d.decided_at,
            decided_by = d.decided_by, issued_at = d.issued_at, version = d.version
        FROM decided d WHERE a.id = d.id AND a.version = d.version - 1 RETURNING 1
    ), issued AS (
        INSERT INTO result (number, approval, evidence, department, issuer_number, digest,
                            valid_from, valid_until, issued_at)
        SELECT * FROM unnest($18::text[], $19::uuid[], $20::text[], $21::text[], $22::text[],
                             $23::text[], $24::date[], $25::date[], $26::timestamptz[])
        ON CONFLICT DO NOTHING RETURNING 1
    ), told AS (
        INSERT INTO outbox (aggregate, version, event_id, subject, payload)
        SELECT aggregate, version, event_id, subject, payload
        FROM unnest($27::text[], $28::int[], $29::text[], $30::text[], $31::text[])
             WITH ORDINALITY AS e (aggregate, version, event_id, subject, payload, place)
        ORDER BY place RETURNING pos, aggregate, subject
    ), waits AS (
        INSERT INTO outbox_waiting (pos, aggregate, subject)
        SELECT pos, aggregate, subject FROM told
    ), entered AS (
        INSERT INTO audit_entry (id, approval, document, key, signature)
        SELECT act, id, document, signed_with, signature FROM decided RETURNING id
    ), unlinked AS (
        INSERT INTO audit_unlinked (entry) SELECT id FROM entered
    )
    SELECT 1 / ((SELECT count(*) FROM once) = cardinality($1)
                AND (SELECT count(*) FROM changed) = cardinality($1)
                AND (SELECT count(*) FROM issued) = cardinality($18))::int
"""
RESULT = (
    "number",
    "approval",
    "evidence",
    "department",
    "issuer_number",
    "digest",
    "valid_from",
    "valid_until",
    "issued_at",
)


@dataclass(frozen=True, slots=True)
class Once:
    """A request that has its effect once; see chassis/idempotency.py."""

    caller: str
    route: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval that somebody is about to decide."""

    approval: UUID
    department: str
    once: Once


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything that one decision writes."""

    after: SimpleNamespace
    """The approval as it will be."""
    once: Once
    fingerprint: str
    headers: str
    body: str
    result: dict[str, Any]
    """Empty where nothing is issued yet."""
    told: tuple[Sealed, ...]
    act: dict[str, Any]


class Batches:
    """`pool`: the driver's own, asked for each time; it exists while the service runs."""

    def __init__(self, pool: "Callable[[], asyncpg.Pool[asyncpg.Record]]") -> None:
        self.pool = pool
        self.found: Together[Asked, asyncpg.Record | None] = Together(self._read)
        """Answers the approval's row, beside it the key if it was used; None: there is none."""
        self.written: Together[Decided, bool] = Together(self._write)
        """Answers whether it stands; if not, nothing of it does."""

    async def _read(self, asked: Sequence[Asked]) -> list[asyncpg.Record | None]:
        wanted = [
            (one.approval, one.department, one.once.caller, one.once.route, one.once.key)
            for one in asked
        ]
        rows = await self.pool().fetch(READ, *_columns(wanted, 5))
        by_place = {row["place"]: row for row in rows}
        return [by_place.get(place) for place in range(1, len(asked) + 1)]

    async def _write(self, decided: Sequence[Decided]) -> list[bool]:
        """One that is not in order spoils the batch: then each is tried alone."""
        try:
            await self.pool().execute(WRITE, *_values(decided))
        except FAILED as error:
            if len(decided) > 1 and isinstance(error, asyncpg.PostgresError):
                return [standing for one in decided for standing in await self._write([one])]
            if not isinstance(error, asyncpg.DivisionByZeroError):
                log.warning("goes the long way", extra={"error": type(error).__name__})
            return [False] * len(decided)
        return [True] * len(decided)


def _values(decided: Sequence[Decided]) -> list[list[Any]]:
    rows = [_row(one) for one in decided]
    results = [[one.result[name] for name in RESULT] for one in decided if one.result]
    told = [
        (sealed.aggregate, sealed.version, sealed.id, sealed.subject, sealed.payload)
        for one in decided
        for sealed in one.told
    ]
    return [*_columns(rows, 17), *_columns(results, len(RESULT)), *_columns(told, 5)]


def _row(one: Decided) -> tuple[Any, ...]:
    after, once, act = one.after, one.once, one.act
    return (
        after.id,
        after.version,
        after.state.value,
        after.reason_code,
        after.decided_at,
        after.decided_by,
        after.issued_at,
        once.caller,
        once.route,
        once.key,
        one.fingerprint,
        one.headers,
        one.body,
        act["id"],
        act["document"],
        act["key"],
        act["signature"],
    )


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows as columns, each of which is one parameter."""
    return [[row[place] for row in rows] for place in range(width)]
