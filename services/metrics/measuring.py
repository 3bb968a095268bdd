"""From a definition to its figure and to the cases behind it, by one and the same expressions.

The figure is the sum of what its cases say: whoever adds up a drill-down gets the figure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, Row, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.metrics.definitions import Definition, Population

Expression = ColumnElement[Any]
ONE: Expression = literal(1)


@dataclass(frozen=True, slots=True)
class Source:
    """A table of cases: what identifies one, what may narrow them, which populations there are."""

    kind: Literal["paper", "lived"]
    cases: FromClause
    key: Expression
    department: Expression
    filters: Mapping[str, Expression]
    populations: Mapping[str, tuple[Population, Expression | None]]
    on_the_books: Callable[[date], Expression] | None = None
    """Which cases still count on a day; without it, all do for ever."""

    def population(self, scope: str) -> tuple[Population, Expression | None]:
        """A source without this scope counts all it has."""
        return self.populations.get(scope) or self.populations["all"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What one case adds above and below the line, in whole numbers."""

    definition: Definition
    source: Source
    numerator: Expression
    denominator: Expression = field(default=ONE)
    among: Expression | None = None
    """Which cases count at all."""
    switched_off: Expression | None = None
    """The numerator with the definition's switch turned off."""
    reads: tuple[Expression, ...] = ()
    """The columns that decide: shown with every case."""

    def above(self, on: bool) -> Expression:
        off = self.switched_off
        return self.numerator if on or off is None else off


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which cases to look at: those of a day, a population (`scope`), equal values of columns."""

    today: date
    scope: str = "all"
    equal: Mapping[str, str] = field(default_factory=dict)

    def within(self, source: Source) -> list[Expression]:
        _, member = source.population(self.scope)
        where = [] if member is None else [member]
        if source.on_the_books is not None:
            where.append(source.on_the_books(self.today))
        return where + [source.filters[name] == self.equal[name] for name in self.applied(source)]

    def applied(self, source: Source) -> dict[str, str]:
        """Of what was asked for: what this source can narrow by."""
        return {name: text for name, text in self.equal.items() if name in source.filters}


Sums = tuple[int, int, int]
"""Numerator, numerator with the switch off, denominator."""


def one_if(condition: Expression) -> Expression:
    return case((condition, 1), else_=0)


async def sums(
    tx: AsyncSession, measures: Sequence[Measure], narrowing: Narrowing
) -> dict[str, Sums]:
    """By indicator code; the measures of one source in one statement."""
    found: dict[str, Sums] = {}
    for source in {id(one.source): one.source for one in measures}.values():
        of_source = [one for one in measures if one.source is source]
        totals = [
            _sum(part, one.among)
            for one in of_source
            for part in (one.numerator, one.above(False), one.denominator)
        ]
        row = (
            await tx.execute(
                select(*totals).select_from(source.cases).where(*narrowing.within(source))
            )
        ).one()
        for place, one in enumerate(of_source):
            above, off, below = row[3 * place : 3 * place + 3]
            found[one.definition.code] = int(above), int(off), int(below)
    return found


def _sum(part: Expression, among: Expression | None) -> Expression:
    total: Expression = func.sum(part)
    if among is not None:
        total = func.sum(part).filter(among)
    return func.coalesce(total, 0)


async def cases(
    tx: AsyncSession,
    measure: Measure,
    narrowing: Narrowing,
    *,
    department: str | None,
    on: bool,
    part: str,
    after: Any,
    limit: int,
) -> list[Row[Any]]:
    """Up to `limit` cases in the order of their keys: those below the line, those that add
    something above it, or the rest, which keep the figure down; of one `department` or of all."""
    source, above = measure.source, measure.above(on)
    columns = [
        source.key.label("key"),
        source.department.label("department"),
        above.label("numerator"),
        measure.denominator.label("denominator"),
        *(column.label(f"reads_{column.key}") for column in measure.reads),
    ]
    where = narrowing.within(source)
    if measure.among is not None:
        where.append(measure.among)
    if department is not None:
        where.append(source.department == department)
    if part != "denominator":
        where.append(above > 0 if part == "numerator" else above <= 0)
    if after is not None:
        where.append(source.key > after)
    found = select(*columns).select_from(source.cases).where(*where)
    return list((await tx.execute(found.order_by(source.key).limit(limit))).all())
