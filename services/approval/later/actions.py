"""Open what is asked of an earlier result, end it with that result, and renew where a law does."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.acceptance.actions import accepted
from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.clock import actions as clock
from services.approval.clock.rules.deadlines import RENEWED_BY_SILENCE, Deadline
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk import hearing
from services.approval.desk.actions import APPROVAL, RESULT
from services.approval.desk.reactions import Judge
from services.approval.desk.rules import OPEN, Acceptor, Seat, State
from services.approval.later import rules
from services.chassis import outbox
from services.chassis.envelope import Heard
from services.contracts import ApprovalRequested, ResultStatement

LAW = "law"
RENEWED = "renewed-by-law"
GONE = "earlier_result_gone"


def look_first(judge: Judge) -> Judge:
    """What opens on an earlier result that counts no longer ends at once; a replacement of which
    nothing is examined is granted at once.

    The earlier results stay locked until all is written: whoever ends one just then comes before,
    and is seen here, or after, and sees what opened.
    """

    async def look(
        tx: AsyncSession,
        time: Timekeeper,
        opened: Sequence[Row[Any]],
        heard: Sequence[Heard[ApprovalRequested]],
    ) -> None:
        later = [row for row in opened if row.replaces]
        earlier = await _held(tx, {row.replaces for row in later}) if later else {}
        asked = {one.event.approval: one.event.replaces for one in heard}
        for row in later:
            result, said = earlier.get(row.replaces), asked[row.id]
            if result is None or not await _own(tx, row, result):
                await stop(tx, row, time.now())
            elif said and said.at_once and not row.four_eyes:
                await _repeat(tx, time, row, result)
        await judge(tx, time, [row for row in opened if not row.replaces], heard)

    return look


async def _held(tx: AsyncSession, numbers: Iterable[str]) -> dict[str, Row[Any]]:
    """Those that stand, by number, locked in one order."""
    found = select(RESULT).where(RESULT.c.number.in_(sorted(numbers))).order_by(RESULT.c.number)
    rows = (await tx.execute(found.with_for_update())).all()
    return {row.number: row for row in rows if not (row.ended_as or row.replaced_by)}


async def _own(tx: AsyncSession, row: Row[Any], result: Row[Any]) -> bool:
    """Whether it was issued to the same holder, and is what this approval would issue."""
    found = select(APPROVAL.c.holder).where(APPROVAL.c.id == result.approval)
    same = (await tx.execute(found)).scalar() == row.holder
    return same and bool(result.evidence == row.issues)


async def stop(tx: AsyncSession, row: Row[Any], now: datetime) -> None:
    """A locked, open approval has lost what it was about."""
    row = await desk.change(tx, row, state=State.CANCELLED)
    told = hearing.stopping(row, now, row.department in tx.info["partners"], GONE)
    await outbox.record(tx, *told, version=row.version, correlation=row.correlation or None)


async def stop_all(tx: AsyncSession, rows: Iterable[Row[Any]], now: datetime) -> None:
    """The earlier result has ended: what nobody has decided yet ends with it."""
    for row in rows:
        if row.state in OPEN:
            await stop(tx, row, now)


async def _repeat(tx: AsyncSession, time: Timekeeper, row: Row[Any], result: Row[Any]) -> None:
    """补证: the same content under the same number, in a document of its own."""
    now, by = time.now(), f"rule:{row.item}@{row.item_version}"
    if row.state is State.OPENED:
        row = await accepted(tx, time, row, Acceptor.AUTOMATIC, now, Seat(row.department, by))
    same = ResultStatement(digest=result.digest, issuer_number=result.issuer_number)
    await desk.decide(tx, row.id, Seat(row.department, by), State.GRANTED, None, same)


async def renew_by_silence(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], deadline: Deadline
) -> None:
    """Whoever has not decided by the end has renewed (行政许可法 art. 50); the certificate is still
    to be issued.  An open correction or special procedure is no silence."""
    now = await desk.any_locked(tx, row.id)  # an earlier deadline may have changed it just now
    if now is None or now.state not in (State.OPENED, State.ACCEPTED):
        return
    pauses = (await clock.case_of(tx, now)).pauses
    if not rules.silent(deadline.at, now.complete_at, pauses):
        return
    if now.state is State.OPENED:
        since, law = now.complete_at or now.opened_at, Seat(now.department, LAW)
        now = await accepted(tx, time, now, Acceptor.LAW, since, law)
    now = await desk.change(
        tx,
        now,
        state=State.GRANTED,
        reason_code=RENEWED,
        decided_at=rules.renewed_at(deadline.at, now.opened_at, now.accepted_at),
        decided_by=LAW,
    )
    await audit.enter(tx, now.id, acts.decided(now, None))
    told = desk.decision(now)
    await outbox.record(tx, told, version=now.version, correlation=now.correlation or None)


HANDLERS = {RENEWED_BY_SILENCE: (renew_by_silence,)}
