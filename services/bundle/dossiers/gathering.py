"""The evidence of one dossier: its rows, their files, and what issued results say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.tables import Member
from services.bundle.composition.rules import Dossier
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet.actions import EVIDENCE, EVIDENCE_FILE, RESULT_CONTENT
from services.bundle.wallet.uploads import UPLOAD
from services.chassis.database import table

MEMBER = table(Member)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The corrections of an application as one member reads it, by the approvals that asked."""

    before: frozenset[UUID]
    """Made while the member could still be judged by them."""
    after: frozenset[UUID]
    """Made when it was settled: for it, the former pieces stand."""

    def serves(self, corrected_for: UUID | None, replaced_for: UUID | None) -> bool:
        return corrected_for not in self.after and replaced_for not in self.before


async def evidence_of(
    tx: AsyncSession,
    application: Row[Any],
    dossier: Dossier,
    corrected: Corrected,
    sealer: Sealer,
) -> list[dict[str, Any]]:
    rows = await rows_of(tx, application, dossier, corrected)
    files = await files_of(tx, [row.id for row in rows])
    contents = await _contents(tx, rows, sealer)
    return [
        {
            "evidence": row.evidence,
            "trust": row.trust,
            "provider": row.provider if row.approval else "applicant",
            "material": row.material,
            "original": dossier.original(row.material, row.trust, row.checked_at is not None),
            "checked_by": row.checked_by,
            "checked_point": row.checked_point,
            "checked_at": row.checked_at,
            "result_number": row.result_number,
            "issuer_number": row.issuer_number,
            "valid_until": row.valid_until,
            "ended_as": row.ended_as,
            "digest": row.digest,
            "content": contents.get(row.approval),
            "files": [
                {
                    "upload": one.upload,
                    "media_type": one.media_type,
                    "size": one.size,
                    "digest": one.digest,
                }
                for one in files.get(row.id, ())
            ],
        }
        for row in rows
    ]


async def rows_of(
    tx: AsyncSession, application: Row[Any], dossier: Dossier, corrected: Corrected
) -> list[Row[Any]]:
    """Handed in with this filing, issued on its way by predecessors, or held already."""
    approvals = await _approvals_of(tx, application, [member for member, _ in dossier.issued])
    handed_in = (EVIDENCE.c.application == application.id) & EVIDENCE.c.material.in_(
        [*dossier.materials, *dossier.held_as]
    )
    held = EVIDENCE.c.id.in_([UUID(one) for one in dossier.held])
    # Ids and no subquery: beside an OR that would be judged row by row, of everybody's evidence.
    wanted = or_(handed_in, EVIDENCE.c.approval.in_(approvals), held)
    found = (await tx.execute(select(EVIDENCE).where(wanted).order_by(EVIDENCE.c.id))).all()
    return [row for row in found if corrected.serves(row.corrected_for, row.replaced_for)]


async def _approvals_of(
    tx: AsyncSession, application: Row[Any], members: Sequence[str]
) -> list[UUID]:
    if not members:
        return []
    theirs = [MEMBER.c.application == application.id, MEMBER.c.member.in_(members)]
    return list((await tx.execute(select(MEMBER.c.approval).where(*theirs))).scalars())


async def files_of(tx: AsyncSession, evidence: list[UUID]) -> dict[UUID, list[Row[Any]]]:
    found = (
        select(EVIDENCE_FILE, UPLOAD.c.media_type, UPLOAD.c.size, UPLOAD.c.digest)
        .join(UPLOAD, UPLOAD.c.id == EVIDENCE_FILE.c.upload)
        .where(EVIDENCE_FILE.c.evidence.in_(evidence))
        .order_by(EVIDENCE_FILE.c.place)
    )
    grouped: dict[UUID, list[Row[Any]]] = {}
    for row in (await tx.execute(found)).all():
        grouped.setdefault(row.evidence, []).append(row)
    return grouped


async def _contents(
    tx: AsyncSession, rows: list[Row[Any]], sealer: Sealer
) -> dict[UUID, dict[str, Any]]:
    digests = {row.approval: row.digest for row in rows if row.approval}
    found = select(RESULT_CONTENT).where(RESULT_CONTENT.c.approval.in_(digests))
    return {
        row.approval: orjson.loads(sealer.open(row.content, f"content|{row.approval}|{row.digest}"))
        for row in (await tx.execute(found)).all()
        if digests[row.approval] == row.digest
    }


async def earlier_of(tx: AsyncSession, member: Row[Any], sealer: Sealer) -> dict[str, Any] | None:
    """The result that a later filing is about, with its content: its own authority issued it."""
    about = member.ask.get("replaces")
    if about is None:
        return None
    same = EVIDENCE.c.result_number == about["number"], EVIDENCE.c.party == member.holder
    row = (await tx.execute(select(EVIDENCE).where(*same))).first()
    if row is None:
        return None
    contents = await _contents(tx, [row], sealer)
    shown = ("evidence", "issuer_number", "valid_from", "valid_until", "ended_as", "digest")
    return {
        "number": row.result_number,
        "kind": about["kind"],
        **{name: getattr(row, name) for name in shown},
        "content": contents.get(row.approval),
    }
