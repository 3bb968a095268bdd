"""The HTTP face of dossiers: for the desk that answers."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from services.bundle.dossiers import actions
from services.bundle.parties.sealing import Seals
from services.bundle.wallet.uploads import Stored
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.contracts import SparedEvidence

Desk = Annotated[Principal, Depends(Allow("officer", "partner"))]

router = APIRouter(tags=["bundle"])


class FileView(BaseModel):
    upload: UUID
    media_type: str
    size: int
    digest: str


class DossierEvidence(BaseModel):
    evidence: str
    trust: str
    provider: str
    material: str | None
    result_number: str | None
    issuer_number: str | None
    valid_until: date | None
    digest: str | None
    content: dict[str, Any] | None
    files: list[FileView]


class DossierView(BaseModel):
    """案卷材料 / Just what this approval's item declares, the predecessors' results included."""

    approval: UUID
    application: UUID
    bundle: str
    member: str
    item: str
    item_version: int
    issues: str | None
    fields: dict[str, Any]
    evidence: list[DossierEvidence]
    commitments: list[str]
    registers: list[str]
    spared: list[SparedEvidence] = []
    """Evidence that must not be asked of this applicant any more: an item was retired."""


class ResultBody(BaseModel):
    """结果内容 / What the result says, field by field."""

    model_config = ConfigDict(extra="forbid")

    content: dict[str, bool | int | float | str]


class ContentKept(BaseModel):
    digest: str


@router.get("/dossiers/{approval}")
async def dossier(approval: UUID, who: Desk, tx: Tx, sealer: Seals) -> DossierView:
    """案卷 / The dossier of an approval at your desk.  Each reading is written down."""
    return DossierView.model_validate(await actions.read(tx, who, approval, sealer))


@router.get("/dossiers/{approval}/files/{upload}", response_class=Response)
async def dossier_file(
    approval: UUID, upload: UUID, who: Desk, tx: Tx, sealer: Seals, files: Stored
) -> Response:
    """案卷中的文件 / A file of the dossier."""
    media_type, content = await actions.file(tx, who, approval, upload, sealer, files)
    headers = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


@router.put("/dossiers/{approval}/result")
async def store_result(
    approval: UUID, body: ResultBody, who: Desk, tx: Tx, sealer: Seals
) -> ContentKept:
    """存结果内容 / Store the content of what you issue; name the digest in your decision."""
    digest = await actions.store_result(tx, who, approval, body.content, sealer)
    return ContentKept(digest=digest)
