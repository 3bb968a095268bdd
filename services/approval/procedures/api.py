"""The HTTP face of special procedures."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.actions import PAUSE
from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Time
from services.approval.desk.actions import check_own
from services.approval.desk.api import Desk, caller, department_of
from services.approval.desk.rules import State
from services.approval.procedures import actions
from services.approval.procedures.actions import PROCEDURE, Suspension
from services.chassis.database import Tx
from services.chassis.idempotency import OnceOnly
from services.chassis.reading import IfMatch, etag
from services.contracts import Digest, Duration, ProcedureKind

Number = Annotated[int, Path(ge=1, le=1000)]

router = APIRouter(tags=["approval"])


class SuspensionBody(BaseModel):
    """特别程序开始 / A step whose time is not counted begins.

    `evidence`: a document's number, or an upload's id; without it there is no pause.  `expected` is
    told to the applicant; what else you write is stored first (`explanation`).
    """

    model_config = ConfigDict(extra="forbid")

    kind: ProcedureKind
    evidence: str = Field(min_length=1, max_length=200)
    expected: Duration
    since: AwareDatetime | None = Field(None, description="何时开始，默认现在 / Since when.")
    explanation: Digest | None = None

    def said(self) -> Suspension:
        expected = Length.of(self.expected.model_dump())
        return Suspension(self.kind, self.evidence, expected, self.since, self.explanation)


class EndBody(BaseModel):
    """特别程序结束 / The step has ended, now or when it did."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime | None = None


class ProcedureView(BaseModel):
    """一次特别程序 / One special procedure: the clock stood still from its beginning to its end."""

    model_config = ConfigDict(from_attributes=True)

    approval: UUID
    number: int
    kind: str
    expected: Duration
    explanation: str | None
    evidence: str
    begun_by: str
    begun_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class ProcedureMade(ProcedureView):
    state: State
    version: int = Field(description="审批任务的版本 / The approval's, its ETag.")


class ProcedureList(BaseModel):
    items: list[ProcedureView]


@router.post("/approvals/{approval}/suspensions", status_code=201, response_model=ProcedureMade)
async def suspend(
    approval: UUID,
    body: SuspensionBody,
    who: Desk,
    time: Time,
    once: OnceOnly,
    if_match: IfMatch = None,
) -> Response:
    """特别程序开始 / Begin a special procedure: the clock stands still, the applicant is told."""
    department = department_of(who)

    async def effect() -> ProcedureMade:
        rest = (body.said(), who.sub, if_match)
        row, made = await actions.suspend(once.tx, time, approval, department, *rest)
        return await _made(once.tx, row, made)

    return await once(caller(who), effect, 201, headers=_etag)


@router.put("/approvals/{approval}/suspensions/{number}/end", response_model=ProcedureMade)
async def resume(
    approval: UUID,
    number: Number,
    body: EndBody,
    who: Desk,
    time: Time,
    once: OnceOnly,
    if_match: IfMatch = None,
) -> Response:
    """特别程序结束 / End it: the clock runs again."""
    department = department_of(who)

    async def effect() -> ProcedureMade:
        rest = (who.sub, body.until, number, if_match)
        row, made = await actions.resume(once.tx, time, approval, department, *rest)
        return await _made(once.tx, row, made)

    return await once(caller(who), effect, headers=_etag)


@router.get("/approvals/{approval}/suspensions")
async def procedures(approval: UUID, who: Desk, tx: Tx) -> ProcedureList:
    """特别程序 / The approval's special procedures, in order."""
    await check_own(tx, approval, department_of(who))
    return ProcedureList(items=[ProcedureView(**one) for one in await _listed(tx, approval)])


async def _listed(tx: AsyncSession, approval: UUID) -> list[dict[str, Any]]:
    ledger = (PAUSE.c.evidence, PAUSE.c.begun_by, PAUSE.c.ended_by)
    found = select(PROCEDURE, *ledger).join(PAUSE, PAUSE.c.id == PROCEDURE.c.pause)
    found = found.where(PROCEDURE.c.approval == approval).order_by(PROCEDURE.c.number)
    return [dict(row) for row in (await tx.execute(found)).mappings()]


async def _made(tx: AsyncSession, row: Any, made: Any) -> ProcedureMade:
    listed = await _listed(tx, row.id)
    view = ProcedureView(**listed[made.number - 1])
    return ProcedureMade(**view.model_dump(), state=row.state, version=row.version)


def _etag(made: ProcedureMade) -> dict[str, str]:
    return {"etag": etag(made.version)}
