"""Who sits at a desk: the department's own people, or those of a point with a right to the item."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.catalogue import actions as catalogue
from services.approval.catalogue import rules as handed_down
from services.approval.catalogue.rules import Right
from services.approval.desk import rules, succeeding
from services.approval.desk.actions import APPROVAL, SHANGHAI
from services.approval.desk.rules import Seat
from services.chassis.identity import Principal

DEPARTMENTS_OWN = frozenset({"officer", "partner"})


def of_point(who: Principal) -> bool:
    """Whether they come as a point's people: a clerk's token may name a department besides."""
    return not DEPARTMENTS_OWN & who.roles


async def take(
    tx: AsyncSession, who: Principal, approval: UUID, right: Right, now: datetime
) -> Seat:
    """The caller's seat at an approval, for what `right` is for.

    A department's people need no right.  A point's need one in force today, over an approval that
    its applicant wants handled there: without any, the approval is as absent as none.  It is kept
    locked, so that a right that is withdrawn meanwhile was used before or is used no more.
    """
    if not of_point(who):
        assert who.department is not None, "Allow lets no officer without a department in"
        return Seat(who.department, who.sub)
    await succeeding.hold(tx, approval)  # before the approval: see there
    own = [APPROVAL.c.id == approval, APPROVAL.c.point == who.point, APPROVAL.c.item != ""]
    row = (await tx.execute(select(APPROVAL).where(*own).with_for_update())).first()
    if row is None or who.point is None:
        raise rules.ApprovalUnknown(retry_after=1)
    today = day(now)
    held = await catalogue.rights(tx, who.point, row.item, row.department, row.situations, today)
    if not held:
        raise rules.ApprovalUnknown(retry_after=1)
    used = handed_down.used(held, right)
    return Seat(row.department, who.sub, who.point, used.mode)


def visible(who: Principal, now: datetime) -> ColumnElement[bool]:
    """The approvals that the caller may see: their department's, or those that their point has a
    right over today."""
    if not of_point(who):
        return APPROVAL.c.department == who.department
    here = APPROVAL.c.point == who.point
    return and_(here, catalogue.holds_any(who.point or "", APPROVAL.c, day(now)))


async def check_visible(tx: AsyncSession, who: Principal, approval: UUID, now: datetime) -> None:
    """Raise where it is somebody else's, or none, for whoever reads about it."""
    found = select(APPROVAL.c.id).where(APPROVAL.c.id == approval, APPROVAL.c.item != "")
    if (await tx.execute(found.where(visible(who, now)))).first() is None:
        raise rules.ApprovalUnknown(retry_after=1)


def day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
