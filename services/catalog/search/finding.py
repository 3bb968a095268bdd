"""Finding items: rank by rank, each by an index, until the page is full.

One statement for all ranks would have to compare every item that a common word narrows the search
to (10 ms and more on 100,000 items).  Rank by rank the first page costs less than 1 ms each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.queries import in_force
from services.catalog.delegations.rules import Right
from services.catalog.delegations.tables import Delegation
from services.catalog.index import rules
from services.catalog.index.rules import Asked, Rank
from services.catalog.records.tables import Item
from services.catalog.search.statements import Shape, statement
from services.chassis.reading import BadCursor, position

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
    filters: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
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
    sieves = await _sieves(tx, wanted)
    words = wanted.asked.words
    shape = Shape(tuple(rules.spelling(word) is not None for word in words), frozenset(sieves))
    values = _values(wanted.asked) | sieves
    values |= {"after_rank": after.rank, "after_code": after.code}
    await tx.execute(OWN_PLAN)
    found: list[Place] = []
    for rank in _ranks(shape):
        if rank >= after.rank and len(found) < limit:
            more = {"narrow": rules.narrowed(words, rank), "limit": limit - len(found)}
            rows = await tx.execute(statement(rank, shape), values | more)
            found += [Place(*row) for row in rows]
    return found


def _ranks(shape: Shape) -> list[Rank]:
    """Best first; together they name no item twice.  Without words all are alike."""
    if not shape.spelled:
        return [Rank.EXACT]
    read = [Rank.READ] if any(shape.spelled) else []
    return [Rank.BEGINS, Rank.NAMED, *read, Rank.OTHER]


def _values(asked: Asked) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for place, word in enumerate(asked.words):
        values |= {f"word_{place}": word, f"read_{place}": rules.spelling(word)}
    if asked.words:
        values |= {"whole": asked.whole, "begins": f"{_escaped(asked.words[0])}%"}
    return values


def _escaped(word: str) -> str:
    """For LIKE, whose signs mean themselves here."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def _sieves(tx: AsyncSession, wanted: Wanted) -> dict[str, Any]:
    """What must hold, by the name of the statement's value for it."""
    sieves: dict[str, Any] = {
        name: list(any_of) for name, any_of in wanted.filters.items() if any_of
    }
    if wanted.closable is not None:
        name = "closable" if wanted.closable.holds else "not_closable"
        sieves[name] = await _closed(tx, wanted.closable.point, wanted.today)
    if not wanted.retired:
        sieves["today"] = wanted.today
    return sieves


async def _closed(tx: AsyncSession, point: str | None, today: date) -> list[str]:
    """The items that are closed at the point, or somewhere: a few dozen of a thousand."""
    found = select(Delegation.item).join(Item, Item.code == Delegation.item).distinct()
    found = found.where(Delegation.right == Right.CLOSE, in_force(today))
    return list(await tx.scalars(found.where(Delegation.point == point) if point else found))
