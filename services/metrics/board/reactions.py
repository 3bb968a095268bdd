"""What we note when cards are raised or change, and when approvals open or end.

Every row is keyed by its subject and takes what each event brings, so order does not matter; of a
card's changes the newest holds.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.database import insert_all, packed, update_all
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import (
    AcceptanceRefused,
    ApprovalDecided,
    ApprovalOpened,
    ApprovalStopped,
    CardChanged,
    CardRaised,
)
from services.metrics.board.tables import CARD, PENDING

ABOUT = ("approval", "bundle", "item", "department", "opened_at")
NEW = insert_all(PENDING, ABOUT)
END = update_all(PENDING, ["approval"], ["ended_at"])
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
    await _note(tx, [one.event for one in heard])


async def note_decided(tx: AsyncSession, heard: Sequence[Heard[ApprovalDecided]]) -> None:
    await _end(tx, [(one.event, one.event.decided_at) for one in heard])


async def note_refused(tx: AsyncSession, heard: Sequence[Heard[AcceptanceRefused]]) -> None:
    await _end(tx, [(one.event, one.event.refused_at) for one in heard])


async def note_stopped(tx: AsyncSession, heard: Sequence[Heard[ApprovalStopped]]) -> None:
    await _end(tx, [(one.event, one.event.stopped_at) for one in heard])


async def _end(tx: AsyncSession, ended: Sequence[tuple[Any, Any]]) -> None:
    await _note(tx, [event for event, _ in ended])
    rows = [{"approval": event.approval, "ended_at": at} for event, at in ended]
    await tx.execute(END, {"rows": packed(rows)})


async def _note(tx: AsyncSession, events: Sequence[Any]) -> None:
    ordered = sorted(events, key=lambda event: str(event.approval))
    rows = [{name: getattr(event, name) for name in ABOUT} for event in ordered]
    await tx.execute(NEW, {"rows": packed(rows)})


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
    ApprovalDecided: note_decided,
    AcceptanceRefused: note_refused,
    ApprovalStopped: note_stopped,
    CardRaised: note_card,
    CardChanged: note_change,
}
