"""The ledger of an approval's clock, and the alarms that are set by it.

The approval's row is what `row` stands for, and it is locked: whoever changes a ledger, or rings an
alarm, takes turns by that lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock import tables
from services.approval.clock.rules import announcing, ledger, lengths
from services.approval.clock.rules.deadlines import (
    RED,
    REVIEWED_FIRST,
    Case,
    Deadline,
    Small,
    deadlines,
    first,
)
from services.approval.clock.rules.lengths import Length, Terms
from services.approval.clock.rules.reckoning import Pause, Rules
from services.approval.clock.timekeeping import ANNOUNCEMENT, Timekeeper
from services.chassis import driver
from services.chassis.database import insertion, packed, table, update_all
from services.chassis.reading import check_match

PAUSE = table(tables.Pause)
EXTENSION = table(tables.Extension)
SMALL_CLOCK = table(tables.SmallClock)
ALARM = table(tables.Alarm)
REACHED = table(tables.Reached)
APPROVAL = "approval"
"""The kind of the alarms that are about an approval's own deadlines."""
SET = insertion(ALARM, ["subject", "kind", "at", "edition", "tries"])
SET_AGAIN = update_all(ALARM, ["subject", "kind"], ["at", "edition", "tries"])
# States of the desk, which builds on this: where time runs, and where the applicant answers first.
RUNNING = {"opened", "correcting", "accepted", "suspended"}
ANSWERING = "correcting"
OF_THESE = any_(bindparam("ids", type_=ARRAY(Uuid)))
PAUSES = select(PAUSE).where(PAUSE.c.approval == OF_THESE).order_by(PAUSE.c.begin_at, PAUSE.c.id)
EXTENSIONS = select(EXTENSION).where(EXTENSION.c.approval == OF_THESE)
RUNNING_SMALL = select(SMALL_CLOCK).where(
    SMALL_CLOCK.c.approval == OF_THESE, SMALL_CLOCK.c.stop_at.is_(None)
)
REACHED_OF = (
    select(REACHED)
    .where(REACHED.c.approval == OF_THESE)
    .order_by(REACHED.c.reached_at, REACHED.c.due_at, REACHED.c.kind)
)


async def announce(
    tx: AsyncSession,
    year: int,
    document: str,
    holidays: Sequence[tuple[date, str, str]],
    workdays: Sequence[date],
    by: str,
    now: datetime,
    if_match: str | None,
) -> int:
    """Put a year's notice in; answers its edition.  The same again is none."""
    announcing.check_announcement(year, [day for day, *_ in holidays], workdays)
    # One at a time: editions must not become visible out of order.
    await tx.execute(text("LOCK TABLE announcement IN SHARE ROW EXCLUSIVE MODE"))
    newest = select(ANNOUNCEMENT).where(ANNOUNCEMENT.c.year == year)
    before = (await tx.execute(newest.order_by(ANNOUNCEMENT.c.edition.desc()).limit(1))).first()
    check_match(if_match, 1 + (before.edition if before else 0))
    said: dict[str, Any] = {
        "document": document,
        "holidays": [[day.isoformat(), zh, en] for day, zh, en in sorted(holidays)],
        "workdays": [day.isoformat() for day in sorted(workdays)],
    }
    if before and all(getattr(before, name) == value for name, value in said.items()):
        return int(before.edition)
    row = said | {"year": year, "announced_by": by, "announced_at": now}
    made = insert(ANNOUNCEMENT).values(row).returning(ANNOUNCEMENT.c.edition)
    return int((await tx.execute(made)).scalar_one())


async def case_of(tx: AsyncSession, row: Any) -> Case:
    """All that the clock knows of an approval."""
    [case] = await cases_of(tx, [row])
    return case


async def cases_of(tx: AsyncSession, rows: Sequence[Any]) -> list[Case]:
    ids = {"ids": [row.id for row in rows]}
    pauses = by_approval((await tx.execute(PAUSES, ids)).all())
    extended = by_approval((await tx.execute(EXTENSIONS, ids)).all())
    small = by_approval((await tx.execute(RUNNING_SMALL, ids)).all())
    return [
        fresh(row, pauses[row.id], next(iter(extended[row.id]), None), small[row.id])
        for row in rows
    ]


def by_approval(rows: Iterable[Row[Any]]) -> defaultdict[UUID, list[Row[Any]]]:
    found: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.approval].append(row)
    return found


def fresh(
    row: Any, pauses: Sequence[Any] = (), extended: Any = None, small: Sequence[Any] = ()
) -> Case:
    """The case of an approval with this ledger; a new one has none."""
    answering = row.state == ANSWERING or row.answer_by is not None
    return Case(
        id=row.id,
        terms=Terms.of(row),
        received=None if answering else row.complete_at or row.opened_at,
        accepted=row.accepted_at,
        stopped=None if row.state in RUNNING else row.decided_at or row.opened_at,
        pauses=tuple(Pause(one.begin_at, one.end_at) for one in pauses),
        extension=Length.of(extended.length) if extended else None,
        small=tuple(Small(one.id, one.kind, one.start_at, Length.of(one.length)) for one in small),
        reviewed_first=row.handling in REVIEWED_FIRST,
        silence_grants_at=row.silence_grants_at,
    )


async def open_pause(
    tx: AsyncSession,
    time: Timekeeper,
    row: Any,
    reason_code: str,
    evidence: str,
    by: str,
    since: datetime | None = None,
) -> UUID:
    """Let the clock stand still from now on, or from when it did.  Answers the pause's id."""
    case, now = await case_of(tx, row), time.now()
    begin = since or now
    ledger.check_pause(case.accepted, case.stopped, case.pauses, begin, now, evidence)

    pause: UUID = uuid_utils.compat.uuid7()
    entry = {"id": pause, "approval": row.id, "begin_at": begin, "end_at": None}
    entry |= {"reason_code": reason_code, "evidence": evidence, "begun_by": by}
    await tx.execute(insert(PAUSE).values(entry))
    await rearm(tx, time, row)
    return pause


async def close_pause(
    tx: AsyncSession, time: Timekeeper, row: Any, by: str, until: datetime | None = None
) -> UUID:
    """Let the clock run again.  Answers the id of the pause that has ended."""
    pauses, now = (await tx.execute(PAUSES, {"ids": [row.id]})).all(), time.now()
    end = until or now
    ledger.check_resumption([Pause(one.begin_at, one.end_at) for one in pauses], end, now)

    pause: UUID = pauses[-1].id
    await tx.execute(update(PAUSE).where(PAUSE.c.id == pause).values(end_at=end, ended_by=by))
    await rearm(tx, time, row)
    return pause


async def extend(
    tx: AsyncSession,
    time: Timekeeper,
    row: Any,
    length: Length,
    reason_code: str,
    asked_by: str,
    consented_by: str,
) -> None:
    """Add to an approval's time, once, before it has run out."""
    case = await case_of(tx, row)
    if case.accepted is None or case.stopped is not None:
        raise ledger.NotRunning()
    if case.extension is not None:
        raise lengths.AlreadyExtended()
    lengths.check_extension(case.terms, length, asked_by, consented_by)
    ledger.check_in_time(first(case, await time.rules(tx)).due, time.now())

    entry = {"approval": row.id, "length": length.record(), "reason_code": reason_code}
    entry |= {"asked_by": asked_by, "consented_by": consented_by, "granted_at": time.now()}
    await tx.execute(insert(EXTENSION).values(entry))
    await rearm(tx, time, row)


async def start_small(
    tx: AsyncSession, time: Timekeeper, row: Any, kind: str, length: Length, department: str
) -> UUID:
    """Begin a clock of its own inside the approval; its deadline is told as `kind`.
    `department`: whose time it is."""
    small: UUID = uuid_utils.compat.uuid7()
    entry = {"id": small, "approval": row.id, "kind": kind, "length": length.record()}
    entry |= {"department": department, "start_at": time.now()}
    await tx.execute(insert(SMALL_CLOCK).values(entry))
    await rearm(tx, time, row)
    return small


async def stop_small(tx: AsyncSession, time: Timekeeper, row: Any, small: UUID) -> bool:
    """End it; False where it has ended or never was."""
    running = SMALL_CLOCK.c.id == small, SMALL_CLOCK.c.approval == row.id
    ended = update(SMALL_CLOCK).where(*running, SMALL_CLOCK.c.stop_at.is_(None))
    made = await tx.execute(ended.values(stop_at=time.now()).returning(SMALL_CLOCK.c.id))
    return made.first() is not None


async def arm_new(
    tx: AsyncSession, time: Timekeeper, rows: Iterable[Any]
) -> dict[UUID, list[Deadline]]:
    """Set the alarms of approvals that were just opened, in one statement.  Answers what is ahead
    of each."""
    rules = await time.rules(tx)
    coming = {row.id: deadlines(fresh(row), rules) for row in rows}
    alarms = [
        _alarm(approval, min(one.at for one in found), rules)
        for approval, found in coming.items()
        if found
    ]
    if alarms:
        await driver.execute(tx, SET, packed(alarms))
    return coming


async def rearm(tx: AsyncSession, time: Timekeeper, row: Any) -> list[Deadline]:
    """Set the alarm of an approval anew, after its ledger or its state has changed."""
    rules = await time.rules(tx)
    reached = (await tx.execute(REACHED_OF, {"ids": [row.id]})).all()
    coming = ahead(deadlines(await case_of(tx, row), rules), reached)
    await set_alarm(tx, row.id, APPROVAL, min((one.at for one in coming), default=None), rules)
    return coming


async def due(tx: AsyncSession, time: Timekeeper, row: Any) -> datetime | None:
    """When the time of an approval runs out; None: it stands still, or does not run yet."""
    return first(await case_of(tx, row), await time.rules(tx)).due


def due_of(coming: Iterable[Deadline]) -> datetime | None:
    """When the time runs out, among deadlines that lie ahead."""
    return next((one.at for one in coming if one.kind == RED), None)


def ahead(coming: Iterable[Deadline], reached: Iterable[Any]) -> list[Deadline]:
    """What has not come yet.  What has, has: a later pause does not make it come again."""
    known = {(one.kind, one.ref) for one in reached}
    return [one for one in coming if (one.kind, one.ref) not in known]


async def set_alarm(
    tx: AsyncSession, subject: UUID, kind: str, at: datetime | None, rules: Rules
) -> None:
    """Have `subject` looked at then; None: not at all."""
    if at is None:
        same = ALARM.c.subject == subject, ALARM.c.kind == kind
        await tx.execute(delete(ALARM).where(*same))
        return
    row = _alarm(subject, at, rules) | {"kind": kind}
    anew = upsert(ALARM).values(row)
    same_again = {name: anew.excluded[name] for name in ("at", "edition", "tries")}
    await tx.execute(
        anew.on_conflict_do_update(index_elements=["subject", "kind"], set_=same_again)
    )


async def set_again(
    tx: AsyncSession, coming: Mapping[UUID, Sequence[Deadline]], rules: Rules
) -> None:
    """Set many alarms, which the caller has locked, by a newer calendar."""
    alarms = {
        approval: _alarm(approval, min(one.at for one in found), rules)
        for approval, found in coming.items()
        if found
    }
    await tx.execute(SET_AGAIN, {"rows": packed(list(alarms.values()))})
    if gone := [approval for approval in coming if approval not in alarms]:
        of_them = ALARM.c.kind == APPROVAL, ALARM.c.subject.in_(gone)
        await tx.execute(delete(ALARM).where(*of_them))


def _alarm(subject: UUID, at: datetime, rules: Rules) -> dict[str, Any]:
    row = {"subject": subject, "kind": APPROVAL, "at": at, "tries": 0}
    return row | {"edition": rules.calendar.edition}
