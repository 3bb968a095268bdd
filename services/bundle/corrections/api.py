"""The HTTP face of corrections, for the applicant."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import views
from services.bundle.applications.actions import find
from services.bundle.applications.api import MemberKey
from services.bundle.applications.bodies import Entry, Value
from services.bundle.applications.noticeboard import ExplanationView
from services.bundle.applications.rules import AT_A_DESK, Hold
from services.bundle.applications.views import ProgressView
from services.bundle.composition.bodies import Closed
from services.bundle.corrections import actions
from services.bundle.corrections.actions import Answer
from services.bundle.explanations import actions as explanations
from services.bundle.parties.sealing import Sealer, Seals
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.ticks import Now
from services.contracts import FieldCode

Applicant = Annotated[Principal, Depends(Allow("citizen", "clerk"))]
Uploads = Annotated[list[UUID], Field(min_length=1, max_length=20)]
MaterialKey = Annotated[str, Field(max_length=120)]

router = APIRouter(tags=["bundle"])


class AnswerBody(Closed):
    """补正 / The new values and uploads, for all that was asked and for nothing else."""

    form: dict[FieldCode, Value | list[Entry]] = {}
    materials: dict[MaterialKey, Uploads] = {}


class AskedView(BaseModel):
    """What a desk wants put right: a field of the form, or a material, and why."""

    field: str | None
    evidence: str | None
    reason_code: str


class CorrectionView(BaseModel):
    """补正要求 / What is to be put right at one member.  An answer brings `fields` and
    `materials`; `explanation` is what the desk wrote."""

    member: str
    name: str
    open: bool
    asked_at: datetime
    answer_by: date | None
    answered_at: datetime | None
    gaps: list[AskedView]
    fields: list[str]
    materials: list[str]
    explanation: ExplanationView | None


class CorrectionList(BaseModel):
    items: list[CorrectionView]


@router.get("/applications/{application}/corrections")
async def corrections(application: UUID, who: Applicant, tx: Tx, sealer: Seals) -> CorrectionList:
    """补正通知 / All that you were asked to put right: what is open, and what is done."""
    await find(tx, who, application)
    members = await views.members_of(tx, application)
    asked = [
        (member, hold)
        for member in members
        for hold in member["holds"].values()
        if hold["kind"] == Hold.CORRECTION and "since" in hold
    ]
    return CorrectionList(items=await _shown(tx, sealer, asked))


async def _shown(
    tx: AsyncSession, sealer: Sealer, asked: list[tuple[Any, dict[str, Any]]]
) -> list[CorrectionView]:
    keys = [(member["approval"], hold["explanation"]) for member, hold in asked]
    written = await explanations.opened(tx, sealer, keys)
    return [
        CorrectionView(
            member=member["member"],
            name=member["ask"]["item_name"],
            open=hold["until"] is None and member["state"] in AT_A_DESK,
            asked_at=hold["since"],
            answer_by=hold["answer_by"],
            answered_at=hold["until"],
            gaps=hold["gaps"],
            fields=hold["fields"],
            materials=hold["materials"],
            explanation=written.get(key),
        )
        for (member, hold), key in zip(asked, keys, strict=True)
    ]


@router.put("/applications/{application}/corrections/{member}")
async def answer(
    application: UUID,
    member: MemberKey,
    body: AnswerBody,
    who: Applicant,
    tx: Tx,
    sealer: Seals,
    now: Now,
) -> ProgressView:
    """补正 / Put right all that was asked, and nothing else.  The departments go on from there."""
    given = Answer({k: v for k, v in body.form.items() if v is not None}, body.materials)
    await actions.answer(tx, who, application, member, given, sealer, now)
    row = await find(tx, who, application)
    return views.progress(row, await views.members_of(tx, application))
