"""A catalogue of many items: names put together from those of the example district."""

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg
import orjson

from services.catalog.index.actions import WRITE
from services.catalog.index.rules import entry

BATCH = 2_000
ITEM = """
    INSERT INTO item (code, version, record, department)
    SELECT code, 1, record, record ->> 'department'
    FROM jsonb_to_recordset($1::jsonb) AS row (code text, record jsonb)
"""
SEARCH = str(WRITE).replace(":rows", "$1")


async def grow(connection: asyncpg.Connection, to: int, seed: int = 1) -> list[str]:
    """Add items until there are so many; answers the names of all."""
    known = await connection.fetch("SELECT record FROM item ORDER BY code")
    records = [orjson.loads(row["record"]) for row in known]
    made = itertools.islice(_names(records, seed), to - len(records))
    names = [record["name"] for record in records]
    number = 0
    while batch := list(itertools.islice(made, BATCH)):
        rows = [
            {
                "code": f"crowd-{number + place}",
                "record": records[place % len(records)] | {"name": n},
            }
            for place, n in enumerate(batch)
        ]
        number += len(rows)
        names += batch
        await connection.execute(ITEM, orjson.dumps(rows).decode())
        found = [entry(row["code"], row["record"], row["record"]["department"]) for row in rows]
        await connection.execute(SEARCH, orjson.dumps(found).decode())
    for table in ("item", "item_search"):
        await connection.execute(f"VACUUM ANALYZE {table}")
    return names


def _names(records: Sequence[dict[str, Any]], seed: int) -> Iterator[str]:
    """Beginnings and ends of real names, put together anew."""
    lots = random.Random(seed)
    names = [record["name"] for record in records]
    while True:
        one, two = lots.choice(names), lots.choice(names)
        yield one[: lots.randint(2, 8)] + two[-lots.randint(3, 10) :]
