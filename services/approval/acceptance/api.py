"""The HTTP face of acceptance."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.approval.acceptance import actions
from services.approval.acceptance.rules import Verdict
from services.approval.catalogue.rules import Right
from services.approval.clock.timekeeping import Time
from services.approval.desk import seats
from services.approval.desk.api import Window
from services.approval.desk.views import ApprovalView
from services.chassis.database import Tx
from services.chassis.reading import IfMatch, etag
from services.contracts import Code, Digest

router = APIRouter(tags=["approval"])


class Acceptance(BaseModel):
    """受理与否 / Accepting needs nothing said.

    `acceptance_refused` 不予受理: it may not be accepted, and the applicant can appeal;
    `not_our_matter` 不受理: it needs no approval, or not yours.  Both need a `reason_code`, may
    `refer_to` another department, and may name an `explanation`: the digest that
    `PUT dossiers/{approval}/explanations` answered.
    """

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict = Verdict.ACCEPTED
    reason_code: Code | None = None
    refer_to: Code | None = Field(None, description="应向哪个部门提出 / Whom to turn to instead.")
    explanation: Digest | None = None

    def answer(self) -> actions.Answer:
        return actions.Answer(self.verdict, self.reason_code, self.refer_to, self.explanation)


@router.put("/approvals/{approval}/acceptance")
async def accept(
    approval: UUID,
    body: Acceptance,
    who: Window,
    time: Time,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> ApprovalView:
    """受理、不予受理或不受理 / Accept: the legal clock starts.  Or do not, and say why.

    The same answer twice is one answer.  A service point's people answer by its right to accept
    (受理权).
    """
    seat = await seats.take(tx, who, approval, Right.ACCEPT, time.now())
    row = await actions.answer(tx, time, approval, seat, body.answer(), if_match)
    response.headers["etag"] = etag(row.version)
    return ApprovalView.model_validate(row)
