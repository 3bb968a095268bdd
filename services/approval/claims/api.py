"""The HTTP face of claims."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.approval.claims import actions
from services.approval.desk.api import Desk, department_of
from services.approval.desk.views import ApprovalView
from services.chassis.database import Tx
from services.chassis.reading import IfMatch, etag

# As issuers name accounts; a colleague's name would go into events.
Account = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$")]

router = APIRouter(tags=["approval"])


class ClaimBody(BaseModel):
    """领办或转交 / Nothing said: you take it up.  `officer`: a colleague's account, to hand it on;
    `taken_from`: whom you take it from, where somebody else works on it."""

    model_config = ConfigDict(extra="forbid")

    officer: Account | None = None
    taken_from: Account | None = None


@router.put("/approvals/{approval}/claim")
async def claim(
    approval: UUID,
    body: ClaimBody,
    who: Desk,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> ApprovalView:
    """领办、转交 / Take it up, or hand it to a colleague: others then leave it alone."""
    rest = (department_of(who), who.sub, body.officer, body.taken_from, if_match)
    row = await actions.claim(tx, approval, *rest)
    response.headers["etag"] = etag(row.version)
    return ApprovalView.model_validate(row)


@router.delete("/approvals/{approval}/claim")
async def release(
    approval: UUID, who: Desk, tx: Tx, response: Response, if_match: IfMatch = None
) -> ApprovalView:
    """放回 / Put it down, so that anybody at your desk may take it up."""
    row = await actions.release(tx, approval, department_of(who), who.sub, if_match)
    response.headers["etag"] = etag(row.version)
    return ApprovalView.model_validate(row)
