"""What people type into a search, asked of the platform and of the bare database."""

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import asyncpg

from services.catalog.index.rules import Rank, narrowed, plain, spelling, syllables
from tests.bench.wire import Wire, WireBroke

EACH = 40
"""Queries of each kind."""
PAGE = 20
FLOOR = """
    SELECT item.code, item.version, item.record FROM
        (SELECT code FROM item_search
         WHERE grams @@ CAST($1::text AS tsquery) AND {again} ORDER BY code LIMIT {page}) AS found
        JOIN item ON item.code = found.code
"""
READ = "read ~ $2"
NAMED = "(SELECT bool_and(strpos(names, word) > 0) FROM unnest($2::text[]) AS word)"
Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Query:
    kind: str
    text: str


def queries(names: Sequence[str], seed: int = 1) -> list[Query]:
    """By lot from what the items are called, so that each finds something."""
    lots = random.Random(seed)
    made = [
        Query(kind, how(plain(lots.choice(names)), lots))
        for kind, how in KINDS
        for _ in range(EACH)
    ]
    lots.shuffle(made)
    return made


def _part(length: int) -> Callable[[str, random.Random], str]:
    def cut(name: str, lots: random.Random) -> str:
        start = lots.randrange(max(1, len(name) - length + 1))
        return name[start : start + length]

    return cut


def _two_words(name: str, lots: random.Random) -> str:
    return f"{_part(2)(name, lots)} {_part(2)(name, lots)}"


def _initials(name: str, lots: random.Random) -> str:
    return "".join(one[0] for one in syllables(name)[: lots.randint(4, 6)])


def _spelled(name: str, lots: random.Random) -> str:
    return "".join(syllables(name)[: lots.randint(2, 3)])


KINDS: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (
    ("one character", _part(1)),
    ("two characters", _part(2)),
    ("three", _part(3)),
    ("four", _part(4)),
    ("two words", _two_words),
    ("initials", _initials),
    ("pinyin", _spelled),
)


async def through_the_door(wire: Wire, asked: Sequence[Query], token: str) -> Figures:
    """Each query once, one after another, through the gateway."""

    async def ask(query: Query) -> None:
        path = f"items?limit={PAGE}&q={quote(query.text)}"
        answer = await wire.ask("GET", path, token, "none", b"")
        if answer.status != 200:
            raise WireBroke(f"{answer.status} for a {query.kind}")

    return await _timed(asked, ask)


async def bare(connection: asyncpg.Connection, asked: Sequence[Query]) -> Figures:
    """One statement for each query: the index, the comparison and the records; the best rank only,
    no order of ranks, no HTTP."""
    await connection.execute("SET plan_cache_mode = force_custom_plan")

    async def ask(query: Query) -> None:
        sql, values = _statement(query)
        await connection.fetch(sql, *values)

    return await _timed(asked, ask)


def _statement(query: Query) -> tuple[str, list[Any]]:
    words = query.text.split()
    if query.kind in ("initials", "pinyin"):
        sql, rank, again = FLOOR.format(again=READ, page=PAGE + 1), Rank.READ, spelling(query.text)
        return sql, [narrowed(words, rank), again]
    return FLOOR.format(again=NAMED, page=PAGE + 1), [narrowed(words, Rank.NAMED), words]


async def _timed(asked: Sequence[Query], ask: Callable[[Query], Awaitable[None]]) -> Figures:
    for query in asked[: len(asked) // 4]:
        await ask(query)  # statements are prepared, pages are in memory
    taken: dict[str, list[float]] = {"all": []}
    for query in asked:
        began = time.perf_counter()
        await ask(query)
        milliseconds = (time.perf_counter() - began) * 1000
        taken["all"].append(milliseconds)
        taken.setdefault(query.kind, []).append(milliseconds)
    return {kind: _summary(times) for kind, times in taken.items()}


def _summary(times: list[float]) -> dict[str, float]:
    times.sort()
    most = times[min(len(times) - 1, int(len(times) * 0.99))]
    return {"p50": round(statistics.median(times), 2), "p99": round(most, 2)}
