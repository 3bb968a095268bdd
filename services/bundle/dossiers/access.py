"""Whose dossier it is: the department's that answers, and a point's people with a right over it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.rules import AT_A_DESK, MemberState, Verdict
from services.bundle.applications.tables import Application
from services.bundle.dossiers import consulting, rules
from services.bundle.dossiers.gathering import MEMBER
from services.bundle.dossiers.tables import Disclosure
from services.bundle.points import actions as points
from services.chassis.database import table
from services.chassis.identity import Principal

APPLICATION = table(Application)
DISCLOSURE = table(Disclosure)
BUREAU = "bureau"
"""Stands for a department where the approval bureau reads: its people have none."""

# A desk reads a dossier once it was asked, and no longer when the applicant took it back.  A stop
# may cross the desk's acceptance, of which we hear later: then it still owes its decision.
READABLE = (
    MemberState.REQUESTED,
    MemberState.ACCEPTED,
    MemberState.GRANTED,
    MemberState.REFUSED,
    MemberState.CANCELLED,
)


async def mine(
    tx: AsyncSession,
    who: Principal,
    approval: UUID,
    now: datetime,
    issuing: bool = False,
    right: str | None = None,
) -> tuple[Row[Any], Row[Any]]:
    """The member and application behind an approval of the caller's own department, or over which
    their service point has a right today: this one, where one is named.

    Nobody reads on after a withdrawal; a grant that crossed it still issues its result.
    """
    row = await _own(tx, who, approval, now, right)
    if row is None or row.state is MemberState.WAITING:
        raise rules.DossierUnknown(retry_after=1)  # it may be about to be requested
    stands = issuing and row.late == Verdict.GRANTED
    if row.requested_at is None or not (row.state in READABLE or stands):
        raise rules.DossierUnknown()
    application = select(APPLICATION).where(APPLICATION.c.id == row.application)
    return row, (await tx.execute(application)).one()


async def _own(
    tx: AsyncSession, who: Principal, approval: UUID, now: datetime, right: str | None
) -> Row[Any] | None:
    found = select(MEMBER).where(MEMBER.c.approval == approval)
    if not points.of_point(who):
        return (await tx.execute(found.where(MEMBER.c.department == who.department))).first()
    here = MEMBER.c.ask["point"].astext == who.point
    row = (await tx.execute(found.where(here))).first()
    if row is None or who.point is None or "clerk" not in who.roles:
        return None
    covers = (row.ask["item"], row.department, row.ask.get("situations", ()), now)
    rights = await points.held(tx, who.point, *covers)
    return row if (right in rights if right else rights) else None


async def shown(
    tx: AsyncSession, who: Principal, approval: UUID, now: datetime, issuing: bool = False
) -> tuple[Row[Any], Row[Any], Row[Any] | None]:
    """The member and application, and where the caller's department is not the one that answers,
    what it was asked: then it sees no more than that, while the others are at work on it."""
    try:
        return *await mine(tx, who, approval, now, issuing), None
    except rules.DossierUnknown:
        asked = None if points.of_point(who) else await consulting.asked(tx, who, approval)
        if asked is None:
            raise
    row = (await tx.execute(select(MEMBER).where(MEMBER.c.approval == approval))).first()
    if row is None or row.state not in AT_A_DESK:
        raise rules.DossierUnknown()
    application = select(APPLICATION).where(APPLICATION.c.id == row.application)
    return row, (await tx.execute(application)).one(), asked


async def disclose(
    tx: AsyncSession, who: Principal, row: Row[Any], what: str, supervising: bool = False
) -> None:
    """Write down who saw what: of which department, or at which point.

    `supervising`: it is read for a department, by whoever inspects for it, too.
    """
    here = points.of_point(who) and not supervising
    seen = {
        "id": uuid_utils.compat.uuid7(),
        "approval": row.approval,
        "department": row.department if here else who.department or BUREAU,
        "point": who.point if here else None,
        "account": who.sub,
        "what": what,
    }
    await tx.execute(insert(DISCLOSURE).values(seen))
