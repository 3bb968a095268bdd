"""The HTTP face of dossiers: for the desk that answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.bundle.composition.bodies import MATERIAL_KEY
from services.bundle.dossiers import actions, originals, pleading
from services.bundle.parties.sealing import Seals
from services.bundle.wallet.uploads import Stored
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.ticks import Now
from services.contracts import Digest, FilingKind, SparedEvidence

Material = Annotated[str, Path(pattern=MATERIAL_KEY, max_length=120)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Desk = Annotated[Principal, Depends(Allow("officer", "partner", "clerk"))]
"""Also the people of a service point, by the rights that were handed down to it."""
Author = Annotated[Principal, Depends(Allow("officer", "partner", "clerk", "inspector"))]

Judge = Annotated[Principal, Depends(Allow("officer", "inspector", "bureau"))]

router = APIRouter(tags=["bundle"])


class FileView(BaseModel):
    upload: UUID
    media_type: str
    size: int
    digest: str


class DossierEvidence(BaseModel):
    """案卷中的一件 / One piece.  `original`: whether the original of an upload is still
    `to_be_checked` at the window, as this item asks, or was `checked`."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    evidence: str
    trust: str
    provider: str
    material: str | None
    original: Literal["to_be_checked", "checked"] | None
    checked_by: str | None
    checked_point: str | None
    checked_at: datetime | None
    result_number: str | None
    issuer_number: str | None
    valid_until: date | None
    ended_as: str | None = None
    """撤回、撤销、吊销、注销 / It counts no longer."""
    digest: str | None
    content: dict[str, Any] | None
    files: list[FileView]


class SignedText(BaseModel):
    """已签署的告知承诺书 / A commitment as it was signed, and the material it stands in for."""

    code: str
    version: int
    digest: str
    text: str
    text_en: str
    fulfil_within: dict[str, Any] | None
    signed_at: datetime
    acr: str
    replaces: list[str]


class GapView(BaseModel):
    """容缺 / What the applicant may bring later; without a day, before the decision."""

    material: str
    until: date | None


class RelationView(BaseModel):
    """监护关系 / What shows that who filed is the child's guardian, and whether that was seen.

    Until it is `proven` (issued to the child, or its original seen) nothing is issued here.
    """

    evidence: str
    material: str
    proven: bool


class OriginalBody(BaseModel):
    """核对原件 / Nothing needs to be said.  `files`: the digests of the files you held against it,
    so that what was put in their place meanwhile does not pass for seen."""

    model_config = ConfigDict(extra="forbid")

    files: Annotated[list[Digest], Field(max_length=20)] | None = None


class OriginalView(BaseModel):
    """原件核对结果 / The level of the upload from now on, and who saw its original."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)

    material: str
    trust: str
    checked_by: str
    checked_point: str | None = None
    """At whose window, where it was a service point's."""
    checked_files: list[str] | None = None
    """Digests of the files that were held against the original."""
    checked_at: datetime


class OpinionView(BaseModel):
    """反馈意见 / What another department said when yours asked it."""

    consultation: UUID
    department: str
    opinion: str
    statement: str | None


class EarlierView(BaseModel):
    """所涉证照 / The result that is to be renewed, changed or replaced, with what it says."""

    number: str
    kind: FilingKind
    evidence: str
    issuer_number: str | None
    valid_from: date | None
    valid_until: date | None
    ended_as: str | None
    digest: str | None
    content: dict[str, Any] | None


class DossierView(BaseModel):
    """案卷材料 / Just what this approval's item declares, the predecessors' results included.

    To a department that was asked for its opinion, just what it was shown, and the `question`.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

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
    signed: list[SignedText]
    gaps: list[GapView]
    registers: list[str]
    relation: RelationView | None
    """Where it is a child's, and its guardian filed."""
    question: str | None
    opinions: list[OpinionView]
    spared: list[SparedEvidence] = []
    """Evidence that must not be asked of this applicant any more: an item was retired."""
    replaces: EarlierView | None = None
    """延续、变更、补证 / Of a later filing: what it is about."""


class ResultBody(BaseModel):
    """结果内容 / What the result says, field by field."""

    model_config = ConfigDict(extra="forbid")

    content: dict[str, bool | int | float | str]


class ContentKept(BaseModel):
    digest: str


class ExplanationBody(BaseModel):
    """说明 / What you write to the applicant in your own words: why, and what would be right.

    `gaps`: the same for each field (its code) or material (`evidence:owner`) of the dossier.
    `to` the bureau: why a card about this approval is not right (红黄牌申诉); nobody else reads it.
    """

    model_config = ConfigDict(extra="forbid")

    text: Words
    gaps: dict[Annotated[str, StringConstraints(max_length=120)], Words] = {}
    to: Literal["bureau"] | None = None


class PleaView(BaseModel):
    """申诉说明 / What a department wrote to the bureau about a card."""

    department: str
    text: str
    stored_at: datetime


@router.get("/dossiers/{approval}")
async def dossier(approval: UUID, who: Desk, tx: Tx, sealer: Seals, now: Now) -> DossierView:
    """案卷 / The dossier of an approval at your desk.  Each reading is written down."""
    return DossierView.model_validate(await actions.read(tx, who, approval, sealer, now))


@router.get("/dossiers/{approval}/files/{upload}", response_class=Response)
async def dossier_file(
    approval: UUID, upload: UUID, who: Desk, tx: Tx, sealer: Seals, files: Stored, now: Now
) -> Response:
    """案卷中的文件 / A file of the dossier."""
    media_type, content = await actions.file(tx, who, approval, upload, sealer, files, now)
    headers = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


@router.put("/dossiers/{approval}/originals/{material}")
async def check_original(
    approval: UUID, material: Material, body: OriginalBody, who: Desk, tx: Tx, now: Now
) -> OriginalView:
    """核对原件一致 / The original was seen at the window and agrees with the upload.

    It is at level B from now on, for this filing and every later one; saying it again changes
    nothing.
    """
    row = await originals.check(tx, who, approval, material, body.files, now)
    return OriginalView.model_validate(row)


@router.put("/dossiers/{approval}/result")
async def store_result(
    approval: UUID, body: ResultBody, who: Desk, tx: Tx, sealer: Seals, now: Now
) -> ContentKept:
    """存结果内容 / Store the content of what you issue; name the digest in your decision."""
    digest = await actions.store_result(tx, who, approval, body.content, sealer, now)
    return ContentKept(digest=digest)


@router.put("/dossiers/{approval}/explanations")
async def explain(
    approval: UUID, body: ExplanationBody, who: Author, tx: Tx, sealer: Seals, now: Now
) -> ContentKept:
    """存书面说明 / Store what you write to the applicant, to another department that you ask or
    answer, or as a regulator to the holder; name the digest in what you do.

    It is kept here and shown to whom it is for: no event carries it.
    """
    if body.to:
        digest = await pleading.write(tx, who, approval, body.text, body.gaps, sealer)
    else:
        digest = await actions.explain(tx, who, approval, body.text, body.gaps, sealer, now)
    return ContentKept(digest=digest)


@router.get("/dossiers/{approval}/explanations/{digest}")
async def plea(approval: UUID, digest: Digest, who: Judge, tx: Tx, sealer: Seals) -> PleaView:
    """红黄牌申诉说明 / What a department wrote to the bureau: for itself, and for the bureau."""
    return PleaView.model_validate(await pleading.read(tx, who, approval, digest, sealer))
