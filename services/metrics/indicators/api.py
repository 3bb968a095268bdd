"""The HTTP face of metrics: figures with their definitions beside them, and what lies behind."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from services.chassis.database import Tx
from services.chassis.errors import Flaw, NotFound
from services.chassis.identity import Allow, Principal
from services.chassis.reading import BadCursor, Cursor, Limit, Page, cursor, position
from services.chassis.ticks import Now
from services.contracts.items import Level
from services.metrics import measuring
from services.metrics.indicators import views
from services.metrics.indicators.registry import MEASURES
from services.metrics.indicators.views import CaseView, DefinitionView, IndicatorView
from services.metrics.lived.rules import DEFINITIONS, SHANGHAI
from services.metrics.lived.views import ApprovalFigures, FilingFigures, approvals, filings
from services.metrics.measuring import Measure, Narrowing

Reader = Annotated[Principal, Depends(Allow("bureau", "officer", "inspector", "operator"))]
Code = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
IndicatorCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Switch = Annotated[
    bool,
    Query(
        alias="unsuitable_counts_as_online",
        description="不适宜网办的事项是否视为可网办 / Does an unsuitable item count as online?",
    ),
]
Part = Annotated[
    Literal["denominator", "numerator", "rest"],
    Query(description="分母、分子或其余 / Below the line, above it, or what keeps it down."),
]

router = APIRouter(tags=["metrics"])


class IndicatorUnknown(NotFound):
    """There is no indicator of this code."""

    zh = "没有这个指标。"


class Indicators(BaseModel):
    indicators: list[IndicatorView]
    definitions: list[DefinitionView]
    applications: list[FilingFigures]
    group_by: str
    approvals: list[ApprovalFigures]


def narrowing(
    now: Now,
    scope: Annotated[
        Literal["all", "hall", "comprehensive_window"],
        Query(description="全部事项、进驻大厅或综合窗口 / All items, at the hall, or windows."),
    ] = "all",
    bundle: Code = None,
    department: Code = None,
    item: Code = None,
    region: Annotated[str | None, Query(pattern=r"^[0-9A-Za-z-]{2,32}$")] = None,
    kind: Annotated[str | None, Query(pattern=r"^[0-9]{2}$")] = None,
    level: Level | None = None,
) -> Narrowing:
    given = {"bundle": bundle, "department": department, "item": item}
    given |= {"region": region, "kind": kind, "level": level}
    today = now.astimezone(SHANGHAI).date()
    return Narrowing(today, scope, {name: text for name, text in given.items() if text})


Narrowed = Annotated[Narrowing, Depends(narrowing)]


@router.get("/indicators")
async def indicators(
    who: Reader,
    tx: Tx,
    narrowed: Narrowed,
    on: Switch = True,
    group_by: Literal["bundle", "department", "item"] = "department",
) -> Indicators:
    """指标 / Paper figures beside lived ones; and per bundle, or `group_by`, what was lived.

    Each indicator is narrowed by what it can be: `narrowed_by` says by what it was.
    """
    found = await measuring.sums(tx, list(MEASURES.values()), narrowed)
    return Indicators(
        indicators=[
            views.indicator(one, found[code], narrowed, on) for code, one in MEASURES.items()
        ],
        definitions=[views.definition(one) for one in DEFINITIONS],
        applications=await filings(tx, narrowed.equal.get("bundle")),
        group_by=group_by,
        approvals=await approvals(tx, group_by, narrowed.equal),
    )


@router.get("/indicators/{code}")
async def indicator(
    code: IndicatorCode, who: Reader, tx: Tx, narrowed: Narrowed, on: Switch = True
) -> IndicatorView:
    """一个指标 / One indicator: its formula, its numerator and denominator, its value."""
    measure = _measure(code)
    found = await measuring.sums(tx, [measure], narrowed)
    return views.indicator(measure, found[code], narrowed, on)


@router.get("/indicators/{code}/cases")
async def cases(
    code: IndicatorCode,
    who: Reader,
    tx: Tx,
    narrowed: Narrowed,
    on: Switch = True,
    part: Part = "denominator",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CaseView]:
    """指标背后的事项或审批 / The items or approvals behind an indicator, as a page.

    Items are public; of approvals an officer sees those of the own department.
    """
    measure = _measure(code)
    rows = await measuring.cases(
        tx,
        measure,
        narrowed,
        department=_own(who, measure),
        on=on,
        part=part,
        after=_after(measure, cursor),
        limit=limit + 1,
    )
    return _page(rows, measure, limit)


def _measure(code: str) -> Measure:
    if code not in MEASURES:
        raise IndicatorUnknown()
    return MEASURES[code]


def _own(who: Principal, measure: Measure) -> str | None:
    """The department outside of which this caller sees no case."""
    elsewhere = who.roles & {"bureau", "inspector", "operator"}
    return None if elsewhere or measure.source.kind == "paper" else who.department


def _after(measure: Measure, given: str | None) -> str | UUID | None:
    if given is None:
        return None
    if measure.source.kind == "paper":
        return position(given)
    try:
        return UUID(position(given))
    except ValueError as error:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw]) from error


def _page(rows: list[Any], measure: Measure, limit: int) -> Page[CaseView]:
    shown = [views.one_case(row, measure) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=shown, next=cursor(shown[-1].case) if more else None)
