"""What we note when cards are raised or change, and when approvals open, change hands or end.

Every row is keyed by its subject and takes what each event brings, so order does not matter; of a
card's changes, and of the departments of an approval, the newest holds.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import driver
from services.chassis.database import insert_all, packed, putting, update_all
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import (
    AcceptanceRefused,
    ApprovalDecided,
    ApprovalHandedOver,
    ApprovalOpened,
    ApprovalStopped,
    CardChanged,
    CardRaised,
)
from services.metrics.board.tables import CARD, PENDING

ABOUT = ("approval", "bundle", "item", "department", "opened_at")
# What changed hands before we heard that it had opened is there by its department alone.
NEW = putting(PENDING, ["approval"], ABOUT, ["bundle", "item", "opened_at"])
LIES = ("department", "department_of")
MOVE = (
    putting(PENDING, ["approval"], ("approval", *LIES), LIES)
    + " WHERE pending.department_of < excluded.department_of"
)
END = putting(PENDING, ["approval"], (*ABOUT, "ended_at"), ["ended_at"])
FIRST = ("card", "approval", "application", "department", "state", "level", "sequence")
NEW_CARD = insert_all(CARD, FIRST)
RAISED = ("bundle", "item", "rule", "colour", "person", "due_at", "raised_at")
RAISE = update_all(CARD, ["card"], RAISED)
CHANGE = text(
    "UPDATE raised_card SET state = r.state, level = r.level, sequence = r.sequence "
    "FROM jsonb_populate_recordset(NULL::raised_card, CAST(:rows AS jsonb)) AS r "
    "WHERE raised_card.card = r.card AND raised_card.sequence < r.sequence"
)


async def note_opened(tx: AsyncSession, heard: Sequence[Heard[Any]]) -> None:
    rows = {one.event.approval: _about(one.event) for one in heard}
    await driver.execute(tx, NEW, packed(_in_order(rows.values())))


async def note_moved(tx: AsyncSession, heard: Sequence[Heard[ApprovalHandedOver]]) -> None:
    """It is counted where it lies now; of several hand-overs in a batch the last counts."""
    rows = {
        one.event.approval: {
            "approval": one.event.approval,
            "department": one.event.department,
            "department_of": one.sequence,
        }
        for one in sorted(heard, key=lambda one: one.sequence)
    }
    await driver.execute(tx, MOVE, packed(_in_order(rows.values())))


async def note_decided(tx: AsyncSession, heard: Sequence[Heard[ApprovalDecided]]) -> None:
    await _end(tx, [(one.event, one.event.decided_at) for one in heard])


async def note_refused(tx: AsyncSession, heard: Sequence[Heard[AcceptanceRefused]]) -> None:
    await _end(tx, [(one.event, one.event.refused_at) for one in heard])


async def note_stopped(tx: AsyncSession, heard: Sequence[Heard[ApprovalStopped]]) -> None:
    await _end(tx, [(one.event, one.event.stopped_at) for one in heard])


async def _end(tx: AsyncSession, ended: Sequence[tuple[Any, Any]]) -> None:
    rows = {event.approval: _about(event) | {"ended_at": at} for event, at in ended}
    await driver.execute(tx, END, packed(_in_order(rows.values())))


def _about(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ABOUT}


def _in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["approval"]))


async def note_card(tx: AsyncSession, heard: Sequence[Heard[CardRaised]]) -> None:
    raised = {"state": "open", "level": "desk", "sequence": 1}
    rows = [one.event.model_dump() | raised for one in _by_card(heard)]
    await tx.execute(NEW_CARD, {"rows": packed(rows)})
    await tx.execute(RAISE, {"rows": packed(rows)})


async def note_change(tx: AsyncSession, heard: Sequence[Heard[CardChanged]]) -> None:
    """Of one card's changes in a batch the last counts."""
    newest = {one.event.card: one for one in sorted(heard, key=lambda one: one.sequence)}
    rows = [one.event.model_dump() | {"sequence": one.sequence} for one in newest.values()]
    ordered = sorted(rows, key=lambda row: str(row["card"]))
    await tx.execute(NEW_CARD, {"rows": packed(ordered)})
    await tx.execute(CHANGE, {"rows": packed(ordered)})


def _by_card(heard: Sequence[Heard[Any]]) -> list[Heard[Any]]:
    return sorted(heard, key=lambda one: str(one.event.card))


REACTIONS: dict[Any, Reaction] = {
    ApprovalOpened: note_opened,
    ApprovalHandedOver: note_moved,
    ApprovalDecided: note_decided,
    AcceptanceRefused: note_refused,
    ApprovalStopped: note_stopped,
    CardRaised: note_card,
    CardChanged: note_change,
}
