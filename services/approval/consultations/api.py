"""The HTTP face of consultations: for the department that asks, and for the one that is asked."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Time
from services.approval.consultations import actions
from services.approval.consultations.actions import CONSULTATION, Question
from services.approval.consultations.rules import Because, Opinion
from services.approval.desk.api import Desk, caller, department_of, uuid_at
from services.chassis.database import Tx
from services.chassis.idempotency import OnceOnly
from services.chassis.reading import Cursor, IfMatch, Limit, Page, cursor
from services.contracts import MATERIAL, Code, Digest, Duration, FieldCode

Evidence = Annotated[str, Field(pattern=MATERIAL, max_length=120)]

router = APIRouter(tags=["approval"])


class ConsultationBody(BaseModel):
    """征求意见 / Whom you ask, within what time, and what of the dossier it may read for that.

    `question`: the digest of what you wrote, as `PUT dossiers/{approval}/explanations` answered it.
    """

    model_config = ConfigDict(extra="forbid")

    consulted: Code
    within: Duration
    fields: Annotated[list[FieldCode], Field(max_length=100)] = []
    evidence: Annotated[list[Evidence], Field(max_length=100)] = []
    question: Digest | None = None

    def asked(self) -> Question:
        within = Length.of(self.within.model_dump())
        return Question(self.consulted, within, self.fields, self.evidence, self.question)


class OpinionBody(BaseModel):
    """反馈意见 / Conditions and objections are written down first: `statement` is their digest."""

    model_config = ConfigDict(extra="forbid")

    opinion: Opinion
    statement: Digest | None = None


class WithdrawalBody(BaseModel):
    """不再需要 / Nothing needs to be said."""

    model_config = ConfigDict(extra="forbid")


class ConsultationView(BaseModel):
    """一次征求意见 / What one department asks of another; the rest is in `dossiers`."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)

    id: UUID
    approval: UUID
    department: str
    consulted: str
    fields: list[str]
    evidence: list[str]
    question: str | None
    within: Duration
    asked_by: str
    asked_at: datetime
    opinion: Opinion | None
    statement: str | None
    given_by: str | None
    closed_at: datetime | None
    because: Because | None
    """Why nobody waits for it any more: it was given, or they who asked withdrew it, sent the
    approval on or decided it, or the applicant's filing ended."""


@router.post(
    "/approvals/{approval}/consultations", status_code=201, response_model=ConsultationView
)
async def ask(
    approval: UUID,
    body: ConsultationBody,
    who: Desk,
    time: Time,
    once: OnceOnly,
    if_match: IfMatch = None,
) -> Response:
    """征求意见 / Ask another department for its opinion.  The citizen's clock runs on."""
    department = department_of(who)

    async def effect() -> ConsultationView:
        rest = (body.asked(), who.sub, if_match)
        row = await actions.ask(once.tx, time, approval, department, *rest)
        return ConsultationView.model_validate(row)

    return await once(caller(who), effect, 201)


@router.get("/consultations")
async def consultations(
    who: Desk,
    tx: Tx,
    role: Annotated[Literal["asked", "asking"], Query()] = "asked",
    approval: UUID | None = None,
    open: bool | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ConsultationView]:
    """征求意见列表 / Opinions that your department was `asked` for, or is `asking` for."""
    whose = CONSULTATION.c.consulted if role == "asked" else CONSULTATION.c.department
    found = select(CONSULTATION).where(whose == who.department)
    if approval:
        found = found.where(CONSULTATION.c.approval == approval)
    if open is not None:
        wanted = actions.still_wanted()
        found = found.where(wanted if open else ~wanted)
    if cursor:
        found = found.where(CONSULTATION.c.id > uuid_at(cursor))
    rows = (await tx.execute(found.order_by(CONSULTATION.c.id).limit(limit + 1))).all()
    shown = [ConsultationView.model_validate(row) for row in rows[:limit]]
    return Page(items=shown, next=_next(shown) if len(rows) > limit else None)


def _next(shown: list[ConsultationView]) -> str:
    return cursor(shown[-1].id)


@router.get("/consultations/{consultation}")
async def show(consultation: UUID, who: Desk, tx: Tx) -> ConsultationView:
    """一次征求意见 / One of them, for whoever asks or is asked."""
    return ConsultationView.model_validate(
        await actions.shown(tx, consultation, department_of(who))
    )


@router.put("/consultations/{consultation}/opinion")
async def give(
    consultation: UUID, body: OpinionBody, who: Desk, time: Time, tx: Tx
) -> ConsultationView:
    """反馈意见 / Your department's opinion, once."""
    rest = (department_of(who), body.opinion, body.statement, who.sub)
    return ConsultationView.model_validate(await actions.give(tx, time, consultation, *rest))


@router.put("/consultations/{consultation}/withdrawal")
async def withdraw(
    consultation: UUID, body: WithdrawalBody, who: Desk, time: Time, tx: Tx
) -> ConsultationView:
    """不再征求 / You do not want the opinion any more; what it was shown is shown no longer."""
    rest = (department_of(who), who.sub)
    return ConsultationView.model_validate(await actions.withdraw(tx, time, consultation, *rest))
