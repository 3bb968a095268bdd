"""Several writes as one prepared statement, on connections that are taken in turn."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

Row = dict[str, Any]
COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''
"""


@dataclass(frozen=True)
class Part:
    """One write, its values numbered from $1."""

    sql: str
    size: int


async def insert(connection: asyncpg.Connection, table: str, sample: Row, rows: int) -> Part:
    """An INSERT of `rows` rows with the columns of `sample`; the server's own numbers are left."""
    types = [(name, kind) for name, kind in await connection.fetch(COLUMNS, table)]
    assert [name for name, _ in types] == list(sample), f"sample of {table} does not fit"
    width = len(types)
    values = ", ".join(
        "(" + ", ".join(f"${row * width + n}::{k}" for n, (_, k) in enumerate(types, 1)) + ")"
        for row in range(rows)
    )
    columns = ", ".join(name for name, _ in types)
    return Part(f"INSERT INTO {table} ({columns}) VALUES {values}", rows * width)


def together(*parts: Part) -> str:
    """One statement that does them all, or none."""
    done, offset = [], 0
    for place, part in enumerate(parts):
        sql = re.sub(r"\$(\d+)", lambda n, by=offset: f"${int(n[1]) + by}", part.sql)
        done.append(f"p{place} AS ({sql})")
        offset += part.size
    return f"WITH {', '.join(done)} SELECT"


def flat(*rows: Row) -> list[Any]:
    return [value for row in rows for value in row.values()]


class Connections:
    """Connections of one database with their prepared statements; the warmest is taken first."""

    def __init__(self, made: Sequence[asyncpg.Connection]) -> None:
        self.made = made
        self.free: asyncio.LifoQueue[asyncpg.Connection] = asyncio.LifoQueue()
        self.prepared: dict[tuple[int, str], Any] = {}
        for one in made:
            self.free.put_nowait(one)

    @classmethod
    async def open(cls, url: str, number: int) -> "Connections":
        return cls([await asyncpg.connect(url) for _ in range(number)])

    async def run(self, sql: str, values: Sequence[Any]) -> None:
        connection = await self.free.get()
        try:
            known = self.prepared.get((id(connection), sql))
            if known is None:
                known = await connection.prepare(sql)
                self.prepared[id(connection), sql] = known
            await known.fetch(*values)
        finally:
            self.free.put_nowait(connection)

    async def close(self) -> None:
        for one in self.made:
            await one.close()
