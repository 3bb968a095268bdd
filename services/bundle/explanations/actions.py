"""Keep what desks write, and open it for those whom it is for."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
import rfc8785
from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.explanations.tables import Explanation
from services.bundle.parties.sealing import Sealer
from services.chassis.database import table

EXPLANATION = table(Explanation)
Key = tuple[UUID, str]
"""Approval and digest."""


async def keep(
    tx: AsyncSession, sealer: Sealer, approval: UUID, department: str, written: Mapping[str, Any]
) -> str:
    """Answers the digest, over RFC 8785 and the approval's id: equal texts about two people are not
    seen to be equal.  The same text again is the same digest."""
    about = {"approval": str(approval), **written}
    digest = "sha256:" + hashlib.sha256(rfc8785.dumps(about)).hexdigest()
    kept = {
        "approval": approval,
        "digest": digest,
        "written": sealer.seal(orjson.dumps(dict(written)).decode(), _place(approval, digest)),
        "department": department,
    }
    await tx.execute(upsert(EXPLANATION).values(kept).on_conflict_do_nothing())
    return digest


async def opened(
    tx: AsyncSession, sealer: Sealer, wanted: Iterable[Key]
) -> dict[Key, dict[str, Any]]:
    """Those of the wanted that are here: an answer may come before its text is stored, or name one
    that never is."""
    keys = list(wanted)
    if not keys:
        return {}
    same = tuple_(EXPLANATION.c.approval, EXPLANATION.c.digest).in_(keys)
    return {
        (row.approval, row.digest): orjson.loads(
            sealer.open(row.written, _place(row.approval, row.digest))
        )
        for row in (await tx.execute(select(EXPLANATION).where(same))).all()
    }


def _place(approval: UUID, digest: str) -> str:
    return f"explanation|{approval}|{digest}"
