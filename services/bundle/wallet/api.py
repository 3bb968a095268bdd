"""The HTTP face of wallet: uploads, and what you hold."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CompoundSelect, select, union

from services.bundle.paging import last_seen
from services.bundle.parties.actions import PARTY, REPRESENTATIVE
from services.bundle.parties.sealing import Sealer, Seals
from services.bundle.parties.tables import Kind
from services.bundle.wallet import rules, uploads
from services.bundle.wallet.actions import EVIDENCE
from services.bundle.wallet.uploads import Stored
from services.chassis.database import Tx
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Excluded, Principal
from services.chassis.reading import Cursor, Limit, Page, cursor

Applicant = Annotated[Principal, Depends(Allow("citizen", "clerk"))]
Uploader = Annotated[Principal, Depends(Allow("citizen", "clerk", *rules.DEPARTMENTS))]

router = APIRouter(tags=["bundle"])


class UploadView(BaseModel):
    """上传 / An upload, to be named in `materials` when filing."""

    id: UUID
    digest: str
    size: int
    media_type: str


class EvidenceView(BaseModel):
    """材料库中的一件 / One piece in a wallet."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    party: UUID
    evidence: str
    trust: str
    result_number: str | None
    issuer_number: str | None
    digest: str | None
    valid_from: date | None
    valid_until: date | None
    ended_as: str | None = Field(None, description="撤回、撤销、吊销、注销 / What ended it.")
    ended_at: datetime | None = None
    replaced_by: str | None = Field(None, description="替代它的证照 / What replaced it.")
    replaced_as: str | None = Field(None, description="延续、变更或补证 / How.")
    replaced_from: date | None = None
    delivered_at: datetime | None = Field(None, description="送达时间 / When it reached you.")
    delivered_as: str | None = None
    checked_by: str | None
    checked_at: datetime | None
    made_at: datetime


@router.post("/uploads", status_code=201, response_model=UploadView)
async def upload(
    file: UploadFile, who: Uploader, once: OnceOnly, sealer: Seals, files: Stored
) -> Response:
    """上传材料或凭据附件（PDF、JPEG、PNG，至多 20 MiB）/ Upload a document; its content is checked.

    What an officer, an inspector or a department's system uploads is their department's: a
    suspension, a hearing or a finding may rest on it.
    """
    department = department_of(who)
    content = await file.read(rules.MOST_BYTES + 1)

    async def effect() -> UploadView:
        given = (files, sealer, who.sub, content, department)
        return UploadView(**await uploads.keep(once.tx, *given))

    fingerprint = hashlib.sha256(content).hexdigest()
    return await once(who.sub, effect, 201, fingerprint=fingerprint)


def department_of(who: Principal) -> str | None:
    """For whom somebody uploads: their department, or themselves."""
    if not rules.DEPARTMENTS.intersection(who.roles):
        return None
    if who.department is None:
        raise Excluded("令牌没有部门。", "The token names no department.")
    return who.department


def parties_of(who: Principal, sealer: Sealer) -> CompoundSelect[Any]:
    """Whose wallets somebody may open: their own person's, those they represent, and that of the
    enterprise they log in for."""
    mine = [
        select(PARTY.c.id).where(PARTY.c.account == who.sub),
        select(REPRESENTATIVE.c.party).where(REPRESENTATIVE.c.account == who.sub),
    ]
    if who.enterprise:
        index = sealer.index(Kind.ENTERPRISE, who.enterprise)
        same = [PARTY.c.number_index == index, PARTY.c.account.is_(None)]
        mine.append(select(PARTY.c.id).where(*same))
    return union(*mine)


@router.get("/wallet")
async def wallet(
    who: Applicant,
    tx: Tx,
    sealer: Seals,
    holder: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[EvidenceView]:
    """材料库 / What is held for you, for the parties you represent and for the enterprise of your
    legal-person login, newest first."""
    found = select(EVIDENCE).where(
        EVIDENCE.c.party.in_(parties_of(who, sealer)), EVIDENCE.c.replaced_for.is_(None)
    )
    if holder:
        found = found.where(EVIDENCE.c.party == holder)
    if cursor:
        found = found.where(EVIDENCE.c.id < last_seen(cursor))
    rows = (await tx.execute(found.order_by(EVIDENCE.c.id.desc()).limit(limit + 1))).all()
    shown = [EvidenceView.model_validate(row) for row in rows[:limit]]
    return Page(items=shown, next=_next(shown) if len(rows) > limit else None)


def _next(shown: list[EvidenceView]) -> str:
    return cursor(shown[-1].id)
