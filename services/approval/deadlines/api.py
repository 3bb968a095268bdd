"""One approval's clock over HTTP: when it is due, and why, day by day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock import actions as clock
from services.approval.clock.rules import wording
from services.approval.clock.rules.deadlines import Counted, counts, first
from services.approval.clock.rules.explaining import Explanation, Rule, Step, explain
from services.approval.clock.rules.lengths import Basis, Unit
from services.approval.clock.rules.reckoning import Rules
from services.approval.clock.timekeeping import Time
from services.approval.desk.actions import APPROVAL
from services.approval.desk.rules import ApprovalUnknown, State
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal

Reader = Annotated[Principal, Depends(Allow("officer", "partner", "bureau"))]

router = APIRouter(tags=["approval"])


class StepView(BaseModel):
    """一天 / One day of the count."""

    day: date
    rule: Rule
    counted: float = Field(description="计入多少，按该期限的单位 / In the unit of its budget.")
    holiday: str | None = None
    holiday_en: str | None = None
    pause: int | None = Field(None, description="第几次中止 / The pause, from 1.")
    provisional: bool
    zh: str
    en: str


class BudgetView(BaseModel):
    """期限或其延长 / A limit, or its extension."""

    value: int
    unit: Unit
    used: float
    left: float


class CountView(BaseModel):
    """一项期限的计算 / How one limit is counted.  `due` is null while the clock stands still."""

    kind: str = Field(description="promised, legal, acceptance, or a small clock's own.")
    basis: Basis
    started_at: datetime
    budget: list[BudgetView]
    due: datetime | None
    yellow: datetime | None
    provisional: list[int] = Field(description="尚未公布的年份 / Years not announced yet.")
    overdue_days: int
    steps: list[StepView]
    zh: str
    en: str


class PauseView(BaseModel):
    """中止 / A pause of the ledger."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    begin_at: datetime
    end_at: datetime | None
    reason_code: str
    evidence: str
    begun_by: str
    ended_by: str | None


class ExtensionView(BaseModel):
    """延长 / What was added, and who consented."""

    model_config = ConfigDict(from_attributes=True)

    length: dict[str, Any]
    reason_code: str
    asked_by: str
    consented_by: str
    granted_at: datetime


class ReachedView(BaseModel):
    """已到的时限 / A deadline that has come."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    ref: UUID
    due_at: datetime
    reached_at: datetime


class CalendarUsed(BaseModel):
    """所用日历 / A year that was counted by."""

    year: int
    source: str
    provisional: bool


class ClockView(BaseModel):
    """审批时限 / The clock of an approval, as of now or of the decision."""

    approval: UUID
    state: State
    as_of: datetime
    received_at: datetime
    accepted_at: datetime | None
    stopped_at: datetime | None
    paused: bool
    deemed_consent: bool = Field(description="逾期视为同意，须有法律依据 / Silence grants, by law.")
    due: datetime | None = Field(description="先到者 / Of the promise and the law, the first.")
    yellow: datetime | None
    provisional: list[int]
    counts: list[CountView]
    calendars: list[CalendarUsed]
    pauses: list[PauseView]
    extension: ExtensionView | None
    reached: list[ReachedView]


@router.get("/approvals/{approval}/clock")
async def show(approval: UUID, who: Reader, time: Time, tx: Tx) -> ClockView:
    """期限怎样算出来的，逐日说明 / When it is due, explained day by day.

    Your department's; the bureau reads all.
    """
    found = select(APPROVAL).where(APPROVAL.c.id == approval, APPROVAL.c.item != "")
    if "bureau" not in who.roles:
        found = found.where(APPROVAL.c.department == who.department)
    row = (await tx.execute(found)).first()
    if row is None:
        raise ApprovalUnknown(retry_after=1)
    rules = await time.rules(tx)
    return await _view(tx, row, rules, time.now())


async def _view(tx: AsyncSession, row: Any, rules: Rules, now: datetime) -> ClockView:
    ids = {"ids": [row.id]}
    pauses = (await tx.execute(clock.PAUSES, ids)).all()
    extension = (await tx.execute(clock.EXTENSIONS, ids)).first()
    small = (await tx.execute(clock.RUNNING_SMALL, ids)).all()
    reached = (await tx.execute(clock.REACHED_OF, ids)).all()
    case = clock.fresh(row, pauses, extension, small)
    as_of = case.stopped or now
    shown = [_count(one, explain(one.count, rules, as_of)) for one in counts(case)]
    due, yellow = first(case, rules)
    return ClockView(
        approval=row.id,
        state=row.state,
        as_of=as_of,
        received_at=row.opened_at,
        accepted_at=row.accepted_at,
        stopped_at=case.stopped,
        paused=bool(pauses) and pauses[-1].end_at is None,
        deemed_consent=case.terms.deemed_consent,
        due=due,
        yellow=yellow,
        provisional=sorted({year for one in shown for year in one.provisional}),
        counts=shown,
        calendars=_calendars(shown, rules),
        pauses=[PauseView.model_validate(one) for one in pauses],
        extension=ExtensionView.model_validate(extension) if extension else None,
        reached=[ReachedView.model_validate(one) for one in reached],
    )


def _count(counted: Counted, told: Explanation) -> CountView:
    said = wording.summary(told, counted.count.budget, counted.count.start)
    return CountView(
        kind=counted.kind,
        basis=counted.basis,
        started_at=counted.count.start,
        budget=[
            BudgetView(**one.length._asdict(), used=one.used, left=one.left) for one in told.budget
        ],
        due=told.reckoned.due,
        yellow=told.reckoned.yellow,
        provisional=list(told.awaits),
        overdue_days=told.overdue_days,
        steps=[_step(one) for one in told.steps],
        zh=said.zh,
        en=said.en,
    )


def _step(step: Step) -> StepView:
    zh, en = wording.line(step)
    return StepView(
        day=step.day,
        rule=step.rule,
        counted=step.counted or round(step.worked.total_seconds() / 3600, 2),
        holiday=step.name.zh or None,
        holiday_en=step.name.en or None,
        pause=None if step.pause is None else step.pause + 1,
        provisional=step.awaits is not None,
        zh=zh,
        en=en,
    )


def _calendars(shown: Sequence[CountView], rules: Rules) -> list[CalendarUsed]:
    days = [step.day.year for one in shown for step in one.steps]
    used = [rules.calendar.year(year) for year in sorted(set(days))]
    return [
        CalendarUsed(year=one.year, source=one.source, provisional=one.provisional) for one in used
    ]
