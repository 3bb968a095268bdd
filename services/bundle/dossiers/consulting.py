"""What a department is shown that was asked for its opinion, and what it said."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.dossiers.tables import Consulted
from services.bundle.explanations import actions as explanations
from services.bundle.parties.sealing import Sealer
from services.chassis.database import table
from services.chassis.identity import Principal

CONSULTED = table(Consulted)


async def asked(tx: AsyncSession, who: Principal, approval: UUID) -> Row[Any] | None:
    """The opinion that the caller's department still owes about this approval."""
    owed = [
        CONSULTED.c.approval == approval,
        CONSULTED.c.department == who.department,
        CONSULTED.c.closed.is_(False),
    ]
    found = select(CONSULTED).where(*owed).order_by(CONSULTED.c.consultation)
    return (await tx.execute(found)).first()


async def opinions(tx: AsyncSession, approval: UUID, sealer: Sealer) -> list[dict[str, Any]]:
    """What others said, for the desk that asked them."""
    given = CONSULTED.c.approval == approval, CONSULTED.c.opinion.is_not(None)
    found = select(CONSULTED).where(*given).order_by(CONSULTED.c.consultation)
    rows: Sequence[Row[Any]] = (await tx.execute(found)).all()
    wanted = [(row.approval, row.statement) for row in rows if row.statement]
    written = await explanations.opened(tx, sealer, wanted)
    return [
        {
            "consultation": row.consultation,
            "department": row.department,
            "opinion": row.opinion,
            "statement": _text(written.get((row.approval, row.statement))),
        }
        for row in rows
    ]


async def question(tx: AsyncSession, asked: Row[Any], sealer: Sealer) -> str | None:
    if asked.question is None:
        return None
    key = (asked.approval, asked.question)
    return _text((await explanations.opened(tx, sealer, [key])).get(key))


def _text(written: dict[str, Any] | None) -> str | None:
    return str(written["text"]) if written else None
