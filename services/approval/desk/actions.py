"""What an authority does with an approval: decide and issue.

The same functions serve the desk (REST) and the departments' own systems (NATS).  They are
the hot path, so they are plain statements on one locked row: through the ORM they would cost about
three times as much (docs/decisions).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import uuid_utils.compat
from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import actions as audit
from services.approval.audit import rules as acts
from services.approval.catalogue.rules import in_own_name
from services.approval.desk import rules, succeeding
from services.approval.desk.rules import Acceptor, Seat, State
from services.approval.desk.tables import Approval, Flag, Result, Spared
from services.approval.proposals import actions as proposals
from services.approval.proposals.rules import NoProposalNeeded, Proposal
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.reading import check_match
from services.chassis.ticks import moment
from services.contracts import (
    ApprovalAccepted,
    ApprovalDecided,
    Duration,
    Event,
    PartnerApprovalDecided,
    ResultIssued,
    ResultStatement,
)

APPROVAL = table(Approval)
RESULT = table(Result)
FLAG = table(Flag)
SPARED = table(Spared)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = "system:"
"""Begins the name of a department's own system, which keeps its own four eyes."""
RULE = "rule:"
"""Begins the name of an item's rule, which answers at once."""
LAW = "law"
"""Whose act silence is."""


async def propose(
    tx: AsyncSession,
    approval: UUID,
    department: str,
    verdict: State,
    reason_code: str | None,
    by: str,
) -> Row[Any]:
    """Say what another officer of the department should decide; a later proposal replaces it."""
    row = await locked(tx, approval, department, by)
    if not row.four_eyes:
        raise NoProposalNeeded()
    rules.check_decision(row.state, verdict, reason_code, bool(row.issues), False)
    proposal = Proposal(verdict.value, reason_code, by)
    await proposals.note(tx, approval, proposal, moment(tx))
    return row


async def decide(
    tx: AsyncSession,
    approval: UUID,
    seat: Seat,
    verdict: State,
    reason_code: str | None,
    result: ResultStatement | None,
    if_match: str | None = None,
    explanation: str | None = None,
) -> Row[Any]:
    """Record the authority's one answer and, if it comes along, the result that it issues."""
    earlier = await succeeding.hold(tx, approval) if result else None
    row, by = await locked(tx, approval, seat.department), seat.by
    if not row.four_eyes:  # there, another than whoever works on it decides
        rules.check_claim(row.claimed_by if row.state in rules.OPEN else None, by)
    rules.check_decision(row.state, verdict, reason_code, bool(row.issues), bool(result))
    rules.check_gaps(row.deferred, row.issues_with_gaps, verdict, bool(result))
    check_match(if_match, row.version)
    proposed_by = None
    if row.four_eyes and not by.startswith(SYSTEM):
        proposed_by = await proposals.seconded(tx, approval, verdict.value, reason_code, by)
    said = verdict, reason_code, result, explanation
    return await enter(tx, row, seat, *said, proposed_by, earlier)


async def enter(
    tx: AsyncSession,
    row: Row[Any],
    seat: Seat,
    verdict: State,
    reason_code: str | None = None,
    result: ResultStatement | None = None,
    explanation: str | None = None,
    proposed_by: str | None = None,
    earlier: Row[Any] | None = None,
) -> Row[Any]:
    """Write the one answer of a locked approval down, and tell.  `earlier`: the result that this
    one replaces, held."""
    now = moment(tx)
    row = await change(
        tx,
        row,
        state=verdict,
        reason_code=reason_code,
        explanation=explanation,
        decided_at=now,
        decided_by=seat.by,
        decided_point=seat.point,
        decided_mode=seat.mode,
        issued_at=now if result else None,
    )
    told: list[Event] = [decision(row)]
    values = None
    if result:
        values = await _issue(tx, row, result, now, earlier)
        told.append(issuance(row, values))
    if by_others(row.department, seat.by, tx.info["partners"]):
        told.append(to_partner(row))
    await audit.enter(tx, row.id, acts.decided(row, values, proposed_by) | seat.signs())
    await outbox.record(tx, *told, version=row.version, correlation=row.correlation or None)
    return row


async def issue(tx: AsyncSession, approval: UUID, seat: Seat, result: ResultStatement) -> Row[Any]:
    """Issue the result of an earlier grant (制证)."""
    earlier = await succeeding.hold(tx, approval)
    row = await locked(tx, approval, seat.department)
    rules.check_issue(row.state, bool(row.issues), row.issued_at is not None)
    rules.check_gaps(row.deferred, row.issues_with_gaps, State.GRANTED, True)

    now = moment(tx)
    row = await change(tx, row, issued_at=now)
    values = await _issue(tx, row, result, now, earlier)
    await audit.enter(tx, row.id, acts.issued(row, seat.by, values) | seat.signs())
    told = issuance(row, values)
    await outbox.record(tx, told, version=row.version, correlation=row.correlation or None)
    return row


async def locked(
    tx: AsyncSession, approval: UUID, department: str, by: str | None = None
) -> Row[Any]:
    """The department's approval, locked.  Another department's is as absent as none: its request
    may also still be on the way to us, hence Retry-After.  `by`: who is about to change it; what a
    colleague works on is left alone."""
    found = select(APPROVAL).where(APPROVAL.c.id == approval, APPROVAL.c.department == department)
    row = (await tx.execute(found.with_for_update())).first()
    if row is None or not row.item:
        raise rules.ApprovalUnknown(retry_after=1)
    if row.state in rules.OPEN:
        rules.check_claim(row.claimed_by, by)
    return row


async def check_own(tx: AsyncSession, approval: UUID, department: str) -> None:
    """Raise where it is another department's, or none, for whoever reads about it."""
    own = [APPROVAL.c.id == approval, APPROVAL.c.department == department, APPROVAL.c.item != ""]
    if (await tx.execute(select(APPROVAL.c.id).where(*own))).first() is None:
        raise rules.ApprovalUnknown(retry_after=1)


async def any_locked(tx: AsyncSession, approval: UUID) -> Row[Any] | None:
    """The approval, locked, whoever's it is: for what other services say."""
    found = select(APPROVAL).where(APPROVAL.c.id == approval).with_for_update()
    row = (await tx.execute(found)).first()
    return row if row is not None and row.item else None


async def change(tx: AsyncSession, row: Row[Any], **values: Any) -> Row[Any]:
    """The locked row with these values, one version on."""
    changed = update(APPROVAL).where(APPROVAL.c.id == row.id).values(version=row.version + 1)
    after: Row[Any] = (await tx.execute(changed.values(**values).returning(APPROVAL))).one()
    return after


async def _issue(
    tx: AsyncSession,
    row: Row[Any],
    result: ResultStatement,
    now: datetime,
    earlier: Row[Any] | None,
) -> dict[str, Any]:
    values = issued_values(row, result, now, earlier)
    told = await succeeding.replace(tx, row, earlier, values, now.astimezone(SHANGHAI).date())
    made = upsert(RESULT).values(values).on_conflict_do_nothing().returning(RESULT.c.number)
    if (await tx.execute(made)).first() is None:
        raise rules.NumberTaken()  # without the number: it may be a person's
    return values | told


def issued_values(
    row: Any, result: ResultStatement, now: datetime, earlier: Row[Any] | None = None
) -> dict[str, Any]:
    """The result's row."""
    start, end = succeeding.stated(row, earlier, result, now.astimezone(SHANGHAI).date())
    rules.check_number(result.issuer_number)
    rules.check_validity(start, end)
    return {
        "number": drawn("OV", now),
        "approval": row.id,
        "evidence": row.issues,
        "department": row.department,
        "issuer_number": result.issuer_number,
        "digest": result.digest,
        "valid_from": start,
        "valid_until": end,
        "issued_at": now,
    }


def issuance(row: Any, values: Mapping[str, Any]) -> ResultIssued:
    return ResultIssued(
        application=row.application,
        member=row.member,
        item=row.item,
        verification_code=rules.code(values["number"], values["digest"]),
        authority=in_own_name(row.decided_point, row.decided_mode),
        **values,
    )


def drawn(kind: str, now: datetime) -> str:
    """A number of ours: its kind, the day, and fifty bits nobody can count up to."""
    lot = uuid_utils.compat.uuid4().int & ((1 << 50) - 1)
    return f"{kind}{now.astimezone(SHANGHAI):%Y%m%d}-{lot:013X}"


def acceptance(row: Row[Any], due: datetime | None) -> ApprovalAccepted:
    return ApprovalAccepted(
        approval=row.id,
        application=row.application,
        member=row.member,
        department=row.department,
        accepted_at=row.accepted_at,
        due=due,
        by=row.acceptor or Acceptor.AUTOMATIC,
        receipt=row.receipt,
        deferred=[one["evidence"] for one in row.deferred],
        point=row.accepted_point,
        item=row.item,
    )


def decision(row: Any) -> ApprovalDecided:
    return ApprovalDecided(
        approval=row.id,
        application=row.application,
        bundle=row.bundle,
        member=row.member,
        item=row.item,
        department=row.department,
        verdict=row.state.value,
        reason_code=row.reason_code,
        opened_at=row.opened_at,
        accepted_at=row.accepted_at,
        decided_at=row.decided_at,
        promise=Duration(**row.promise),
        issues=row.issues,
        explanation=row.explanation,
        point=row.decided_point,
        mode=row.decided_mode,
    )


def by_others(department: str, by: str | None, partners: Collection[str]) -> bool:
    """Whether a partner's own system has to be told, as it did not say so itself."""
    return department in partners and by != f"{SYSTEM}{department}"


def to_partner(row: Any) -> PartnerApprovalDecided:
    by = "law" if row.decided_by == LAW else "desk"
    return PartnerApprovalDecided(
        approval=row.id,
        application=row.application,
        department=row.department,
        item=row.item,
        verdict=row.state.value,
        reason_code=row.reason_code,
        by="rule" if row.decided_by.startswith(RULE) else by,
        issued=row.issued_at is not None,
        decided_at=row.decided_at,
    )
