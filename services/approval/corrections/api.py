"""The HTTP face of corrections."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from services.approval.catalogue.rules import Right
from services.approval.clock.timekeeping import Time
from services.approval.corrections import actions, rules
from services.approval.corrections.actions import CORRECTION, Notice
from services.approval.desk import seats
from services.approval.desk.api import Window, caller
from services.approval.desk.rules import State
from services.chassis.database import Tx
from services.chassis.idempotency import OnceOnly
from services.chassis.reading import IfMatch, etag
from services.contracts import Digest, Gap

router = APIRouter(tags=["approval"])


class CorrectionBody(BaseModel):
    """补正通知 / All that is missing or wrong, at once: there is no second notice.

    Each gap names a `field` or an `evidence` of the dossier and a reason code.  What would be right
    is said in the `explanation`: `PUT dossiers/{approval}/explanations` answers its digest.  After
    `answer_by` has passed without an answer, acceptance may be refused.
    """

    model_config = ConfigDict(extra="forbid")

    gaps: Annotated[list[Gap], Field(min_length=1, max_length=100)]
    explanation: Digest
    answer_by: date | None = None

    def notice(self) -> Notice:
        gaps = [rules.Gap(one.field, one.evidence, one.reason_code) for one in self.gaps]
        return Notice(gaps, self.explanation, self.answer_by)


class CorrectionView(BaseModel):
    """一次补正 / What the applicant was asked to put right.  `unknown`: of the gaps, those that the
    dossier does not have."""

    model_config = ConfigDict(from_attributes=True)

    approval: UUID
    gaps: list[Gap]
    explanation: str
    answer_by: date | None
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    unknown: list[str] | None


class CorrectionMade(CorrectionView):
    state: State
    version: int = Field(description="审批任务的版本 / The approval's, its ETag.")


class CorrectionList(BaseModel):
    items: list[CorrectionView]


@router.post(
    "/approvals/{approval}/correction-requests", status_code=201, response_model=CorrectionMade
)
async def request(
    approval: UUID,
    body: CorrectionBody,
    who: Window,
    time: Time,
    once: OnceOnly,
    if_match: IfMatch = None,
) -> Response:
    """补正通知 / Ask the applicant to put things right: once, within five working days.

    A service point's people ask by its right to accept (受理权).
    """

    async def effect() -> CorrectionMade:
        seat = await seats.take(once.tx, who, approval, Right.ACCEPT, time.now())
        row = await actions.request(once.tx, time, approval, seat, body.notice(), if_match)
        asked = await actions.asked(once.tx, approval)
        view = CorrectionView.model_validate(asked).model_dump()
        return CorrectionMade(**view, state=row.state, version=row.version)

    return await once(caller(who), effect, 201, headers=_etag)


def _etag(made: CorrectionMade) -> dict[str, str]:
    return {"etag": etag(made.version)}


@router.get("/approvals/{approval}/correction-requests")
async def requests(approval: UUID, who: Window, tx: Tx, time: Time) -> CorrectionList:
    """补正情况 / What was asked of the applicant, and when it was answered."""
    await seats.check_visible(tx, who, approval, time.now())
    rows = (await tx.execute(select(CORRECTION).where(CORRECTION.c.approval == approval))).all()
    return CorrectionList(items=[CorrectionView.model_validate(row) for row in rows])
