"""What we do when one department asks another for its opinion."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.dossiers.consulting import CONSULTED
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ConsultationClosed, ConsultationOpened

Told = ConsultationOpened | ConsultationClosed


async def keep_consultations(tx: AsyncSession, heard: Sequence[Heard[Told]]) -> None:
    """Show the consulted department what it is to judge by, for as long as its opinion is wanted.

    Each event brings its own columns of the one row, whichever comes first.
    """
    for one in sorted(heard, key=lambda one: one.event.consultation):
        event = one.event
        known: dict[str, Any] = {
            "consultation": event.consultation,
            "approval": event.approval,
            "department": event.consulted,
        }
        said = _opened(event) if isinstance(event, ConsultationOpened) else _closed(event)
        new = upsert(CONSULTED).values(NOTHING | known | said)
        anew = new.on_conflict_do_update(index_elements=["consultation"], set_=said)
        await tx.execute(anew)


NOTHING: dict[str, Any] = {"fields": [], "evidence": [], "question": None, "closed": False}


def _opened(event: ConsultationOpened) -> dict[str, Any]:
    return {
        "fields": list(event.fields),
        "evidence": list(event.evidence),
        "question": event.question,
    }


def _closed(event: ConsultationClosed) -> dict[str, Any]:
    return {"closed": True, "opinion": event.opinion, "statement": event.statement}


REACTIONS: dict[Any, Reaction] = {
    ConsultationOpened: keep_consultations,
    ConsultationClosed: keep_consultations,
}
