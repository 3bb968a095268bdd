"""The HTTP face of delivery."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from services.approval.catalogue.rules import Right
from services.approval.delivery import actions
from services.approval.delivery.actions import DELIVERY, Said
from services.approval.delivery.rules import By, Way
from services.approval.desk import seats
from services.approval.desk.api import Window, caller
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.idempotency import OnceOnly
from services.chassis.reading import IfMatch
from services.chassis.ticks import Now

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
    who: Window,
    now: Now,
    once: OnceOnly,
    if_match: IfMatch = None,
) -> Response:
    """送达 / Write down, once, that the decision or its certificate was delivered.

    The authority says so; or the people of the window that handed it over, by their point's right
    to accept the item.
    """
    said = Said(body.way, body.evidence, body.delivered_at)

    async def effect() -> DeliveryView:
        seat = await seats.take(once.tx, who, approval, Right.ACCEPT, now)
        row = await actions.deliver(once.tx, approval, seat, said, if_match)
        return DeliveryView.model_validate(row)

    return await once(caller(who), effect)


@router.get("/approvals/{approval}/delivery")
async def delivery(approval: UUID, who: Window, tx: Tx, now: Now) -> DeliveryView:
    """送达情况 / How and when it was delivered."""
    await seats.check_visible(tx, who, approval, now)
    found = select(DELIVERY).where(DELIVERY.c.approval == approval)
    row = (await tx.execute(found)).first()
    if row is None:
        raise NotDelivered()
    return DeliveryView.model_validate(row)
