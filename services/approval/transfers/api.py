"""The HTTP face of transfers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Time
from services.approval.desk.actions import check_own
from services.approval.desk.api import Desk, caller, department_of
from services.approval.desk.views import ApprovalView
from services.approval.transfers import actions
from services.approval.transfers.actions import Sending
from services.approval.transfers.rules import Kind
from services.chassis.database import Tx
from services.chassis.idempotency import OnceOnly
from services.chassis.reading import IfMatch, etag
from services.contracts import Code, Duration

router = APIRouter(tags=["approval"])


class TransferBody(BaseModel):
    """移交 / Where it goes.  `misrouted` says why (`reason_code`); `forwarded` 初审转报 gives the
    opinion of the first review, and may say `within` what time the higher authority answers."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    to: Code
    reason_code: Code | None = None
    opinion: Literal["agree", "disagree"] | None = None
    within: Duration | None = None

    def sending(self) -> Sending:
        within = Length.of(self.within.model_dump()) if self.within else None
        return Sending(self.kind, self.to, self.reason_code, self.opinion, within)


class TransferView(BaseModel):
    """一次移交 / From whom it went to whom, and why."""

    model_config = ConfigDict(from_attributes=True)

    approval: UUID
    number: int
    kind: Kind
    from_department: str
    to_department: str
    reason_code: str | None
    opinion: str | None
    made_by: str
    made_at: datetime


class TransferList(BaseModel):
    items: list[TransferView]


@router.post("/approvals/{approval}/transfers", status_code=201, response_model=ApprovalView)
async def send(
    approval: UUID,
    body: TransferBody,
    who: Desk,
    time: Time,
    once: OnceOnly,
    if_match: IfMatch = None,
) -> Response:
    """移交或转报 / Send it to another authority: your desk has it no longer."""
    department = department_of(who)

    async def effect() -> ApprovalView:
        rest = (body.sending(), who.sub, if_match)
        row = await actions.send(once.tx, time, approval, department, *rest)
        return ApprovalView.model_validate(row)

    return await once(caller(who), effect, 201, headers=lambda made: {"etag": etag(made.version)})


@router.get("/approvals/{approval}/transfers")
async def transfers(approval: UUID, who: Desk, tx: Tx) -> TransferList:
    """移交情况 / Through whose hands the approval came to yours."""
    await check_own(tx, approval, department_of(who))
    rows = await actions.transfers_of(tx, approval)
    return TransferList(items=[TransferView.model_validate(row) for row in rows])
