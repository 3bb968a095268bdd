"""The HTTP face of endings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from services.approval.clock.timekeeping import Time
from services.approval.desk.actions import APPROVAL, RESULT
from services.approval.desk.api import Number, department_of
from services.approval.endings import actions, rules
from services.approval.endings.actions import ENDING, Said
from services.approval.endings.rules import Hearing, Kind
from services.chassis.database import Tx
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Principal
from services.contracts import Code

Authority = Annotated[Principal, Depends(Allow("officer", "partner"))]
Reader = Annotated[Principal, Depends(Allow("officer", "partner", "bureau"))]

router = APIRouter(tags=["approval"])


class EndingBody(BaseModel):
    """终止 / Which act, on which grounds, by which law.

    撤回 `withdrawn_by_authority`, 撤销 `revoked`, 吊销 `cancelled_as_penalty`, 注销 `deregistered`:
    each has grounds of its own; what is wrong with them is said with those that fit.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    reason_codes: list[Code] = Field([], max_length=20)
    legal_basis: str = Field("", max_length=rules.LONGEST_BASIS)


class EndingView(BaseModel):
    """终止 / An act that ended a result, or struck it off afterwards."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    result: str
    kind: Kind
    reason_codes: list[str]
    legal_basis: str
    authority: str
    ended_by: str
    ended_at: datetime


class HearingBody(BaseModel):
    """听证情况 / That the holder was heard, or why not; `evidence` shows it."""

    model_config = ConfigDict(extra="forbid")

    outcome: Hearing
    evidence: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


class HearingView(HearingBody):
    """听证情况 / As it was entered."""

    result: str
    noted_by: str
    noted_at: datetime


@router.put("/results/{number}/hearing")
async def note_hearing(
    number: Number, body: HearingBody, who: Authority, time: Time, tx: Tx
) -> HearingView:
    """登记听证 / Enter the hearing that goes before 撤销 and 吊销, or why there was none."""
    about = number, department_of(who), body.outcome, body.evidence, who.sub
    return HearingView.model_validate(await actions.note_hearing(tx, time, *about))


@router.post("/results/{number}/endings", status_code=201, response_model=EndingView)
async def end(
    number: Number, body: EndingBody, who: Authority, time: Time, once: OnceOnly
) -> Response:
    """撤回、撤销、吊销、注销 / End a result that you issued, or that was issued in your name.

    What relied on it is flagged at its own desk; nothing else is touched.
    """
    department = department_of(who)

    async def effect() -> EndingView:
        said = Said(body.kind, body.reason_codes, body.legal_basis)
        ending = await actions.end(once.tx, time, number, department, said, who.sub)
        return EndingView.model_validate(ending)

    return await once(f"{department}/{who.sub}", effect, 201)


@router.get("/results/{number}/endings")
async def endings(number: Number, who: Reader, tx: Tx) -> list[EndingView]:
    """终止记录 / What ended a result of yours, oldest first; the bureau reads all."""
    known = select(RESULT.c.number).join(APPROVAL, APPROVAL.c.id == RESULT.c.approval)
    known = known.where(RESULT.c.number == number)
    if "bureau" not in who.roles:
        known = known.where(actions.of_department(who.department))
    if (await tx.execute(known)).first() is None:
        raise rules.ResultUnknown()
    found = select(ENDING).where(ENDING.c.result == number).order_by(ENDING.c.id)
    return [EndingView.model_validate(one) for one in await tx.execute(found)]
