"""What we do when what a desk reads has changed."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock import actions as clock
from services.approval.clock.timekeeping import Timekeeper
from services.approval.corrections import actions
from services.approval.desk import actions as desk
from services.approval.desk import hearing
from services.approval.desk.rules import OPEN, State, still_deferred
from services.chassis import outbox
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import DossierAmended, PartnerDossierAmended


def reactions(partners: Collection[str], time: Timekeeper) -> Mapping[Any, Reaction]:
    """`partners`: the departments whose own systems are told on their own streams."""

    async def note_amended(tx: AsyncSession, heard: Sequence[Heard[DossierAmended]]) -> None:
        """An answered correction lets the approval go on; of any other change the desk is told by
        a new version: a decision made on the older reading no longer matches."""
        for one in sorted(heard, key=lambda one: one.event.approval):
            if one.event.because == "deferral":
                await hearing.take_turns(tx, [one.event.approval])
            row = await desk.any_locked(tx, one.event.approval)
            if row is None:
                await hearing.supply(tx, one.event.approval, one.event.evidence)
            if row is None or not _concerns(row, one.event):
                continue
            row = await _amended(tx, time, row, one.event)
            if row.department in partners:
                told = _telling(row, one.event, await clock.due(tx, time, row))
                await outbox.record(tx, told, version=row.version, correlation=one.correlation)

    return {DossierAmended: note_amended}


def _concerns(row: Row[Any], event: DossierAmended) -> bool:
    """What is over is not amended; but a grant may still wait for what was left for later."""
    closes = still_deferred(row.deferred, event.evidence) != row.deferred
    return row.state in OPEN or (row.state is State.GRANTED and closes)


async def _amended(
    tx: AsyncSession, time: Timekeeper, row: Row[Any], event: DossierAmended
) -> Row[Any]:
    left = still_deferred(row.deferred, event.evidence)
    if event.because != "correction" or row.state is not State.CORRECTING:
        return await desk.change(tx, row, deferred=left)
    if left != row.deferred:
        row = await desk.change(tx, row, deferred=left)
    return await actions.answered(tx, time, row, event.amended_at, event.unknown)


def _telling(row: Row[Any], event: DossierAmended, due: Any) -> PartnerDossierAmended:
    return PartnerDossierAmended(
        approval=row.id,
        application=row.application,
        department=row.department,
        because=event.because,
        fields=event.fields,
        evidence=event.evidence,
        unknown=event.unknown,
        accepted=row.accepted_at is not None,
        due=due,
    )
