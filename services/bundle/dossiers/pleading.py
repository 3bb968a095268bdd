"""What a department writes to the bureau against a card (红黄牌申诉), and who reads it.

It speaks of a case, so it may name people: it lies here, sealed, and approval knows its digest.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.dossiers import rules
from services.bundle.dossiers.access import BUREAU, disclose
from services.bundle.dossiers.consulting import CONSULTED
from services.bundle.dossiers.gathering import MEMBER
from services.bundle.dossiers.supervising import SUPERVISED
from services.bundle.explanations import actions as explanations
from services.bundle.explanations.actions import EXPLANATION
from services.bundle.parties.sealing import Sealer
from services.bundle.points import actions as points
from services.chassis.identity import Principal


async def write(
    tx: AsyncSession,
    who: Principal,
    approval: UUID,
    text: str,
    gaps: Mapping[str, str],
    sealer: Sealer,
) -> str:
    """Answers the digest that the appeal names.  What is over can have been late as well: whoever
    answered, was asked or looked after it writes, without reading anything."""
    rules.check_explained(gaps, ())
    if points.of_point(who) and "inspector" not in who.roles:
        raise rules.DossierUnknown()
    if not await _concerned(tx, approval, who.department):
        raise rules.DossierUnknown(retry_after=1)
    written = {"text": text, "gaps": {}, "to": BUREAU}
    return await explanations.keep(tx, sealer, approval, str(who.department), written)


async def read(
    tx: AsyncSession, who: Principal, approval: UUID, digest: str, sealer: Sealer
) -> dict[str, Any]:
    """To its author's department and to the bureau.  What was written to somebody else is as absent
    here as what was never written."""
    same = EXPLANATION.c.approval == approval, EXPLANATION.c.digest == digest
    found = select(EXPLANATION).where(*same)
    if BUREAU not in who.roles:
        found = found.where(EXPLANATION.c.department == who.department)
    row = (await tx.execute(found)).first()
    opened = await explanations.opened(tx, sealer, [(approval, digest)]) if row else {}
    written = opened.get((approval, digest), {})
    if row is None or written.get("to") != BUREAU:
        raise rules.PleaUnknown()
    await disclose(tx, who, row, "plea", supervising=True)
    return {"department": row.department, "text": written["text"], "stored_at": row.stored_at}


async def _concerned(tx: AsyncSession, approval: UUID, department: str | None) -> bool:
    answered = exists().where(
        MEMBER.c.approval == approval,
        MEMBER.c.department == department,
        MEMBER.c.requested_at.is_not(None),
    )
    asked = exists().where(CONSULTED.c.approval == approval, CONSULTED.c.department == department)
    regulates = SUPERVISED.c.approval == approval, SUPERVISED.c.regulator == department
    found = await tx.scalar(select(or_(answered, asked, exists().where(*regulates))))
    return bool(found)
