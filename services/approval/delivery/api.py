"""The HTTP face of delivery."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from services.approval.clock.rules.reckoning import local
from services.approval.clock.timekeeping import Time
from services.approval.delivery import actions
from services.approval.delivery.actions import DELIVERY, Said
from services.approval.delivery.rules import By, Way
from services.approval.desk.actions import check_own
from services.approval.desk.api import Desk, caller, department_of
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Excluded, Principal
from services.chassis.reading import IfMatch

AUTHORITY = {"officer", "partner"}
Deliverer = Annotated[Principal, Depends(Allow("officer", "partner", "clerk"))]

router = APIRouter(tags=["approval"])


class NotDelivered(NotFound):
    """It has not been delivered yet, as far as anybody has said."""

    zh = "尚未登记送达。"


class DeliveryBody(BaseModel):
    """送达 / How it reached the applicant: fetched at a `window`, by `post`, `electronic` in a
    system of yours.

    `evidence`: the number of the signed receipt, of the mailing, of your system's record.  What a
    holder opens in the wallet here is delivered by that; nobody has to say so.
    """

    model_config = ConfigDict(extra="forbid")

    way: Way
    evidence: str = Field(min_length=1, max_length=200)
    delivered_at: AwareDatetime | None = Field(None, description="默认为现在 / By default, now.")


class DeliveryView(BaseModel):
    """送达 / How and when it reached the applicant, and who said so."""

    model_config = ConfigDict(from_attributes=True)

    approval: UUID
    way: Way
    evidence: str | None
    delivered_at: datetime
    by: By
    said_by: str
    said_at: datetime


@router.put("/approvals/{approval}/delivery", response_model=DeliveryView)
async def deliver(
    approval: UUID,
    body: DeliveryBody,
    who: Deliverer,
    time: Time,
    once: OnceOnly,
    if_match: IfMatch = None,
) -> Response:
    """送达 / Write down, once, that the decision or its certificate was delivered.

    The authority says so; or the clerk of a window that may accept the item, who handed it over.
    """
    said, today = Said(body.way, body.evidence, body.delivered_at), local(time.now())

    async def effect() -> DeliveryView:
        if AUTHORITY & who.roles:
            about = approval, department_of(who), said, who.sub, if_match
            return DeliveryView.model_validate(await actions.deliver(once.tx, *about))
        row = await actions.hand_over(once.tx, approval, _point(who), said, who.sub, today)
        return DeliveryView.model_validate(row)

    return await once(caller(who) if who.department else f"{who.point}/{who.sub}", effect)


@router.get("/approvals/{approval}/delivery")
async def delivery(approval: UUID, who: Desk, tx: Tx) -> DeliveryView:
    """送达情况 / How and when it was delivered."""
    await check_own(tx, approval, department_of(who))
    found = select(DELIVERY).where(DELIVERY.c.approval == approval)
    row = (await tx.execute(found)).first()
    if row is None:
        raise NotDelivered()
    return DeliveryView.model_validate(row)


def _point(who: Principal) -> str:
    if not who.point:
        raise Excluded("令牌没有服务点。", "The token names no service point.")
    return who.point
