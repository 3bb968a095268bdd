"""The HTTP face of instant approval: why a rule granted, or did not."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from services.approval.desk.actions import APPROVAL
from services.approval.instant.actions import TRACE
from services.approval.instant.rules import NoTrace, Why
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal

Reader = Annotated[Principal, Depends(Allow("officer", "partner", "inspector", "bureau"))]

router = APIRouter(tags=["approval"])


class TraceView(BaseModel):
    """秒批判断 / What the rule judged.  `facts` holds just the fields the rule names."""

    model_config = ConfigDict(from_attributes=True)

    approval: UUID
    rule: str
    facts: dict[str, Any]
    acr: str
    wanted_acr: str
    commitment: str | None
    commitment_version: int | None
    signed: str | None
    why: Why
    judged_at: datetime


@router.get("/approvals/{approval}/instant")
async def trace(approval: UUID, who: Reader, tx: Tx) -> TraceView:
    """秒批判断依据 / Why a rule granted this approval at filing, or left it to people."""
    found = select(TRACE).join(APPROVAL, APPROVAL.c.id == TRACE.c.approval)
    found = found.where(TRACE.c.approval == approval)
    if not {"inspector", "bureau"} & who.roles:
        found = found.where(APPROVAL.c.department == who.department)
    row = (await tx.execute(found)).first()
    if row is None:
        raise NoTrace()
    return TraceView.model_validate(row)
