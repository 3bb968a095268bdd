"""Alarms ring: each approval whose alarm is due is looked at, and what has come is told once.

The alarm only wakes; the ledger decides.  One transaction looks at a few approvals, each locked: a
replica passes over what another one holds, a clock that jumps finds everything that has come, and
a deadline that is written down as reached does not come again, whichever way the clock jumps back.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.acceptance.actions import accepted
from services.approval.clock import actions as clock
from services.approval.clock.actions import ALARM, REACHED
from services.approval.clock.rules.deadlines import (
    DEEMED_ACCEPTED,
    DEEMED_CONSENT,
    Deadline,
    deadlines,
)
from services.approval.clock.rules.reckoning import Rules
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions as desk
from services.approval.desk.actions import APPROVAL
from services.approval.desk.rules import OPEN, Acceptor, GapOpen, Seat, State, check_gaps
from services.chassis.ticks import Work

log = logging.getLogger(__name__)

AT_ONCE = 20
MANY = 500
PATIENCE = timedelta(minutes=1)
LONGEST = timedelta(hours=1)

Handler = Callable[[AsyncSession, Timekeeper, Row[Any], Deadline], Awaitable[None]]
"""Does what follows from a deadline, in the transaction that writes it down; the approval's row is
locked.  If it raises, nothing of that approval happens, and it is tried again later."""
Handlers = Mapping[str, Sequence[Handler]]
"""By the deadline's kind."""


def ring(time: Timekeeper, handlers: Handlers) -> Work:
    """What a service does every second; see chassis/ticks.py."""

    async def round_of_alarms(tx: AsyncSession, now: datetime) -> bool:
        rules = await time.rules(tx)
        about = {"now": now, "edition": rules.calendar.edition}
        forgotten = len((await tx.execute(FORGET, about)).all())
        found = (await tx.execute(RINGING, about)).all()
        again = [
            await _look_at(tx, time, rules, row, coming, now, handlers)
            for row, coming in await _coming(tx, rules, found)
        ]
        return len(found) == AT_ONCE or forgotten == MANY or any(again)

    return round_of_alarms


DUE = (
    ALARM.c.kind == clock.APPROVAL,
    ALARM.c.edition == bindparam("edition"),
    ALARM.c.at <= bindparam("now"),
)
# Alarms of approvals that were decided in time: nobody stopped them, to keep deciding swift.  One
# that was due before the decision still rings: what had come by then is told.
FORGET = (
    delete(ALARM)
    .where(ALARM.c.kind == clock.APPROVAL)
    .where(
        ALARM.c.subject.in_(
            select(ALARM.c.subject)
            .join(APPROVAL, APPROVAL.c.id == ALARM.c.subject)
            .where(*DUE)
            .where(APPROVAL.c.state.not_in(OPEN))
            .where(or_(APPROVAL.c.decided_at.is_(None), APPROVAL.c.decided_at < ALARM.c.at))
            .limit(MANY)
        )
    )
    .returning(ALARM.c.subject)
)
RINGING = (
    select(APPROVAL, ALARM.c.tries)
    .join(ALARM, ALARM.c.subject == APPROVAL.c.id)
    .where(*DUE)
    .order_by(ALARM.c.at)
    .limit(AT_ONCE)
    .with_for_update(of=APPROVAL, skip_locked=True)
)


def reset(time: Timekeeper) -> Work:
    """After a new calendar: set anew, many at once, the alarms that an older one set.

    The alarm's lock comes before the ledger is read, so whoever changes a ledger meanwhile sets
    the alarm after us.
    """

    async def round_of_old_alarms(tx: AsyncSession, now: datetime) -> bool:
        rules = await time.rules(tx)
        if rules.calendar.edition == 0:
            return False
        found = (await tx.execute(OLD, {"edition": rules.calendar.edition})).all()
        ids = {"ids": [row.subject for row in found]}
        rows = (await tx.execute(OF_THESE, ids)).all()
        coming = {row.id: ahead for row, ahead in await _coming(tx, rules, rows)}
        await clock.set_again(tx, coming, rules)
        return len(found) == MANY

    return round_of_old_alarms


OLD = (
    select(ALARM.c.subject)
    .where(ALARM.c.kind == clock.APPROVAL, ALARM.c.edition < bindparam("edition"))
    .limit(MANY)
    .with_for_update(skip_locked=True)
)
VERSION = select(APPROVAL.c.version).where(APPROVAL.c.id == bindparam("id"))
OF_THESE = select(APPROVAL).where(APPROVAL.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))


async def _coming(
    tx: AsyncSession, rules: Rules, rows: Sequence[Row[Any]]
) -> list[tuple[Row[Any], list[Deadline]]]:
    """The deadlines that have not come yet, of each approval."""
    reached = await tx.execute(clock.REACHED_OF, {"ids": [row.id for row in rows]})
    known = clock.by_approval(reached.all())
    cases = await clock.cases_of(tx, rows)
    return [
        (row, clock.ahead(deadlines(case, rules), known[row.id]))
        for row, case in zip(rows, cases, strict=True)
    ]


async def _look_at(
    tx: AsyncSession,
    time: Timekeeper,
    rules: Rules,
    row: Row[Any],
    coming: Sequence[Deadline],
    now: datetime,
    handlers: Handlers,
) -> bool:
    """Whatever goes wrong with one approval is its own trouble, and is tried again.  True where
    more of it may have come."""
    try:
        async with tx.begin_nested():
            if await _reach(tx, time, row, coming, now, handlers):
                after = (await tx.execute(OF_THESE, {"ids": [row.id]})).one()
                ahead = await clock.rearm(tx, time, after)
                return any(one.at <= now for one in ahead)
            following = min((one.at for one in coming if one.at > now), default=None)
            await clock.set_alarm(tx, row.id, clock.APPROVAL, following, rules)
    except Exception:
        log.exception("a deadline failed, comes again", extra={"approval": str(row.id)})
        wait = min(PATIENCE * 2 ** min(row.tries, 10), LONGEST)
        values = {"at": now + wait, "tries": row.tries + 1, "edition": rules.calendar.edition}
        same = ALARM.c.subject == row.id, ALARM.c.kind == clock.APPROVAL
        await tx.execute(update(ALARM).where(*same).values(values))
    return False


async def _reach(
    tx: AsyncSession,
    time: Timekeeper,
    row: Row[Any],
    coming: Sequence[Deadline],
    now: datetime,
    handlers: Handlers,
) -> bool:
    """Write down which deadlines of a locked approval have come, and do what follows from them.
    False where nothing did.

    What has changed the approval ends the round: it may be that nothing later comes to it any more,
    and the rest is judged by how it stands then.
    """
    followed = False
    for one in sorted(coming, key=lambda one: one.at):
        if one.at > now:
            break
        entry = {"approval": row.id, "kind": one.kind, "ref": one.ref, "due_at": one.at}
        await tx.execute(insert(REACHED).values(entry | {"reached_at": now}))
        for handle in handlers.get(one.kind, ()):
            await handle(tx, time, row, one)
            followed = True
        if followed and (await tx.execute(VERSION, {"id": row.id})).scalar_one() != row.version:
            break
    return followed


async def deem_accepted(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], deadline: Deadline
) -> None:
    """Who says nothing for five days accepted on receipt (行政许可法 art. 32)."""
    if row.state is not State.OPENED:
        return  # somebody answered after all, before we looked
    since, law = row.complete_at or row.opened_at, Seat(row.department, desk.LAW)
    await accepted(tx, time, row, Acceptor.LAW, since, law)


async def deem_granted(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], deadline: Deadline
) -> None:
    """Where the item names a law that takes silence for consent (行政许可法 art. 50), the approval
    is granted as its limit runs out.  What it issues its desk has still to issue.

    Not where the filing lacks what has to come before any decision: that is not the desk's silence.
    """
    if row.state is not State.ACCEPTED:
        return
    try:
        check_gaps(row.deferred, row.issues_with_gaps, State.GRANTED, False)
    except GapOpen:
        return
    await desk.enter(tx, row, Seat(row.department, desk.LAW), State.GRANTED, CONSENT)


CONSENT = "deemed-consent"
HANDLERS: dict[str, tuple[Handler, ...]] = {
    DEEMED_ACCEPTED: (deem_accepted,),
    DEEMED_CONSENT: (deem_granted,),
}
