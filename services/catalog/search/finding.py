"""Finding items: rank by rank, each by an index, until the page is full.

One statement for all ranks would have to compare every item that a common word narrows the search
to (10 ms and more on 100,000 items).  Rank by rank the first page costs less than 1 ms each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.queries import in_force
from services.catalog.delegations.rules import Right
from services.catalog.delegations.tables import Delegation
from services.catalog.index import rules
from services.catalog.index.rules import Asked, Rank
from services.catalog.index.tables import ItemSearch
from services.catalog.records.tables import Item
from services.chassis.database import table
from services.chassis.reading import BadCursor, position

S = table(ItemSearch).c
# A plan made for no word in particular reads 100,000 rows for a common one.
OWN_PLAN = text("SET LOCAL plan_cache_mode = force_custom_plan")


@dataclass(frozen=True, slots=True)
class Closable:
    """Whether a service point, this one or any, has the right to close the item."""

    holds: bool
    point: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words, and for each filter the values of which one must hold."""

    asked: Asked
    today: date
    filters: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    audience: str | None = None
    closable: Closable | None = None
    retired: bool = False
    """Also what nobody may be asked for any more."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an item stands in the order of what was found."""

    rank: int
    code: str

    def __str__(self) -> str:
        return f"{self.rank} {self.code}"


START = Place(-1, "")


def place(cursor: str | None) -> Place:
    """The place that a cursor names.  Raises BadCursor."""
    if not cursor:
        return START
    rank, _, code = position(cursor).partition(" ")
    if rank not in {str(one.value) for one in Rank}:
        raise BadCursor()
    return Place(int(rank), code)


async def find(tx: AsyncSession, wanted: Wanted, after: Place, limit: int) -> list[Place]:
    """The next items in order, at most `limit`."""
    found: list[Place] = []
    if wanted.asked.words:
        await tx.execute(OWN_PLAN)
    for statement in _statements(wanted):
        rank, code = statement.selected_columns
        rest = statement.where(tuple_(rank, code) > (after.rank, after.code))
        rows = await tx.execute(rest.order_by(rank, code).limit(limit - len(found)))
        found += [Place(*row) for row in rows]
        if len(found) >= limit:
            break
    return found


def _statements(wanted: Wanted) -> Iterator[Select[int, str]]:
    """A statement a rank, best first; together they name no item twice."""
    words = wanted.asked.words
    sieve = _sieve(wanted)
    if not words:
        yield _ranked(Rank.EXACT).where(*sieve)
        return
    begins = or_(*(one.startswith(words[0], autoescape=True) for one in (S.name, S.name_en)))
    named = and_(*(_named(word) for word in words))
    yield _first(wanted.asked).where(begins, named, *sieve)
    yield _ranked(Rank.NAMED).where(_narrow(words, Rank.NAMED), named, ~begins, *sieve)
    if any(rules.spelling(word) for word in words):
        yield _beyond(words, Rank.READ, Rank.NAMED).where(*sieve)
    yield _beyond(words, Rank.OTHER, Rank.READ).where(*sieve)


def _first(asked: Asked) -> Select[int, str]:
    exact = or_(S.name == asked.whole, S.name_en == asked.whole)
    rank = case((exact, literal(int(Rank.EXACT))), else_=literal(int(Rank.BEGINS)))
    return select(rank.label("rank"), S.code)


def _ranked(rank: Rank) -> Select[int, str]:
    return select(literal(int(rank)).label("rank"), S.code)


def _beyond(words: Sequence[str], rank: Rank, better: Rank) -> Select[int, str]:
    """Items in which each word is found at `rank` or better, and not all of them at `better`."""
    here = and_(*(_found(word, rank) for word in words))
    there = and_(*(_found(word, better) for word in words))
    return _ranked(rank).where(_narrow(words, rank), here, ~there)


def _found(word: str, rank: Rank) -> ColumnElement[bool]:
    ways = [_named(word)]
    if rank >= Rank.READ and (pattern := rules.spelling(word)):
        ways.append(S.read.regexp_match(pattern))
    if rank >= Rank.OTHER:
        ways.append(func.strpos(S.rest, word) > 0)
    return or_(*ways)


def _named(word: str) -> ColumnElement[bool]:
    return func.strpos(S.names, word) > 0


def _narrow(words: Sequence[str], rank: Rank) -> ColumnElement[bool]:
    return S.grams.bool_op("@@")(cast(rules.narrowed(words, rank), TSQUERY))


def _sieve(wanted: Wanted) -> list[ColumnElement[bool]]:
    holds: list[ColumnElement[bool]] = []
    holds += [S[name].in_(values) for name, values in wanted.filters.items() if values]
    if wanted.audience:
        holds.append(S.audience.contains([wanted.audience]))
    if wanted.closable is not None:
        closed = S.code.in_(_closed(wanted.closable.point, wanted.today))
        holds.append(closed if wanted.closable.holds else ~closed)
    if not wanted.retired:
        holds.append(S.code.not_in(select(Item.code).where(Item.retired_from <= wanted.today)))
    return holds


def _closed(point: str | None, today: date) -> Select[str]:
    """The items that are closed at the point, or somewhere."""
    found = select(Delegation.item).join(Item, Item.code == Delegation.item)
    found = found.where(Delegation.right == Right.CLOSE, in_force(today))
    return found.where(Delegation.point == point) if point else found
