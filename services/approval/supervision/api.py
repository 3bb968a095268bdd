"""The HTTP face of supervision: a regulator's worklist, what it found, and what is covered."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import select

from services.approval.clock.rules.lengths import Length, Unit
from services.approval.clock.timekeeping import Time
from services.approval.supervision import actions, queries, rules
from services.approval.supervision.actions import Found
from services.approval.supervision.credit import FINDING
from services.approval.supervision.opening import DUTY
from services.approval.supervision.rules import Kind, State, Verdict
from services.approval.supervision.tables import FindingAnswer
from services.chassis.database import Tx, table
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Excluded, Principal
from services.chassis.reading import Cursor, IfMatch, Limit, Page, cursor, etag, position
from services.chassis.ticks import Now
from services.contracts import Code, Digest, Duration

Regulator = Annotated[Principal, Depends(Allow("officer", "inspector"))]
Bureau = Annotated[Principal, Depends(Allow("bureau"))]
Account = Annotated[str, Path(pattern=r"^[\x21-\x7e]+$", max_length=255)]

ANSWER = table(FindingAnswer)

router = APIRouter(tags=["approval"])


class DutyView(BaseModel):
    """监管任务 / A supervision duty of one grant.

    `due`: of the check, or of the rectification that was ordered.  `inspector`: who was drawn
    (双随机), from SHA-256 over `seed` and the approval; the seed is in the chain of acts.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    approval: UUID
    application: UUID
    item: str
    department: str
    region: str
    kind: Kind
    ref: str = Field(description="所依据而已终止的结果 / Of a review: the result that ended.")
    regulator: str
    state: State
    reason_code: str | None
    refer_to: str | None
    seed: str
    inspector: str | None
    due: datetime | None
    overdue_at: datetime | None
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None
    version: int = Field(description="版本，即 ETag / Its ETag.")


class FindingView(BaseModel):
    """检查情况 / What was found at a check."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    verdict: Verdict
    reason_codes: list[str]
    uploads: list[UUID]
    explanation: str | None = Field(None, description="书面说明的摘要 / Of what was written.")
    until: datetime | None
    found_by: str
    found_at: datetime
    answered_at: datetime | None = Field(None, description="当事人何时回复整改 / The holder did.")
    statement: str | None = None
    answer_uploads: Annotated[list[UUID], BeforeValidator(lambda given: given or [])] = []


class WholeDutyView(DutyView):
    """监管任务及历次检查 / A duty with everything that was found, oldest first."""

    findings: list[FindingView] = []


class Dispute(BaseModel):
    """异议 / Why the duty is not yours, and whose it is."""

    model_config = ConfigDict(extra="forbid")

    reason_code: Code
    refer_to: Code


class Assignment(BaseModel):
    """指定监管部门 / Who has it."""

    model_config = ConfigDict(extra="forbid")

    regulator: Code


class FindingBody(BaseModel):
    """检查结论 / What you found.

    `rectify` (限期整改) needs `within`, the time to put it right; it and `fail` need reason codes.
    `fail` proposes an ending to the authority that granted; what was promised and not kept enters
    the holder's credit record.  `uploads`: your department's own (`POST uploads`); `explanation`:
    what you wrote to the holder (`PUT dossiers/{approval}/explanations`).
    """

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    reason_codes: list[Code] = Field([], max_length=20)
    uploads: list[UUID] = Field([], max_length=20)
    within: Duration | None = None
    explanation: Digest | None = None

    def said(self) -> Found:
        within = Length(self.within.value, Unit(self.within.unit)) if self.within else None
        about = self.verdict, self.reason_codes, self.uploads, within, self.explanation
        return Found(*about)


@router.get("/supervisions")
async def duties(
    who: Regulator,
    tx: Tx,
    state: Annotated[list[State] | None, Query()] = None,
    kind: Annotated[list[Kind] | None, Query()] = None,
    approval: UUID | None = None,
    overdue: bool | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DutyView]:
    """本部门的监管任务，先到先列 / Your department's duties, oldest first; those that another
    department says are yours are among them, and grants of yours whose ending is proposed."""
    where: list[Any] = [DUTY.c.kind.in_(kind)] if kind else []
    if approval:
        where.append(DUTY.c.approval == approval)
    if overdue is not None:  # as constants, like the condition of an index
        where.append(DUTY.c.overdue_at.is_not(None) if overdue else DUTY.c.overdue_at.is_(None))
    after = uuid_of(position(cursor)) if cursor else None
    found = queries.worklist(department_of(who), state or list(State), where, after, limit + 1)
    rows = (await tx.execute(found)).all()
    return Page(
        items=[DutyView.model_validate(row) for row in rows[:limit]], next=following(rows, limit)
    )


@router.get("/supervisions/{duty}")
async def show(duty: UUID, who: Regulator, tx: Tx, response: Response) -> WholeDutyView:
    """一项监管任务 / One duty, with what was found."""
    mine = [DUTY.c.id == duty, actions.read_by(department_of(who))]
    row = (await tx.execute(select(DUTY).where(*mine))).first()
    if row is None:
        raise rules.DutyUnknown()
    response.headers["etag"] = etag(row.version)
    answer = ANSWER.c.answered_at, ANSWER.c.statement, ANSWER.c.uploads.label("answer_uploads")
    found = select(FINDING, *answer).outerjoin(ANSWER, ANSWER.c.finding == FINDING.c.id)
    found = found.where(FINDING.c.supervision == duty).order_by(FINDING.c.id)
    view = WholeDutyView.model_validate(row)
    view.findings = [FindingView.model_validate(one) for one in await tx.execute(found)]
    return view


@router.put("/supervisions/{duty}/acknowledgement")
async def acknowledge(
    duty: UUID, who: Regulator, tx: Tx, now: Now, response: Response, if_match: IfMatch = None
) -> DutyView:
    """认领 / Take the duty on.  The same twice is once."""
    row = await actions.acknowledge(tx, duty, department_of(who), who.sub, now, if_match)
    return _shown(row, response)


@router.put("/supervisions/{duty}/dispute")
async def dispute(
    duty: UUID, body: Dispute, who: Regulator, tx: Tx, response: Response, if_match: IfMatch = None
) -> DutyView:
    """异议 / Say whose duty it is instead: that department finds it in its worklist, and the
    bureau can decide."""
    about = department_of(who), body.reason_code, body.refer_to
    return _shown(await actions.dispute(tx, duty, *about, if_match), response)


@router.put("/supervisions/{duty}/regulator")
async def assign(
    duty: UUID,
    body: Assignment,
    who: Bureau,
    now: Now,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> DutyView:
    """指定监管部门 / Decide a dispute: this department has the duty."""
    return _shown(await actions.assign(tx, duty, body.regulator, now, if_match), response)


@router.put("/supervisions/{duty}/inspection")
async def begin(
    duty: UUID, who: Regulator, tx: Tx, response: Response, if_match: IfMatch = None
) -> DutyView:
    """开始检查或复查 / Begin the check, or the re-check."""
    row = await actions.begin(tx, duty, department_of(who), who.sub, if_match)
    return _shown(row, response)


@router.post("/supervisions/{duty}/findings", status_code=201, response_model=WholeDutyView)
async def find(
    duty: UUID, body: FindingBody, who: Regulator, time: Time, once: OnceOnly
) -> Response:
    """登记检查结论 / Enter what you found: it passes, is to be put right in time, or fails."""
    department = department_of(who)

    async def effect() -> WholeDutyView:
        row, finding = await actions.find(once.tx, time, duty, department, body.said(), who.sub)
        view = WholeDutyView.model_validate(row)
        view.findings = [FindingView.model_validate(finding)]
        return view

    return await once(f"{department}/{who.sub}", effect, 201, lambda view: _etag(view))


@router.put("/inspectors/{account}", status_code=204)
async def enrol(account: Account, who: Regulator, tx: Tx) -> None:
    """检查人员名录 / An account of your department that may be drawn for random checks."""
    await actions.enrol(tx, department_of(who), account)


@router.delete("/inspectors/{account}", status_code=204)
async def strike_off(account: Account, who: Regulator, tx: Tx) -> None:
    """移出名录 / It is not drawn any more; checks it was drawn for remain its own."""
    await actions.strike_off(tx, department_of(who), account)


def department_of(who: Principal) -> str:
    if who.department is None:
        raise Excluded("令牌没有部门。", "The token names no department.")
    return who.department


def uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def following(rows: Any, limit: int) -> str | None:
    return cursor(rows[limit - 1].id) if len(rows) > limit else None


def _shown(row: Any, response: Response) -> DutyView:
    view = DutyView.model_validate(row)
    response.headers.update(_etag(view))
    return view


def _etag(view: DutyView) -> dict[str, str]:
    return {"etag": etag(view.version)}
