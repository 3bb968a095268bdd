"""The HTTP face of inspections: what a holder is to put right, and the files behind findings."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.actions import find
from services.bundle.applications.moves import MEMBER
from services.bundle.inspections import actions, rules
from services.bundle.inspections.actions import INSPECTED
from services.bundle.parties.sealing import Sealer, Seals
from services.bundle.wallet.rules import DEPARTMENTS
from services.bundle.wallet.uploads import Stored
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.ticks import Now

Applicant = Annotated[Principal, Depends(Allow("citizen", "clerk"))]
Regulator = Annotated[Principal, Depends(Allow(*sorted(DEPARTMENTS)))]
Reader = Annotated[Principal, Depends(Allow("citizen", "clerk", *sorted(DEPARTMENTS)))]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]

router = APIRouter(tags=["bundle"])


class AnswerBody(BaseModel):
    """整改回复 / What you put right, in your own words, and the files that show it."""

    model_config = ConfigDict(extra="forbid")

    text: Words
    uploads: list[UUID] = Field([], max_length=20)


class AnswerView(BaseModel):
    """整改回复 / What was answered; `late`: after the last day."""

    text: str
    uploads: list[UUID]
    answered_at: datetime
    late: bool


class FindingView(BaseModel):
    """检查情况 / What was found, with the regulator's words and the holder's answer."""

    supervision: UUID
    finding: UUID
    verdict: str
    reason_codes: list[str]
    explanation: str | None
    until: datetime | None
    found_at: datetime
    answer: AnswerView | None


class InspectedView(FindingView):
    """检查情况及凭据 / The same, for whoever looks after the grant: with the regulator's files."""

    uploads: list[UUID]


class RectificationView(FindingView):
    """整改要求 / What you are to put right, by when.  `ending_proposed`: because it was not, the
    regulator proposes that the authority ends your result; you may still answer, and be heard."""

    member: str
    name: str
    open: bool
    ending_proposed: bool


class RectificationList(BaseModel):
    items: list[RectificationView]


class InspectionList(BaseModel):
    items: list[InspectedView]


@router.get("/applications/{application}/rectifications")
async def rectifications(
    application: UUID, who: Applicant, tx: Tx, sealer: Seals
) -> RectificationList:
    """整改通知 / What checks found that you are to put right: what is open, and what is done."""
    await find(tx, who, application)
    return await _listed(tx, application, sealer)


@router.put("/applications/{application}/rectifications/{supervision}")
async def answer(
    application: UUID,
    supervision: UUID,
    body: AnswerBody,
    who: Applicant,
    tx: Tx,
    sealer: Seals,
    now: Now,
) -> RectificationList:
    """回复整改 / Say what you put right, once; the regulator looks again.

    After the last day your answer is still taken, and read by the authority that decides.
    """
    said = (application, supervision, body.text, body.uploads)
    await actions.answer(tx, who, *said, sealer, now)
    return await _listed(tx, application, sealer)


@router.get("/dossiers/{approval}/inspections")
async def inspections(approval: UUID, who: Regulator, tx: Tx, sealer: Seals) -> InspectionList:
    """检查情况 / What was found at a grant that you look after, and what its holder answered: for
    its regulator, and for the authority that granted while an ending is proposed to it."""
    found = await actions.seen_by(tx, who, approval, sealer)
    return InspectionList(items=[InspectedView(**_finding(one)) for one in found])


@router.get("/uploads/{upload}", response_class=Response)
async def file(upload: UUID, who: Reader, tx: Tx, sealer: Seals, files: Stored) -> Response:
    """附件内容 / A file of your own, your department's, or behind what you may read."""
    media_type, content = await actions.file(tx, who, upload, sealer, files)
    headers = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


async def _listed(tx: AsyncSession, application: UUID, sealer: Sealer) -> RectificationList:
    asked = (INSPECTED.c.application == application) & (INSPECTED.c.verdict == "rectify")
    found = await actions.told(tx, asked, sealer)
    named = select(MEMBER.c.approval, MEMBER.c.member, MEMBER.c.ask["item_name"].astext)
    rows = await tx.execute(named.where(MEMBER.c.application == application))
    names = {approval: {"member": member, "name": name} for approval, member, name in rows}
    last = {one["supervision"]: one["finding"] for one in found}
    return RectificationList(
        items=[
            RectificationView(
                **_finding(one),
                **names[one["approval"]],
                open=_is_open(one, last),
                ending_proposed=one["proposed"],
            )
            for one in found
        ]
    )


def _is_open(one: dict[str, Any], last: dict[UUID, UUID]) -> bool:
    newest = last[one["supervision"]] == one["finding"]
    return newest and one["answer"] is None and not one["over"]


def _finding(one: dict[str, Any]) -> dict[str, Any]:
    """As every view has it."""
    answer = None
    if one["answer"] is not None:
        late = rules.is_late(one["until"], one["answered_at"])
        about = {"uploads": one["answered_with"], "answered_at": one["answered_at"]}
        answer = AnswerView(text=one["answer"], late=late, **about)
    return {**one, "answer": answer}
