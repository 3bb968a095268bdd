"""Figures of supervision over HTTP: what is covered, and whose promises were broken."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import distinct, func, select

from services.approval.supervision import rules
from services.approval.supervision.api import department_of, following, uuid_of
from services.approval.supervision.credit import CREDIT
from services.approval.supervision.opening import DUTY, GRANT
from services.approval.supervision.rules import Outlook
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.reading import Cursor, Limit, Page, position

Reader = Annotated[Principal, Depends(Allow("officer", "inspector", "bureau"))]

router = APIRouter(tags=["approval"])


class CoverageView(BaseModel):
    """监管覆盖率 / How many grants somebody looks after, of those that owe it."""

    code: str = "supervision-coverage"
    version: int = 1
    zh: str = rules.COVERAGE_ZH
    en: str = rules.COVERAGE_EN
    numerator: int
    denominator: int
    share: float | None = Field(description="分母为零时为空 / Null where nothing is owed.")
    overdue: int = Field(description="有逾期任务的准予件数 / Grants with an overdue duty.")
    outlook: dict[Outlook, int] | None = Field(
        None,
        description="全部准予件的去向，仅督查可见 / Of all grants; for the bureau.",
    )


class CreditView(BaseModel):
    """失信记录 / A broken promise.  `holder` is an opaque id; nobody's name is kept here."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    holder: UUID
    approval: UUID
    item: str
    regulator: str
    cause: str
    reason_code: str
    made_at: datetime
    lifted_at: datetime | None


@router.get("/supervisions/coverage")
async def coverage(who: Reader, tx: Tx) -> CoverageView:
    """监管覆盖率 / Coverage of your department as regulator; the bureau's is of all."""
    grants = func.count(distinct(DUTY.c.approval))
    found = select(
        grants.filter(DUTY.c.acknowledged_at.is_not(None)).label("acknowledged"),
        grants.label("owing"),
        grants.filter(DUTY.c.overdue_at.is_not(None)).label("overdue"),
    )
    all_of_them = "bureau" in who.roles
    if not all_of_them:
        found = found.where(DUTY.c.regulator == department_of(who))
    row = (await tx.execute(found)).one()
    view = CoverageView(
        numerator=row.acknowledged,
        denominator=row.owing,
        share=row.acknowledged / row.owing if row.owing else None,
        overdue=row.overdue,
    )
    if all_of_them:
        by = select(GRANT.c.outlook, func.count().label("grants")).group_by(GRANT.c.outlook)
        view.outlook = {one.outlook: one.grants for one in await tx.execute(by)}
    return view


@router.get("/credit-records")
async def credit_records(
    who: Reader,
    tx: Tx,
    holder: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CreditView]:
    """失信记录 / Promises that were broken under your supervision; the bureau reads all."""
    found = select(CREDIT)
    if "bureau" not in who.roles:
        found = found.where(CREDIT.c.regulator == department_of(who))
    if holder:
        found = found.where(CREDIT.c.holder == holder)
    if cursor:
        found = found.where(CREDIT.c.id > uuid_of(position(cursor)))
    rows = (await tx.execute(found.order_by(CREDIT.c.id).limit(limit + 1))).all()
    return Page(
        items=[CreditView.model_validate(row) for row in rows[:limit]], next=following(rows, limit)
    )
