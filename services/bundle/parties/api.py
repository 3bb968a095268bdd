"""The HTTP face of parties: mandates."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import or_, select

from services.bundle.parties import mandates as given
from services.bundle.parties import rules
from services.bundle.parties.sealing import Seals
from services.bundle.parties.tables import Mandate
from services.chassis.database import Tx
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Principal
from services.chassis.reading import Page
from services.chassis.ticks import moment
from services.contracts import Code

Applicant = Annotated[Principal, Depends(Allow("citizen", "clerk"))]

router = APIRouter(tags=["bundle"])


class NewMandate(BaseModel):
    """委托 / Let an agent's account file these bundles for you, or for your enterprise."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(
        pattern=r"^[!-~]+$", max_length=200, description="代办人账号 / The agent's account."
    )
    bundles: list[Code] = Field(min_length=1, max_length=50)
    number: str | None = Field(
        None, max_length=32, description="企业统一社会信用代码 / Your enterprise's credit code."
    )
    valid_until: AwareDatetime


class MandateView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    principal: UUID
    agent: str
    bundles: list[str]
    valid_until: datetime
    revoked_at: datetime | None
    created_at: datetime


@router.post("/mandates", status_code=201, response_model=MandateView)
async def grant(body: NewMandate, who: Applicant, once: OnceOnly, sealer: Seals) -> Response:
    """委托代办 / Give a mandate."""

    async def effect() -> MandateView:
        rules.check_term(body.valid_until, moment(once.tx))
        bundles, number = list(body.bundles), body.number
        row = await given.grant_mandate(
            once.tx, who, body.agent, bundles, body.valid_until, number, sealer
        )
        return MandateView.model_validate(row)

    return await once(who.sub, effect, 201)


@router.get("/mandates")
async def mandates(who: Applicant, tx: Tx) -> Page[MandateView]:
    """您给出和收到的委托 / Mandates you gave and received, newest first."""
    mine = or_(Mandate.granted_by == who.sub, Mandate.agent == who.sub)
    rows = await tx.scalars(select(Mandate).where(mine).order_by(Mandate.id.desc()).limit(100))
    return Page(items=[MandateView.model_validate(row) for row in rows])


@router.delete("/mandates/{mandate}")
async def revoke(mandate: UUID, who: Applicant, tx: Tx) -> MandateView:
    """撤销委托 / Revoke a mandate that you gave; revoking twice is revoking once."""
    return MandateView.model_validate(await given.revoke_mandate(tx, who, mandate))
