"""Carry out what the rules of progress ask for: one application or a batch of them, in bulk.

An application's row is locked before its members are read, so answers that arrive at the same
moment take turns and exactly one of them is the last.
"""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import tables
from services.bundle.applications.cases import Case
from services.bundle.applications.notifying import notify
from services.bundle.applications.rules import Choice, MemberState, Outcome
from services.bundle.applications.tables import Member
from services.chassis import driver, outbox
from services.chassis.database import change, packed, table
from services.chassis.ticks import moment

APPLICATION = table(tables.Application)
MEMBER = table(Member)
# Of the application what its moves are about; the plan, the form and the like are large.
READ = """
    id, bundle, region, filer_account, principal_account, filer, holder, graph, gaps, gaps_look,
    subjects, acr, outcome, withdrawn, submitted_at, completed_at, correlation, version
"""
LOCK = f"""
    SELECT {READ} FROM application WHERE id = ANY($1::uuid[]) ORDER BY id
    FOR UPDATE
"""
MEMBERS = "SELECT * FROM member WHERE application = ANY($1::uuid[]) ORDER BY place"


async def load(tx: AsyncSession, applications: Iterable[UUID]) -> dict[UUID, Case]:
    """Lock applications, in id order so that no two transactions wait for each other."""
    wanted = sorted(set(applications))
    rows = [_row(one) for one in await driver.fetch(tx, LOCK, wanted)]
    members: dict[UUID, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for member in await driver.fetch(tx, MEMBERS, wanted):
        members[member["application"]].append(_member(member))
    now = moment(tx)
    return {row.id: Case.of(row, members[row.id], now) for row in rows}


def _row(record: Any) -> Any:
    row = SimpleNamespace(**record)
    row.outcome = Outcome(row.outcome) if row.outcome else None
    return row


def _member(record: Any) -> dict[str, Any]:
    own = dict(record)
    own["state"] = MemberState(own["state"])
    own["choice"] = Choice(own["choice"]) if own["choice"] else None
    return own


CHANGED = (
    "state",
    "issued",
    "choice",
    "reason_code",
    "result_number",
    "late",
    "department",
    "department_of",
    "due",
    "due_of",
    "receipt",
    "refusal",
    "delivery",
    "holds",
    "requested_at",
    "settled_at",
)
KEYS = ("application", "member")
ENDED = ("outcome", "withdrawn", "completed_at", "version")
CHANGE = f"""
    WITH members AS ({change(MEMBER, KEYS, CHANGED)})
    {change(APPLICATION, ("id",), ENDED, "$2")}
"""


async def store(tx: AsyncSession, cases: Iterable[Case]) -> None:
    """Write every change of a batch, and tell what follows from it."""
    moved = [case for case in cases if case.moved]
    if not moved:
        return
    touched = [case.members[name] for case in moved for name in sorted(case.touched)]
    members = [{name: own[name] for name in KEYS + CHANGED} for own in touched]
    applications = [_application(case) for case in moved]
    await driver.execute(tx, CHANGE, packed(members), packed(applications))
    facts = [fact for case in moved for fact in case.facts]
    await outbox.record_all(tx, [*facts, *await notify(tx, [case.told() for case in moved])])


def _application(case: Case) -> dict[str, Any]:
    completed_at = case.row.completed_at
    if case.progress.outcome and completed_at is None:
        completed_at = case.now
    return {
        "id": case.row.id,
        "outcome": case.progress.outcome,
        "withdrawn": case.progress.withdrawn,
        "completed_at": completed_at,
        "version": case.version,
    }
