"""A decision in two round trips: the way almost every decision goes.

Deciding is the commonest request here, five to one filing.  As separate statements in a transaction
it takes eight round trips; this reads once and then writes everything in one statement: the
Idempotency-Key, the approval, the result, the events.  It never refuses: whatever it does not find
just as it should be (a used key, a decided approval, a lost race, a lost connection) it leaves to
`actions.decide`, which does the same thing step by step and says what is wrong.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.audit.signing import Signer
from services.approval.desk import actions, rules
from services.approval.desk.arrivals import Arrivals, soon
from services.approval.desk.rules import State
from services.chassis import envelope
from services.chassis.errors import Refusal
from services.chassis.idempotency import canonical
from services.chassis.reading import check_match
from services.chassis.ticks import Clock
from services.contracts import Event, ResultStatement

log = logging.getLogger(__name__)

READ = """
    SELECT a.*, k.key FROM approval a
    LEFT JOIN idempotency k ON k.caller = $3 AND k.route = $4 AND k.key = $5
    WHERE a.id = $1 AND a.department = $2 AND a.item <> ''
"""
# The division by zero undoes all of it where the key was taken, the approval had changed, or the
# issuer's number was used: in one statement there is no other way to say "all or nothing".
WRITE = """
    WITH once AS (
        INSERT INTO idempotency (caller, route, key, fingerprint, status, headers, body)
        VALUES ($1, $2, $3, $4, 200, $5::jsonb, $6) ON CONFLICT DO NOTHING RETURNING 1
    ), changed AS (
        UPDATE approval SET state = $7, reason_code = $8, decided_at = $9, decided_by = $10,
                            issued_at = $11, version = version + 1
        WHERE id = $12 AND version = $13 AND EXISTS (SELECT FROM once) RETURNING 1
    ), issued AS (
        INSERT INTO result (number, approval, evidence, department, issuer_number, digest,
                            valid_from, valid_until, issued_at)
        SELECT $14::varchar, $12::uuid, $15, $16, $17, $18, $19::date, $20::date, $9::timestamptz
        WHERE $14::varchar IS NOT NULL AND EXISTS (SELECT FROM changed)
        ON CONFLICT DO NOTHING RETURNING 1
    ), told AS (
        INSERT INTO outbox (event_id, aggregate, version, subject, payload)
        SELECT e.id, $21, $13 + 1, e.subject, e.payload
        FROM unnest($22::text[], $23::text[], $24::text[]) AS e(id, subject, payload)
        WHERE EXISTS (SELECT FROM changed) RETURNING pos, aggregate, subject
    ), entered AS (
        INSERT INTO audit_entry (id, approval, document, key, signature)
        SELECT $25::uuid, $12::uuid, $26, $27, $28 WHERE EXISTS (SELECT FROM changed) RETURNING id
    ), unlinked AS (
        INSERT INTO audit_unlinked (entry) SELECT id FROM entered
    ), waits AS (
        INSERT INTO outbox_waiting (pos, aggregate, subject)
        SELECT pos, aggregate, subject FROM told
    )
    SELECT 1 / ((SELECT count(*) FROM changed)
                * (($14::varchar IS NULL)::int + (SELECT count(*) FROM issued)))
"""


LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Absent(Exception):
    """The department has no such approval, or not yet."""


@dataclass(frozen=True, slots=True)
class Once:
    """A request that has its effect once; see chassis/idempotency.py."""

    caller: str
    route: str
    key: str
    body: bytes


async def decide(
    pool: "asyncpg.Pool[asyncpg.Record]",
    signer: Signer,
    partners: Collection[str],
    clock: Clock,
    arrivals: Arrivals,
    approval: UUID,
    department: str,
    verdict: State,
    reason_code: str | None,
    result: ResultStatement | None,
    by: str,
    if_match: str | None,
    once: Once,
    shown: Callable[[Any], tuple[dict[str, str], str]],
) -> tuple[dict[str, str], str] | None:
    """The answer's headers and body, as `shown` makes them; or None: go the long way."""
    try:
        wanted = (approval, department, once.caller, once.route, once.key)
        row = await _found(pool, arrivals, wanted)
        if row is None:
            raise Absent
        if row["key"] is not None or row["four_eyes"] or row["replaces"]:
            return None
        before = _plain(row)
        rules.check_claim(before.claimed_by, by)
        rules.check_decision(before.state, verdict, reason_code, bool(before.issues), bool(result))
        rules.check_gaps(before.deferred, before.issues_with_gaps, verdict, bool(result))
        check_match(if_match, before.version)
        after, told, values = _decided(before, verdict, reason_code, result, by, clock())
        if actions.by_others(department, by, partners):
            told.append(actions.to_partner(after))
        answer = shown(after)
        act = audit.signed(signer, after.id, acts.decided(after, values))
        await _write(pool, after, told, values, act, once, answer)
    except Absent:
        # Without an approval no decision can stand under this key either: nothing to replay.
        raise rules.ApprovalUnknown(retry_after=1) from None
    except (Refusal, asyncpg.DivisionByZeroError):
        return None
    except LOST as error:
        log.warning("goes the long way", extra={"error": type(error).__name__})
        return None
    return answer


async def _found(
    pool: "asyncpg.Pool[asyncpg.Record]",
    arrivals: Arrivals,
    wanted: tuple[UUID, str, str, str, str],
) -> asyncpg.Record | None:
    """The approval, or what comes within a moment; no connection is held meanwhile."""
    async with arrivals.expecting(wanted[0]) as opened:
        row = await pool.fetchrow(READ, *wanted)
        if row is not None or opened is None:
            return row
        await soon(opened)
        return await pool.fetchrow(READ, *wanted)


def _plain(row: asyncpg.Record) -> SimpleNamespace:
    plain = SimpleNamespace(**row)
    plain.state = State(plain.state)
    return plain


def _decided(
    before: SimpleNamespace,
    verdict: State,
    reason_code: str | None,
    result: ResultStatement | None,
    by: str,
    now: datetime,
) -> tuple[SimpleNamespace, list[Event], dict[str, Any]]:
    after = SimpleNamespace(**vars(before))
    after.state, after.reason_code, after.decided_at, after.decided_by = (
        verdict,
        reason_code,
        now,
        by,
    )
    after.issued_at, after.version = now if result else None, before.version + 1
    told: list[Event] = [actions.decision(after)]
    if result is None:
        return after, told, {}
    values = actions.issued_values(after, result, now)
    told.append(actions.issuance(after, values))
    return after, told, values


async def _write(
    pool: "asyncpg.Pool[asyncpg.Record]",
    after: SimpleNamespace,
    told: list[Event],
    values: dict[str, Any],
    act: dict[str, Any],
    once: Once,
    answer: tuple[dict[str, str], str],
) -> None:
    sealed = [envelope.seal(event, after.version, after.correlation) for event in told]
    issued = [values.get(name) for name in ISSUED]
    await pool.execute(
        WRITE,
        once.caller,
        once.route,
        once.key,
        canonical(once.body),
        *answer,
        after.state.value,
        after.reason_code,
        after.decided_at,
        after.decided_by,
        after.issued_at,
        after.id,
        after.version - 1,
        *issued,
        sealed[0].aggregate,
        [one.id for one in sealed],
        [one.subject for one in sealed],
        [one.payload for one in sealed],
        *(act[name] for name in ("id", "document", "key", "signature")),
    )


ISSUED = (
    "number",
    "evidence",
    "department",
    "issuer_number",
    "digest",
    "valid_from",
    "valid_until",
)
