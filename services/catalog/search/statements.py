"""The statements of a search, as text: one for each rank and shape of a question, made once.

Built anew for every search they cost more than the database takes to answer them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import TextClause, text

from services.catalog.index.rules import Rank

SIEVES = {
    "department": "department = ANY (CAST(:department AS text[]))",
    "region": "region = ANY (CAST(:region AS text[]))",
    "kind": "kind = ANY (CAST(:kind AS text[]))",
    "level": "level = ANY (CAST(:level AS text[]))",
    "online_depth": "online_depth = ANY (CAST(:online_depth AS int[]))",
    "audience": "audience @> CAST(:audience AS varchar[])",
    "closable": "code = ANY (CAST(:closable AS text[]))",
    "not_closable": "code <> ALL (CAST(:not_closable AS text[]))",
    "today": "code NOT IN (SELECT code FROM item WHERE retired_from <= :today)",
}
"""By the name of the value that each needs."""
BEGINS = "(name LIKE :begins OR name_en LIKE :begins)"
NARROW = "grams @@ CAST(CAST(:narrow AS text) AS tsquery)"
EXACT_FIRST = "CASE WHEN name = :whole OR name_en = :whole THEN 0 ELSE 1 END"


@dataclass(frozen=True, slots=True)
class Shape:
    """What two questions have in common that one statement answers: how many words, which of them
    may be pinyin, and which sieves."""

    spelled: tuple[bool, ...]
    sieves: frozenset[str]


@lru_cache(1024)
def statement(rank: Rank, shape: Shape) -> TextClause:
    """Items of this rank in their order, after a place.  BEGINS stands for EXACT too."""
    where = [*_ranked(rank, shape.spelled), *(SIEVES[name] for name in sorted(shape.sieves))]
    shown = EXACT_FIRST if rank is Rank.BEGINS else str(int(rank))
    return text(
        f"SELECT rank, code FROM (SELECT {shown} AS rank, code FROM item_search "
        f"WHERE {' AND '.join(where) or 'true'}) AS found "
        "WHERE (rank, code) > (:after_rank, :after_code) ORDER BY rank, code LIMIT :limit"
    )


def _ranked(rank: Rank, spelled: tuple[bool, ...]) -> list[str]:
    if not spelled:
        return []
    named = _all(_named, spelled)
    if rank is Rank.BEGINS:
        return [BEGINS, named]
    if rank is Rank.NAMED:
        return [NARROW, named, f"NOT {BEGINS}"]
    if rank is Rank.READ:
        return [NARROW, _all(_read, spelled), f"NOT {named}"]
    return [NARROW, _all(_anywhere, spelled), f"NOT {_all(_read, spelled)}"]


def _all(found: Callable[[int, bool], str], spelled: tuple[bool, ...]) -> str:
    return "(" + " AND ".join(found(place, may) for place, may in enumerate(spelled)) + ")"


def _named(place: int, spelled: bool) -> str:
    return f"strpos(names, :word_{place}) > 0"


def _read(place: int, spelled: bool) -> str:
    return (
        f"({_named(place, spelled)} OR read ~ :read_{place})" if spelled else _named(place, False)
    )


def _anywhere(place: int, spelled: bool) -> str:
    return f"({_read(place, spelled)} OR strpos(rest, :word_{place}) > 0)"
