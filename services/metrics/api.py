"""The HTTP face of metrics: figures with their definitions beside them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import Integer, Row, case, cast, func, select

from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.metrics.rules import DEFINITIONS
from services.metrics.tables import CASE, DECIDED

Reader = Annotated[Principal, Depends(Allow("bureau", "officer", "inspector", "operator"))]
Code = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]

router = APIRouter(tags=["metrics"])


class DefinitionView(BaseModel):
    """指标定义 / What a figure counts, in words and as a formula."""

    code: str
    version: int
    name: str
    name_en: str
    formula: str
    unit: str


class FilingFigures(BaseModel):
    """办件 / Applications of one bundle."""

    bundle: str
    filed: int
    settled: int
    outcomes: dict[str, int]
    promised_days_mean: float | None
    lived_seconds_p50: float | None
    lived_seconds_p90: float | None


class ApprovalFigures(BaseModel):
    """审批 / Decided approvals of one bundle, department or item; promised beside lived."""

    key: str
    decided: int
    granted: int
    refused: int
    worked_seconds_p50: float
    worked_seconds_p90: float
    worked_days_p50: int
    worked_days_p90: int
    promised_days_mean: float
    kept_promises: float


class Indicators(BaseModel):
    definitions: list[DefinitionView]
    applications: list[FilingFigures]
    group_by: str
    approvals: list[ApprovalFigures]


@router.get("/indicators")
async def indicators(
    who: Reader,
    tx: Tx,
    group_by: Literal["bundle", "department", "item"] = "department",
    bundle: Code = None,
    department: Code = None,
    item: Code = None,
) -> Indicators:
    """指标 / Filed and settled per bundle; decided, worked and promised per `group_by`."""
    of_cases = [CASE.c.bundle == bundle] if bundle else []
    given = {"bundle": bundle, "department": department, "item": item}
    of_decided = [DECIDED.c[name] == value for name, value in given.items() if value]
    definitions = [
        DefinitionView(**{name: getattr(one, name) for name in DefinitionView.model_fields})
        for one in DEFINITIONS
    ]
    return Indicators(
        definitions=definitions,
        applications=await _filings(tx, of_cases),
        group_by=group_by,
        approvals=await _approvals(tx, group_by, of_decided),
    )


async def _filings(tx: Tx, where: list[Any]) -> list[FilingFigures]:
    lived = func.extract("epoch", CASE.c.completed_at - CASE.c.submitted_at)
    figures = (
        select(
            CASE.c.bundle,
            func.count(CASE.c.submitted_at).label("filed"),
            func.count(CASE.c.outcome).label("settled"),
            func.avg(CASE.c.promise_hours / 8.0).label("promised"),
            _rank(0.5, lived).label("p50"),
            _rank(0.9, lived).label("p90"),
        )
        .where(*where)
        .group_by(CASE.c.bundle)
        .order_by(CASE.c.bundle)
    )
    by_outcome = (
        select(CASE.c.bundle, CASE.c.outcome, func.count().label("n"))
        .where(CASE.c.outcome.is_not(None), *where)
        .group_by(CASE.c.bundle, CASE.c.outcome)
    )
    outcomes: dict[str, dict[str, int]] = {}
    for row in (await tx.execute(by_outcome)).all():
        outcomes.setdefault(row.bundle, {})[row.outcome] = row.n
    return [
        FilingFigures(
            bundle=row.bundle,
            filed=row.filed,
            settled=row.settled,
            outcomes=outcomes.get(row.bundle, {}),
            promised_days_mean=row.promised,
            lived_seconds_p50=row.p50,
            lived_seconds_p90=row.p90,
        )
        for row in (await tx.execute(figures)).all()
    ]


async def _approvals(tx: Tx, group_by: str, where: list[Any]) -> list[ApprovalFigures]:
    key = DECIDED.c[group_by].label("key")
    promised = func.ceil(DECIDED.c.promised_hours / 8.0)
    kept = func.avg(case((DECIDED.c.worked_days <= promised, 1.0), else_=0.0))
    figures = (
        select(
            key,
            func.count().label("decided"),
            func.count().filter(DECIDED.c.verdict == "granted").label("granted"),
            func.count().filter(DECIDED.c.verdict == "refused").label("refused"),
            _rank(0.5, DECIDED.c.worked_seconds).label("worked_seconds_p50"),
            _rank(0.9, DECIDED.c.worked_seconds).label("worked_seconds_p90"),
            cast(_rank(0.5, DECIDED.c.worked_days), Integer).label("worked_days_p50"),
            cast(_rank(0.9, DECIDED.c.worked_days), Integer).label("worked_days_p90"),
            func.avg(DECIDED.c.promised_hours / 8.0).label("promised_days_mean"),
            kept.label("kept_promises"),
        )
        .where(*where)
        .group_by(key)
        .order_by(key)
    )
    rows: list[Row[Any]] = list((await tx.execute(figures)).all())
    return [ApprovalFigures(**row._mapping) for row in rows]


def _rank(share: float, value: Any) -> Any:
    return func.percentile_disc(share).within_group(value)
