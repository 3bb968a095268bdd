"""A decision in two round trips: the way almost every decision goes.

Deciding is the commonest request here, five to one filing.  As separate statements in a transaction
it takes eight round trips; this reads once and then writes everything in one statement: the
Idempotency-Key, the approval, the result, the events.  Decisions that come at the same time share
both (batches.py).  It never refuses: whatever it does not find just as it should be (a used key, a
decided approval, a lost race, a lost connection) it leaves to `actions.decide`, which does the same
thing step by step and says what is wrong.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.audit.signing import Signer
from services.approval.desk import actions, rules
from services.approval.desk.arrivals import Arrivals, soon
from services.approval.desk.batches import Asked, Batches, Decided, Once
from services.approval.desk.rules import State
from services.chassis import envelope
from services.chassis.driver import FAILED
from services.chassis.errors import Refusal
from services.chassis.idempotency import canonical
from services.chassis.reading import check_match
from services.chassis.ticks import Clock
from services.contracts import Event, ResultStatement

log = logging.getLogger(__name__)

Answer = tuple[dict[str, str], str]
"""Headers and body."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants an approval decided."""

    approval: UUID
    department: str
    verdict: State
    reason_code: str | None
    result: ResultStatement | None
    by: str
    if_match: str | None
    once: Once


@dataclass(frozen=True, slots=True)
class Swift:
    """What a service decides with."""

    batches: Batches
    arrivals: Arrivals
    signer: Signer
    partners: Collection[str]
    """Departments whose own systems are told of what they did not say themselves."""
    clock: Clock

    async def decide(self, wish: Wish, shown: Callable[[Any], Answer]) -> Answer | None:
        """The answer, as `shown` makes it; or None: go the long way.

        Raises ApprovalUnknown where the department has no such approval, or not yet: without one no
        decision can stand under this key either, and there is nothing to replay.
        """
        try:
            row = await self._found(Asked(wish.approval, wish.department, wish.once))
        except FAILED as error:
            log.warning("goes the long way", extra={"error": type(error).__name__})
            return None
        if row is None:
            raise rules.ApprovalUnknown(retry_after=1)
        if row["key"] is not None or row["four_eyes"] or row["replaces"]:
            return None
        try:
            answer, decided = self._judged(_plain(row), wish, shown)
        except Refusal:
            return None
        return answer if await self.batches.written(decided) else None

    async def _found(self, asked: Asked) -> asyncpg.Record | None:
        """The approval, or what comes within a moment; no connection is held meanwhile."""
        async with self.arrivals.expecting(asked.approval) as opened:
            row = await self.batches.found(asked)
            if row is not None or opened is None:
                return row
            await soon(opened)
            return await self.batches.found(asked)

    def _judged(
        self, before: SimpleNamespace, wish: Wish, shown: Callable[[Any], Answer]
    ) -> tuple[Answer, Decided]:
        verdict, issues = wish.verdict, bool(wish.result)
        rules.check_claim(before.claimed_by, wish.by)
        rules.check_decision(before.state, verdict, wish.reason_code, bool(before.issues), issues)
        rules.check_gaps(before.deferred, before.issues_with_gaps, verdict, issues)
        check_match(wish.if_match, before.version)
        after, told, values = _decided(before, wish, self.clock())
        if actions.by_others(wish.department, wish.by, self.partners):
            told.append(actions.to_partner(after))
        headers, body = shown(after)
        return (headers, body), Decided(
            after=after,
            once=wish.once,
            fingerprint=canonical(wish.once.body),
            headers=orjson.dumps(headers).decode(),
            body=body,
            result=values,
            told=tuple(envelope.seal(one, after.version, after.correlation) for one in told),
            act=audit.signed(self.signer, after.id, acts.decided(after, values)),
        )


def _plain(row: asyncpg.Record) -> SimpleNamespace:
    plain = SimpleNamespace(**row)
    plain.state = State(plain.state)
    return plain


def _decided(
    before: SimpleNamespace, wish: Wish, now: datetime
) -> tuple[SimpleNamespace, list[Event], dict[str, Any]]:
    after = SimpleNamespace(**vars(before))
    after.state, after.reason_code = wish.verdict, wish.reason_code
    after.decided_at, after.decided_by = now, wish.by
    after.issued_at, after.version = now if wish.result else None, before.version + 1
    told: list[Event] = [actions.decision(after)]
    if wish.result is None:
        return after, told, {}
    values = actions.issued_values(after, wish.result, now)
    told.append(actions.issuance(after, values))
    return after, told, values
