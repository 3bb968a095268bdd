"""What applicants do with an application: withdraw, choose, hand in later what was deferred."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves, rules
from services.bundle.applications.cases import Case
from services.bundle.applications.moves import APPLICATION
from services.bundle.applications.rules import MemberState
from services.bundle.parties.actions import MANDATE
from services.bundle.wallet import actions as wallet
from services.chassis import outbox
from services.chassis.errors import NotFound
from services.chassis.identity import Principal
from services.chassis.ticks import moment
from services.contracts import ApplicationWithdrawn


class ApplicationUnknown(NotFound):
    """There is no such application, or it is not yours."""

    zh = "没有这个办件，或它与您无关。"


async def withdraw(tx: AsyncSession, who: Principal, application: UUID) -> None:
    """Take the whole application back.  What is decided stays decided."""
    case = await _mine(tx, who, application)
    _withdraw(case, rules.withdraw_all(case.graph, case.progress), whole=True)
    await moves.store(tx, [case])


async def withdraw_member(tx: AsyncSession, who: Principal, application: UUID, member: str) -> None:
    """Take one member back, as long as it is not decided."""
    case = await _mine(tx, who, application)
    _withdraw(case, rules.withdraw_member(case.graph, case.progress, member), whole=False)
    await moves.store(tx, [case])


def _withdraw(case: Case, step: rules.Step, whole: bool) -> None:
    taken_back = [
        m for m in step.changed if step.progress.members[m].state is MemberState.WITHDRAWN
    ]
    if taken_back or step.outcome:
        told = ApplicationWithdrawn(
            application=case.row.id, bundle=case.row.bundle, members=tuple(taken_back), whole=whole
        )
        case.facts.append((told, case.version, case.correlation))
    case.take(step)


async def choose(
    tx: AsyncSession, who: Principal, application: UUID, member: str, choice: str
) -> None:
    """After a refusal that asks: go on with the others, or stop them."""
    case = await _mine(tx, who, application)
    case.take(rules.choose(case.graph, case.progress, member, choice))
    await moves.store(tx, [case])


async def complete(
    tx: AsyncSession,
    who: Principal,
    application: UUID,
    material: str,
    uploads: Sequence[UUID],
    now: datetime,
) -> None:
    """Bring what the filing left for later; it reaches the wallet and the dossiers at once.

    After its day it is still taken: what lateness means is for the desk to say.
    """
    await find(tx, who, application)
    case = (await moves.load(tx, [application]))[application]
    whole = select(APPLICATION.c.plan, APPLICATION.c.materials, APPLICATION.c.parties)
    filed = (await tx.execute(whole.where(APPLICATION.c.id == application))).one()
    given = [str(one) for one in uploads]
    if filed.materials.get(material) == given:
        return
    asks = {name: own["ask"] for name, own in case.members.items()}
    waiting = [name for name in case.members if waits(case, name)]
    asked = rules.check_late(filed.plan, case.row.gaps, waiting, asks, material)

    parties = {role: UUID(party) for role, party in filed.parties.items()}
    rest = (parties, case.row.subjects, who.sub, case.row.filer)
    await wallet.check_uploads(tx, {"/uploads": uploads}, who.sub)
    await wallet.hand_in(tx, application, {"materials": [asked]}, {material: uploads}, *rest)
    came = {**case.row.gaps[material], "came_at": now.isoformat()}
    values = {
        "materials": {**filed.materials, material: given},
        "gaps": {**case.row.gaps, material: came},
        "version": case.version,
    }
    await tx.execute(update(APPLICATION).where(APPLICATION.c.id == application).values(values))
    for name in rules.still_asking(asked, asks):
        if name in waiting and case.members[name]["requested_at"]:
            case.amended(name, "deferral", evidence=[material])
    await outbox.record_all(tx, case.facts)


def waits(case: Case, member: str) -> bool:
    """Whether a material that comes now still serves it: for its decision, or for its result."""
    standing = case.progress.members[member]
    to_issue = standing.state is MemberState.GRANTED and not standing.issued
    issues = bool(case.members[member]["ask"]["issues"])
    return standing.state in rules.UNDECIDED or (to_issue and issues)


async def _mine(tx: AsyncSession, who: Principal, application: UUID) -> Case:
    await find(tx, who, application)
    return (await moves.load(tx, [application]))[application]


async def find(tx: AsyncSession, who: Principal, application: UUID) -> Row[Any]:
    """The caller's application; another's is as absent as none."""
    found = select(APPLICATION).where(APPLICATION.c.id == application, visible_to(who, moment(tx)))
    row = (await tx.execute(found)).first()
    if row is None:
        raise ApplicationUnknown()
    return row


def visible_to(who: Principal, now: datetime) -> ColumnElement[bool]:
    """The filer's own, an agent's as long as its mandate is in force, and the principal's."""
    in_force = (
        select(MANDATE.c.id)
        .where(
            MANDATE.c.id == APPLICATION.c.mandate,
            MANDATE.c.revoked_at.is_(None),
            MANDATE.c.valid_until > now,
        )
        .exists()
    )
    filed = and_(
        APPLICATION.c.filer_account == who.sub, or_(APPLICATION.c.mandate.is_(None), in_force)
    )
    return or_(filed, APPLICATION.c.principal_account == who.sub)
