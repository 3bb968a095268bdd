"""Look up what a department rests something on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.exhibits import rules, tables
from services.chassis.database import table

EXHIBIT = table(tables.Exhibit)


@dataclass(frozen=True, slots=True)
class Shown:
    """An upload, as an act names it."""

    upload: UUID
    digest: str

    def record(self) -> dict[str, str]:
        return {"upload": str(self.upload), "digest": self.digest}


async def named(
    tx: AsyncSession, department: str, uploads: Sequence[UUID], pointer: str
) -> list[Shown]:
    """The department's uploads, in the order in which they are named, or a refusal."""
    if not uploads:
        return []
    found = select(EXHIBIT.c.id, EXHIBIT.c.digest)
    mine = found.where(EXHIBIT.c.id.in_(uploads), EXHIBIT.c.department == department)
    known = {row.id: row.digest for row in await tx.execute(mine)}
    pointers = [f"{pointer}/{place}" for place in range(len(uploads))]
    rules.check_known(uploads, known, pointers)
    return [Shown(one, known[one]) for one in uploads]


async def rested_on(
    tx: AsyncSession, department: str, evidence: str, pointer: str = "/evidence"
) -> Shown | None:
    """What a piece of evidence is: the department's upload; or None, a document's number."""
    upload = rules.upload_in(evidence)
    if upload is None:
        rules.check_document(evidence, pointer)
        return None
    found = select(EXHIBIT.c.digest)
    mine = found.where(EXHIBIT.c.id == upload, EXHIBIT.c.department == department)
    digest = (await tx.execute(mine)).scalar()
    rules.check_known([upload], [upload] if digest else [], [pointer])
    return Shown(upload, str(digest))
