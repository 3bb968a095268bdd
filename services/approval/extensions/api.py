"""The HTTP face of extensions."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Time
from services.approval.desk.actions import check_own
from services.approval.desk.api import Desk, department_of
from services.approval.extensions import actions
from services.approval.extensions.actions import Wish
from services.approval.extensions.rules import ExtensionUnknown
from services.chassis.database import Tx
from services.chassis.reading import IfMatch, etag
from services.contracts import Code, Digest, Duration

router = APIRouter(tags=["approval"])


class ExtensionBody(BaseModel):
    """申请延长 / How much more time, and why.  The applicant is told the reasons, so they are
    written first: `PUT dossiers/{approval}/explanations` answers the digest."""

    model_config = ConfigDict(extra="forbid")

    length: Duration
    reason_code: Code
    explanation: Digest


class ConsentBody(BaseModel):
    """批准延长 / Consenting needs nothing said."""

    model_config = ConfigDict(extra="forbid")


class ExtensionView(BaseModel):
    """延长期限 / More time, as somebody asked for it, and who consented."""

    model_config = ConfigDict(from_attributes=True)

    approval: UUID
    length: Duration
    reason_code: str
    explanation: str
    asked_by: str
    asked_at: datetime
    consented_by: str | None
    consented_at: datetime | None


@router.put("/approvals/{approval}/extension")
async def request(
    approval: UUID,
    body: ExtensionBody,
    who: Desk,
    time: Time,
    tx: Tx,
    if_match: IfMatch = None,
) -> ExtensionView:
    """申请延长期限 / Ask for more time: once, before it runs out, within what the law allows."""
    wish = Wish(Length.of(body.length.model_dump()), body.reason_code, body.explanation)
    rest = (department_of(who), wish, who.sub, if_match)
    return ExtensionView.model_validate(await actions.request(tx, time, approval, *rest))


@router.put("/approvals/{approval}/extension/consent")
async def consent(
    approval: UUID,
    body: ConsentBody,
    who: Desk,
    time: Time,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> ExtensionView:
    """批准延长期限 / Consent, as somebody else than asked; the applicant is told why."""
    rest = (department_of(who), who.sub, if_match)
    row, made = await actions.consent(tx, time, approval, *rest)
    response.headers["etag"] = etag(row.version)
    return ExtensionView.model_validate(made)


@router.delete("/approvals/{approval}/extension", status_code=204)
async def decline(approval: UUID, who: Desk, tx: Tx) -> None:
    """不批准或撤回 / Turn the request down, or take it back."""
    await actions.decline(tx, approval, department_of(who))


@router.get("/approvals/{approval}/extension")
async def show(approval: UUID, who: Desk, tx: Tx) -> ExtensionView:
    """延长期限情况 / What was asked for, and whether somebody consented."""
    await check_own(tx, approval, department_of(who))
    known = await actions.asked(tx, approval)
    if known is None:
        raise ExtensionUnknown()
    return ExtensionView.model_validate(known)
