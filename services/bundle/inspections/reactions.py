"""What we do when a regulator speaks: keep whose duty it is, and tell the holder."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.dossiers.supervising import SUPERVISED, copied
from services.bundle.inspections.actions import INSPECTED
from services.bundle.notices.actions import Telling, tell
from services.bundle.wallet.uploads import show
from services.chassis import outbox
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import (
    EndingProposed,
    SupervisionAssigned,
    SupervisionClosed,
    SupervisionFound,
    SupervisionOpened,
)

Told = (
    SupervisionOpened | SupervisionAssigned | SupervisionFound | EndingProposed | SupervisionClosed
)
NOTICES = {"pass": "inspection_passed", "rectify": "rectify"}
"""What the holder is told of a finding; of a failed check, the proposal that follows."""


async def keep_duties(tx: AsyncSession, heard: Sequence[Heard[Told]]) -> None:
    """Each event brings the duty as it then was; the newest counts, in whatever order they come."""
    for one in sorted(heard, key=lambda one: (one.event.supervision, one.sequence)):
        newest = await _keep(tx, one.event, one.sequence)
        if isinstance(one.event, SupervisionFound):
            await _keep_finding(tx, one.event, one.correlation, newest)
        elif isinstance(one.event, EndingProposed) and not one.event.withdrawn and newest:
            facts = {"reason_codes": [one.event.reason_code]}
            await _notify(tx, one.event, one.correlation, "ending_proposed", facts)


async def _keep(tx: AsyncSession, event: Told, sequence: int) -> bool:
    """False where something newer was heard before."""
    proposed = isinstance(event, EndingProposed) and not event.withdrawn
    if isinstance(event, SupervisionFound):
        proposed = event.verdict == "fail"
    row = copied(event, sequence, proposed=proposed, over=isinstance(event, SupervisionClosed))
    new = upsert(SUPERVISED).values(row)
    newer: dict[str, Any] = {
        name: new.excluded[name] for name in ("regulator", "proposed", "over", "sequence")
    }
    # One change may be told by two events: of the same sequence, what follows from both holds.
    newer["proposed"] = new.excluded.proposed | (
        (SUPERVISED.c.sequence == new.excluded.sequence) & SUPERVISED.c.proposed
    )
    newer["over"] = SUPERVISED.c.over | new.excluded.over
    anew = new.on_conflict_do_update(
        index_elements=["supervision"],
        set_=newer,
        where=SUPERVISED.c.sequence <= new.excluded.sequence,
    )
    return (await tx.execute(anew.returning(SUPERVISED.c.over))).first() is not None


async def _keep_finding(
    tx: AsyncSession, event: SupervisionFound, correlation: str | None, newest: bool
) -> None:
    row = {
        "finding": event.finding,
        "supervision": event.supervision,
        "approval": event.approval,
        "application": event.application,
        "verdict": event.verdict,
        "reason_codes": list(event.reason_codes),
        "uploads": [str(one) for one in event.exhibits],
        "explanation": event.explanation,
        "until": event.until,
        "found_at": event.found_at,
    }
    new = upsert(INSPECTED).values(row).on_conflict_do_nothing()
    if (await tx.execute(new.returning(INSPECTED.c.finding))).first() is None:
        return
    await show(tx, event.approval, event.exhibits, event.supervision)
    if event.verdict in NOTICES and newest:
        facts = {"reason_codes": list(event.reason_codes), "explanation": event.explanation}
        facts |= {"until": event.until.isoformat() if event.until else None}
        await _notify(tx, event, correlation, NOTICES[event.verdict], facts)


async def _notify(
    tx: AsyncSession, event: Any, correlation: str | None, kind: str, facts: Mapping[str, Any]
) -> None:
    whom = select(APPLICATION.c.principal_account, APPLICATION.c.filer_account, MEMBER)
    whom = whom.join(MEMBER, MEMBER.c.application == APPLICATION.c.id)
    row = (await tx.execute(whom.where(MEMBER.c.approval == event.approval))).first()
    if row is None:
        return
    accounts = [one for one in (row.principal_account, row.filer_account) if one]
    about = {"approval": str(event.approval), "supervision": str(event.supervision), **facts}
    told = (event.application, row.holder, kind, about, row.member, correlation)
    await outbox.record_all(tx, await tell(tx, Telling(accounts, *told)))


REACTIONS: dict[Any, Reaction] = {
    kind: keep_duties
    for kind in (
        SupervisionOpened,
        SupervisionAssigned,
        SupervisionFound,
        EndingProposed,
        SupervisionClosed,
    )
}
