"""What we note of approvals that service points have in hand.

Every row is keyed by its approval and takes what each event brings, so order does not matter.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import driver
from services.chassis.database import insert_all, insertion, packed, update_all
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import (
    AcceptanceRefused,
    ApprovalAccepted,
    ApprovalDecided,
    CardChanged,
    CardRaised,
    CorrectionRequested,
)
from services.metrics.delegated.tables import POINT_CASE, RETURNED, TOUCHED

NEW = insert_all(POINT_CASE, ["approval", "item"])
ACCEPTED = update_all(POINT_CASE, ["approval"], ["accepted_point", "unaccepted"])
DECIDED = update_all(POINT_CASE, ["approval"], ["decided_point"])
RETURN = insert_all(RETURNED, ["approval"])
TOUCH = insertion(TOUCHED, ["approval"])


async def note_accepted(tx: AsyncSession, heard: Sequence[Heard[ApprovalAccepted]]) -> None:
    rows = [
        _row(one.event) | {"accepted_point": one.event.point, "unaccepted": False}
        for one in heard
        if one.event.point and one.event.item
    ]
    await _note(tx, rows, ACCEPTED)


async def note_unaccepted(tx: AsyncSession, heard: Sequence[Heard[AcceptanceRefused]]) -> None:
    rows = [
        _row(one.event) | {"accepted_point": one.event.point, "unaccepted": True}
        for one in heard
        if one.event.point
    ]
    await _note(tx, rows, ACCEPTED)


async def note_decided(tx: AsyncSession, heard: Sequence[Heard[ApprovalDecided]]) -> None:
    """Whoever decided it: a window may have accepted it."""
    rows = [
        _row(one.event) | {"decided_point": one.event.point} for one in heard if one.event.point
    ]
    await _note(tx, rows, DECIDED)
    await _touch(tx, (one.event.approval for one in heard if not one.event.point))


async def note_returned(tx: AsyncSession, heard: Sequence[Heard[CorrectionRequested]]) -> None:
    ordered = sorted({str(one.event.approval) for one in heard})
    await tx.execute(RETURN, {"rows": packed([{"approval": one} for one in ordered])})
    await _touch(tx, (one.event.approval for one in heard))


async def note_card(
    tx: AsyncSession, heard: Sequence[Heard[CardRaised] | Heard[CardChanged]]
) -> None:
    """The board keeps the card; a lifted one is none."""
    await _touch(tx, (one.event.approval for one in heard))


def _row(event: Any) -> dict[str, Any]:
    return {"approval": event.approval, "item": event.item}


async def _note(tx: AsyncSession, rows: list[dict[str, Any]], change: Any) -> None:
    if rows:
        ordered = sorted(rows, key=lambda row: str(row["approval"]))
        await tx.execute(NEW, {"rows": packed(ordered)})
        await tx.execute(change, {"rows": packed(ordered)})
        await _touch(tx, (row["approval"] for row in ordered))


async def _touch(tx: AsyncSession, approvals: Iterable[UUID]) -> None:
    rows = [{"approval": one} for one in sorted(set(approvals))]
    if rows:
        await driver.execute(tx, TOUCH, packed(rows))


REACTIONS: dict[Any, Reaction] = {
    ApprovalAccepted: note_accepted,
    AcceptanceRefused: note_unaccepted,
    ApprovalDecided: note_decided,
    CorrectionRequested: note_returned,
    CardRaised: note_card,
    CardChanged: note_card,
}
