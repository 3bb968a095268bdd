"""The tables of lived figures: per bundle, and per bundle, department or item."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Integer, Row, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.metrics.lived.tables import CASE, DECIDED, DELIVERED

GROUPS = ("bundle", "department", "item")


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
    """审批 / Decided approvals of one bundle, department or item; promised beside lived.

    Of those that were `delivered`, how long that took after the decision; null: of none."""

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
    delivered: int
    delivery_days_p50: int | None
    delivery_days_p90: int | None


async def filings(tx: AsyncSession, bundle: str | None) -> list[FilingFigures]:
    where = [CASE.c.bundle == bundle] if bundle else []
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


async def approvals(
    tx: AsyncSession, group_by: str, equal: Mapping[str, str]
) -> list[ApprovalFigures]:
    """`equal`: the values of columns to count by; what an approval does not have is passed over."""
    where = [DECIDED.c[name] == equal[name] for name in GROUPS if name in equal]
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
            func.count(DELIVERED.c.approval).label("delivered"),
            cast(_rank(0.5, DELIVERED.c.waited_days), Integer).label("delivery_days_p50"),
            cast(_rank(0.9, DELIVERED.c.waited_days), Integer).label("delivery_days_p90"),
        )
        .select_from(DECIDED.outerjoin(DELIVERED, DELIVERED.c.approval == DECIDED.c.approval))
        .where(*where)
        .group_by(key)
        .order_by(key)
    )
    rows: list[Row[Any]] = list((await tx.execute(figures)).all())
    return [ApprovalFigures(**row._mapping) for row in rows]


def _rank(share: float, value: Any) -> Any:
    return func.percentile_disc(share).within_group(value)
