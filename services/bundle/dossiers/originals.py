"""The original of an upload, seen at a window."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.dossiers import rules
from services.bundle.dossiers.access import disclose, mine
from services.bundle.dossiers.actions import dossier_of
from services.bundle.dossiers.gathering import files_of
from services.bundle.points import actions as points
from services.bundle.wallet.actions import EVIDENCE
from services.chassis.identity import Principal


async def check(
    tx: AsyncSession,
    who: Principal,
    approval: UUID,
    material: str,
    compared: Collection[str] | None,
    now: datetime,
) -> Row[Any]:
    """The original was seen and agrees with the upload: from now on it is at level B, here and for
    every later filing.  Once checked stays checked, by whoever came first.

    `compared`: the digests of the files that were held against it.  What the applicant has put in
    their place meanwhile was not seen.
    """
    row, application = await mine(tx, who, approval, now)
    if material not in dossier_of(row, application).materials:
        raise rules.DossierUnknown()
    handed_in = [
        EVIDENCE.c.application == application.id,
        EVIDENCE.c.material == material,
        EVIDENCE.c.replaced_for.is_(None),
    ]
    found = select(EVIDENCE).where(*handed_in).with_for_update()
    evidence = (await tx.execute(found)).first()
    if evidence is None:
        raise rules.NothingToCompare()
    files = [one.digest for one in (await files_of(tx, [evidence.id])).get(evidence.id, ())]
    if compared is not None:
        rules.check_compared(compared, files)

    if evidence.checked_at is None:
        seen_by = {
            "checked_by": row.department,
            "checked_point": who.point if points.of_point(who) else None,
            "checked_account": who.sub,
            "checked_files": files,
        }
        values = {"trust": "B", "checked_at": now, **seen_by}
        change = update(EVIDENCE).where(EVIDENCE.c.id == evidence.id).values(values)
        evidence = (await tx.execute(change.returning(EVIDENCE))).one()
        await disclose(tx, who, row, f"original {material}")
    return evidence
