"""What we do as time passes: raise cards, send them up the line, and close what is done.

Each round locks what it works on and passes over what another replica holds, so everything comes
once; unique keys hold where that is not enough.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.cards import moves
from services.approval.cards.moves import CARD, RISE, Whose
from services.approval.cards.rules import (
    CONSULTED,
    DELIVERY_DAYS,
    FORWARDED,
    ISSUE,
    LEGAL,
    LINE,
    NEAR,
    PROMISE,
    REVIEWED,
    STEP,
    CardState,
    Rule,
)
from services.approval.clock import actions as clock
from services.approval.clock.rules import deadlines
from services.approval.clock.rules.deadlines import Deadline
from services.approval.clock.rules.lengths import Length
from services.approval.clock.rules.reckoning import Count, reckon
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.actions import APPROVAL
from services.approval.desk.rules import OPEN, State, Until
from services.approval.desk.tables import CARDS_OVER
from services.chassis.ticks import Work

Handler = Callable[[AsyncSession, Timekeeper, Row[Any], Deadline], Awaitable[None]]
AT_ONCE = 50
SMALL = clock.SMALL_CLOCK


def handlers(line: tuple[int, ...]) -> Mapping[str, Sequence[Handler]]:
    """Which card follows from which deadline.  `line`: the steps up the line, in working days."""

    def raises(rule: Rule) -> Handler:
        async def handle(
            tx: AsyncSession, time: Timekeeper, row: Row[Any], deadline: Deadline
        ) -> None:
            facts = {"deadline": deadline.kind, "due_at": deadline.at}
            await _raise(tx, time, row, rule, facts, line)

        return handle

    async def promise_overdue(
        tx: AsyncSession, time: Timekeeper, row: Row[Any], deadline: Deadline
    ) -> None:
        """`red` stands for whichever ends first; the legal limit tells of itself."""
        promised = (await clock.case_of(tx, row)).promised()
        if promised and reckon(promised, await time.rules(tx)).due == deadline.at:
            facts = {"deadline": deadline.kind, "due_at": deadline.at, "promise": row.promise}
            await _raise(tx, time, row, PROMISE, facts, line)

    def late(rule: Rule) -> Handler:
        """A step with a clock of its own was late: whoever's time that was."""

        async def handle(
            tx: AsyncSession, time: Timekeeper, row: Row[Any], deadline: Deadline
        ) -> None:
            step = (await tx.execute(STEP_OF, {"id": deadline.ref})).one()
            if await _is_done(tx, step):
                return
            facts = {"deadline": deadline.kind, "due_at": deadline.at, "since": step.start_at}
            whose = Whose(deadline.ref, step.department)
            await _raise(tx, time, row, rule, facts, line, whose)

        return handle

    return {
        deadlines.YELLOW: (raises(NEAR),),
        deadlines.DEEMED_ACCEPTED: (raises(STEP),),
        deadlines.FIRST_REVIEW: (raises(REVIEWED),),
        deadlines.CONSULTATION: (late(CONSULTED),),
        deadlines.FORWARDED: (late(FORWARDED),),
        deadlines.RED: (promise_overdue,),
        deadlines.LEGAL: (raises(LEGAL),),
    }


async def _raise(
    tx: AsyncSession,
    time: Timekeeper,
    row: Row[Any],
    rule: Rule,
    facts: Mapping[str, Any],
    line: tuple[int, ...],
    whose: Whose | None = None,
) -> None:
    now = time.now()
    first = moves.rises(0, now, line, await time.rules(tx))
    about = {"accepted_at": row.accepted_at, "received_at": row.opened_at}
    await moves.raise_card(tx, row, rule, about | dict(facts), now, first, whose)


SENT = SMALL.alias("sent")
# Forwarded on: whoever had it before has done their part.
_sent_on = (
    select(SENT.c.id)
    .where(
        SENT.c.approval == SMALL.c.approval,
        SENT.c.kind == deadlines.FORWARDED,
        SENT.c.start_at > SMALL.c.start_at,
    )
    .exists()
)
_done = or_(SMALL.c.stop_at.is_not(None), and_(SMALL.c.kind == deadlines.FORWARDED, _sent_on))
STEP_OF = select(SMALL).where(SMALL.c.id == bindparam("id"))


async def _is_done(tx: AsyncSession, step: Row[Any]) -> bool:
    found = select(SMALL.c.id).where(SMALL.c.id == step.id, _done)
    return (await tx.execute(found)).first() is not None


def issue_late(time: Timekeeper, line: tuple[int, ...]) -> Work:
    """A grant whose certificate is overdue.  They fall due in the order of their decisions, so the
    first that is not due ends the round."""

    async def round_of_grants(tx: AsyncSession, now: datetime) -> bool:
        rules = await time.rules(tx)
        before = {"before": now - timedelta(days=DELIVERY_DAYS)}
        found = (await tx.execute(UNISSUED, before)).all()
        for row in found:
            due = reckon(Count(row.decided_at, (Length(DELIVERY_DAYS),)), rules).due
            if due is None or due > now:
                return False
            facts = {"deadline": ISSUE.code, "due_at": due, "decided_at": row.decided_at}
            await _raise(tx, time, row, ISSUE, facts, line)
        return len(found) == AT_ONCE

    return round_of_grants


UNISSUED = (
    select(APPROVAL)
    .where(
        text("approval.state = 'granted'"),  # as constants, like the condition of the index
        APPROVAL.c.issues.is_not(None),
        APPROVAL.c.issued_at.is_(None),
        APPROVAL.c.decided_at <= bindparam("before"),
    )
    .where(
        ~select(CARD.c.id)
        .where(CARD.c.approval == APPROVAL.c.id, CARD.c.rule == ISSUE.code)
        .exists()
    )
    .order_by(APPROVAL.c.decided_at)
    .limit(AT_ONCE)
    .with_for_update(of=APPROVAL, skip_locked=True)
)


def rise(time: Timekeeper, line: tuple[int, ...]) -> Work:
    """Nobody reacted: the next in line hears of it, each once."""

    async def round_of_rises(tx: AsyncSession, now: datetime) -> bool:
        found = (await tx.execute(RISING, {"now": now})).all()
        rules = await time.rules(tx)
        for card in found:
            step = LINE.index(card.level) + 1
            await tx.execute(insert(RISE).values(card=card.id, level=LINE[step], at=now))
            onward = moves.rises(step, now, line, rules)
            await moves.change(tx, card, now, level=LINE[step], rises_at=onward)
        return len(found) == AT_ONCE

    return round_of_rises


RISING = (
    select(CARD)
    .where(text("state = 'open'"), CARD.c.rises_at <= bindparam("now"))
    .order_by(CARD.c.rises_at)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)


async def settle_steps(tx: AsyncSession, now: datetime) -> bool:
    """A step that was late has been done since: an opinion was given, an approval forwarded."""
    found = (await tx.execute(STEPS_DONE)).scalars().all()
    for ref in found:
        await moves.settle_step(tx, ref, now)
    reviewed = (await tx.execute(REVIEWS_DONE)).all()
    for card in reviewed:
        await moves.change(tx, card, now, state=CardState.SETTLED, rises_at=None)
    return AT_ONCE in (len(found), len(reviewed))


STEPS_DONE = (
    select(CARD.c.ref)
    .join(SMALL, SMALL.c.id == CARD.c.ref)
    .where(text(f"card.ref IS NOT NULL AND card.{moves.STANDING}"), _done)
    .limit(AT_ONCE)
)
REVIEWS_DONE = (
    select(CARD)
    .where(text(f"card.rule = '{REVIEWED.code}' AND card.{moves.STANDING}"))
    .where(
        select(SMALL.c.id)
        .where(SMALL.c.approval == CARD.c.approval, SMALL.c.kind == deadlines.FORWARDED)
        .exists()
    )
    .order_by(CARD.c.id)
    .limit(AT_ONCE)
    .with_for_update(of=CARD, skip_locked=True)
)


async def settle(tx: AsyncSession, now: datetime) -> bool:
    """What a card is about was done, or is not wanted any more: nobody needs to react."""
    found = (await tx.execute(OVER)).all()
    for row in found:
        left = []
        for card in (await tx.execute(STANDING, {"approval": row.id})).all():
            until = moves.until(card.rule)
            if until is None:
                continue
            if _is_over(row, until):
                await moves.change(tx, card, now, state=CardState.SETTLED, rises_at=None)
            else:
                left.append(until)
        same = update(APPROVAL).where(APPROVAL.c.id == row.id)
        await tx.execute(same.values(cards_until=min(left, default=None)))
    return len(found) == AT_ONCE


def _is_over(row: Row[Any], until: Until) -> bool:
    return {
        Until.ACCEPTED: row.state is not State.OPENED,
        Until.DECIDED: row.state not in OPEN,
        Until.ISSUED: row.issued_at is not None,
    }[until]


OVER = (
    select(APPROVAL)
    .where(text(CARDS_OVER))
    .order_by(APPROVAL.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
STANDING = (
    select(CARD)
    .where(CARD.c.approval == bindparam("approval"), CARD.c.state.in_(["open", "kept"]))
    .order_by(CARD.c.id)
    .with_for_update()
)
