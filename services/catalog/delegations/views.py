"""How delegations are shown: one, many, the grid, the history."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from services.catalog.delegations import cases, moves, rules
from services.catalog.delegations.cases import Case
from services.catalog.delegations.rules import Level, Mode, Right, State, Step
from services.catalog.delegations.tables import DelegationQuality
from services.catalog.points.rules import PointKind
from services.chassis.problems import slug


class Documented(BaseModel):
    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


class QualityView(Documented):
    """质量 / What came of the right: never a count without it.

    Metrics measures it and tells it by event; until it has, there is no figure here, which is not
    the same as a figure of nought.  Of `accept` it is about what the window accepted, of `close`
    about what the point decided.
    """

    cases: int
    refused: int
    """Not granted, or not accepted."""
    returned: int
    """The applicant was asked to put something right."""
    overdue: int
    bad_ratings: int | None
    """Null: not measured."""
    measured_until: date
    """The day on which the figures became what they are."""


class ProposedView(Documented):
    """待答复的扩大 / A widening that is proposed and not answered."""

    by: Level
    mode: Mode
    situations: list[str]
    legal_basis: str


class DelegationView(Documented):
    """赋权 / One right over one item at one point, as it stands today."""

    item: str
    point: str
    right: Right
    version: int
    department: str
    state: State
    begun_by: Level
    waits_for: Level | None
    """Whose answer is outstanding."""
    mode: Mode
    situations: list[str]
    legal_basis: str
    wider: ProposedView | None
    capacity: dict[str, Any] | None
    """What the point said last."""
    reasons: list[str]
    trial_until: date | None
    ends_on: date | None
    in_force: bool
    """Whether the point has the right today."""
    only_by_rule: bool
    """The point closes only what the item's instant rule decides."""
    objections: list[str]
    """What the law has against it by now, by name: the item or the point may have changed."""
    next: dict[Level, list[Step]]
    """The steps each level may take."""
    quality: QualityView | None = None
    changed_at: datetime


class CellView(Documented):
    """赋权矩阵的一格 / One right in the grid."""

    state: State
    version: int
    mode: Mode
    in_force: bool
    waits_for: Level | None
    trial_until: date | None
    ends_on: date | None
    only_by_rule: bool
    objections: list[str]
    quality: QualityView | None = None


class RowView(Documented):
    """赋权矩阵的一行 / One item at one point."""

    item: str
    item_name: str
    item_name_en: str
    department: str
    point: str
    point_name: str
    point_name_en: str
    point_kind: PointKind
    accept: CellView | None = None
    close: CellView | None = None


class GridView(Documented):
    """赋权矩阵 / Every right at a point, or over an item, as it stands that day."""

    day: date
    rows: list[RowView]


class StepView(Documented):
    """一步 / One step: who, when, how, why.  `note` is free text for the two levels."""

    version: int
    step: Step
    state: State
    level: Level | None
    who: str
    mode: Mode
    reasons: list[str]
    note: str
    details: dict[str, Any]
    at: datetime


def shown(row: Row[Any], today: date) -> DelegationView:
    case = cases.case_of(row)
    kept = row.Delegation
    standing = cases.as_of(case, today)
    wider = moves.kept(standing.wider)
    return DelegationView(
        item=case.item.code,
        point=case.point.code,
        right=case.right,
        department=case.item.department,
        begun_by=standing.begun_by,
        situations=list(standing.terms.situations),
        legal_basis=standing.terms.legal_basis,
        wider=ProposedView.model_validate(wider) if wider else None,
        capacity=kept.capacity,
        reasons=kept.reasons,
        next={level: sorted(rules.steps_of(standing, level)) for level in Level},
        changed_at=kept.changed_at,
        **cell(case, today).model_dump(),
    )


def cell(case: Case, today: date) -> CellView:
    standing = cases.as_of(case, today)
    law = rules.objections(case.item, case.point, case.right, standing.terms)
    return CellView(
        state=standing.state,
        version=case.version,
        mode=standing.terms.mode,
        in_force=standing.in_force(today),
        waits_for=rules.waits_for(standing),
        trial_until=standing.trial_until,
        ends_on=standing.ends_on,
        only_by_rule=cases.only_by_rule(case),
        objections=[slug(type(one)) for one in law],
        quality=quality(case.quality),
    )


def quality(measured: DelegationQuality | None) -> QualityView | None:
    if measured is None:
        return None
    return QualityView(
        cases=measured.cases,
        refused=measured.refused,
        returned=measured.returned,
        overdue=measured.overdue,
        bad_ratings=measured.bad_ratings,
        measured_until=cases.day(measured.measured_at),
    )


def grid(rows: Sequence[Row[Any]], today: date) -> GridView:
    return GridView(day=today, rows=list(_lines(rows, today)))


def _lines(rows: Sequence[Row[Any]], today: date) -> Iterator[RowView]:
    """The rows come by item and point; what is next to one another belongs together."""
    line: RowView | None = None
    for row in rows:
        case = cases.case_of(row)
        if line is None or (line.item, line.point) != (case.item.code, case.point.code):
            if line is not None:
                yield line
            line = _line(row)
        if case.right is Right.ACCEPT:
            line.accept = cell(case, today)
        else:
            line.close = cell(case, today)
    if line is not None:
        yield line


def _line(row: Row[Any]) -> RowView:
    return RowView(
        item=row.code,
        item_name=row.item_name,
        item_name_en=row.item_name_en or "",
        department=row.department,
        point=row.ServicePoint.code,
        point_name=row.ServicePoint.name,
        point_name_en=row.ServicePoint.name_en,
        point_kind=row.ServicePoint.kind,
    )
