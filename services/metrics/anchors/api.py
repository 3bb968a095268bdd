"""The HTTP face of anchors: what verifiers hold against approval's own record."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.metrics.anchors.tables import ANCHOR

Inspector = Annotated[Principal, Depends(Allow("inspector", "bureau", "operator"))]

router = APIRouter(tags=["metrics"])


class AnchorView(BaseModel):
    """锚点 / Where the chain of legal acts stood, as this service heard it."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    digest: str
    key: str
    signature: str
    anchored_at: datetime


class AnchorList(BaseModel):
    items: list[AnchorView]


@router.get("/anchors")
async def anchors(who: Inspector, tx: Tx) -> AnchorList:
    """审计链锚点 / What was heard of the chain's state, newest first, at most 1000."""
    rows = await tx.execute(select(ANCHOR).order_by(ANCHOR.c.position.desc()).limit(1000))
    return AnchorList(items=[AnchorView.model_validate(row) for row in rows])
