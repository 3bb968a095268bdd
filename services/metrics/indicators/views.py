"""How an indicator is shown: its words, its figures, and what they were narrowed by."""

from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Row

from services.metrics.definitions import Definition, value
from services.metrics.measuring import Measure, Narrowing, Sums

Exact = Field(
    description="分子除以分母，六位小数，精确 / Numerator by denominator, exact to six places.",
    examples=["0.409000"],
)


class DefinitionView(BaseModel):
    """指标定义 / What a figure counts, in words and as a formula."""

    code: str
    version: int
    name: str
    name_en: str
    formula: str
    formula_en: str
    unit: str


class PopulationView(BaseModel):
    """分母 / What is divided by, by name."""

    code: str
    name: str
    name_en: str


class FigureView(BaseModel):
    """数值 / A figure in whole numbers and as a quotient; of nothing there is no value."""

    numerator: int
    denominator: int
    value: str | None = Exact


class SwitchView(BaseModel):
    """口径开关 / A point on which places differ, how it stands here, and the other reading."""

    code: str
    name: str
    name_en: str
    on: bool
    otherwise: FigureView


class IndicatorView(DefinitionView, FigureView):
    """指标 / An indicator.  `beside` is the code of its counterpart: paper and lived."""

    kind: Literal["paper", "lived"]
    population: PopulationView
    narrowed_by: dict[str, str]
    switch: SwitchView | None
    beside: str | None


class CaseView(BaseModel):
    """指标背后的一件 / One case behind an indicator: an item's code, or an approval's id.

    The cases' numerators and denominators add up to the indicator's.
    """

    case: str
    department: str
    numerator: int
    denominator: int
    facts: dict[str, Any]


def definition(one: Definition) -> DefinitionView:
    return DefinitionView(**_words(one))


def _words(one: Definition) -> dict[str, Any]:
    return {name: getattr(one, name) for name in DefinitionView.model_fields}


def figure(numerator: int, denominator: int) -> FigureView:
    exact = value(numerator, denominator)
    shown = None if exact is None else str(exact)
    return FigureView(numerator=numerator, denominator=denominator, value=shown)


def indicator(measure: Measure, sums: Sums, narrowing: Narrowing, on: bool) -> IndicatorView:
    above, off, below = sums
    readings = {True: figure(above, below), False: figure(off, below)}
    words = measure.definition
    population, _ = measure.source.population(narrowing.scope)
    has_switch = words.switch is not None
    return IndicatorView(
        **_words(words),
        **readings[on or not has_switch].model_dump(),
        kind=measure.source.kind,
        population=_population(population),
        narrowed_by=narrowing.applied(measure.source),
        switch=_switch(words, on, readings[not on]),
        beside=words.beside or None,
    )


def _population(one: Any) -> PopulationView:
    return PopulationView(code=one.code, name=one.name, name_en=one.name_en)


def _switch(words: Definition, on: bool, otherwise: FigureView) -> SwitchView | None:
    if words.switch is None:
        return None
    return SwitchView(
        code=words.switch.code,
        name=words.switch.name,
        name_en=words.switch.name_en,
        on=on,
        otherwise=otherwise,
    )


def one_case(row: Row[Any], measure: Measure) -> CaseView:
    return CaseView(
        case=str(row.key),
        department=row.department,
        numerator=row.numerator,
        denominator=row.denominator,
        facts={str(one.key): row._mapping[f"reads_{one.key}"] for one in measure.reads},
    )
