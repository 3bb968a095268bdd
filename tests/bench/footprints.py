"""What statements have read, as PostgreSQL counts it: on a busy machine as on a quiet one."""

import asyncio
from typing import Any

import asyncpg

from deploy.local.state import StackState
from tests.bench.databases import SERVICES, url

LARGE = 50_000
"""Rows from which on nobody reads a table from end to end to serve one request or one batch.  Below
that it may be the cheaper way, and the planner knows."""
TURNED = 150_000
"""Rows that turning pages reads by way of an index: a page, many times, is no table."""
SETTLES = 11.0
"""Seconds after which an idle session has told what it read."""
TABLES = """
    SELECT s.relname AS table, s.seq_tup_read AS rows, c.reltuples AS holds
    FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
"""
INDEXES = f"""
    SELECT s.relname || ' by ' || indexrelname AS table, idx_tup_read AS rows,
           CASE WHEN c.reltuples < {LARGE} THEN c.reltuples
                ELSE greatest(c.reltuples, {TURNED}) END AS holds
    FROM pg_stat_user_indexes s JOIN pg_class c ON c.oid = s.relid
"""
BLOCKS = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"


class Footprints:
    """Counts since `begin`, of every database of a stack."""

    def __init__(self, stack: StackState, before: dict[str, dict[str, Any]]) -> None:
        self.stack, self.before = stack, before

    async def end(self) -> dict[str, Any]:
        """Blocks touched in each database, and whatever read as many rows of a large table as it
        holds."""
        await asyncio.sleep(SETTLES)
        now = await _counts(self.stack)
        whole = [
            f"{service}: {table}, {rows - self.before[service][table][0]:,} rows, of {holds:,.0f}"
            for service, counts in now.items()
            for table, (rows, holds) in counts.items()
            if holds >= LARGE and rows - self.before[service][table][0] >= holds
        ]
        blocks = {one: now[one][""][0] - self.before[one][""][0] for one in now}
        return {"blocks": blocks, "whole": whole}


async def begin(stack: StackState) -> Footprints:
    await asyncio.sleep(SETTLES)
    return Footprints(stack, await _counts(stack))


async def _counts(stack: StackState) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for service in SERVICES:
        connection = await asyncpg.connect(url(stack, service))
        try:
            rows = await connection.fetch(f"{TABLES} UNION ALL {INDEXES}")
            found[service] = {row["table"]: (row["rows"], row["holds"]) for row in rows}
            found[service][""] = (await connection.fetchval(BLOCKS), 0)
        finally:
            await connection.close()
    return found
