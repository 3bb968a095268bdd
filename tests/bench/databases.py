"""The databases of the stack as its administrator sees them: to check, to sample, to compare."""

import asyncio
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.local.choices import SERVICES
from deploy.local.state import StackState
from tests.bench.town import DEPARTMENTS

DRAIN_PATIENCE = 60.0
SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
SETTINGS += ("max_wal_size", "wal_level", "max_connections", "jit")
GRANTED = "SELECT count(*) FROM application WHERE id = ANY($1::uuid[]) AND outcome = 'granted'"
DECIDED = "SELECT count(*) FROM approval WHERE application = ANY($1::uuid[]) AND state = 'granted'"
KEPT = "SELECT count(*) FROM evidence WHERE application = ANY($1::uuid[])"
TOLD = """
    SELECT count(*) FROM outbox WHERE aggregate = ANY($1::text[])
    AND subject = 'bundle.application.completed'
"""


def url(stack: StackState, database: str) -> str:
    """`database` of the stack's server, for its administrator."""
    server = urlsplit(stack.postgres)
    return urlunsplit(("postgresql", server.netloc, f"/{database}", server.query, ""))


async def settings(stack: StackState) -> dict[str, str]:
    connection = await asyncpg.connect(url(stack, "bundle"))
    try:
        return {name: await connection.fetchval(f"SHOW {name}") for name in SETTINGS}
    finally:
        await connection.close()


async def count(stack: StackState, service: str, query: str, *values: Any) -> int:
    connection = await asyncpg.connect(url(stack, service))
    try:
        return int(await connection.fetchval(query, *values))
    finally:
        await connection.close()


async def drained(stack: StackState) -> dict[str, int]:
    """Wait until every outbox is published; answers what is still waiting where it never is."""
    waiting = {}
    for service in SERVICES:
        deadline = asyncio.get_running_loop().time() + DRAIN_PATIENCE
        query = "SELECT count(*) FROM outbox_waiting"
        while left := await count(stack, service, query):
            if asyncio.get_running_loop().time() > deadline:
                waiting[service] = left
                break
            await asyncio.sleep(0.1)
    return waiting


async def faults(stack: StackState, filed: list[str], heard: dict[str, int]) -> list[str]:
    """What was lost, doubled or left over; empty if every filing was completed exactly once."""
    found = await left_over(stack)
    if len(set(filed)) != len(filed):
        found.append("two filings were answered with one application")
    silent = sum(one not in heard for one in filed)
    twice = sum(heard.get(one, 0) > 1 for one in filed)
    if silent or twice:
        found.append(f"completion never heard: {silent}, heard more than once: {twice}")
    return found + await _rows_missing(stack, filed)


async def left_over(stack: StackState) -> list[str]:
    """Events that nobody has taken, or that somebody could not."""
    found = [f"{left} events wait in {s}'s outbox" for s, left in (await drained(stack)).items()]
    for service in SERVICES:
        if parked := await count(stack, service, "SELECT count(*) FROM parked"):
            found.append(f"{parked} events are parked in {service}")
    return found


async def _rows_missing(stack: StackState, filed: list[str]) -> list[str]:
    aggregates = [f"application:{one}" for one in filed]
    each, members = len(filed), len(filed) * len(DEPARTMENTS)
    checks = (
        ("applications granted", "bundle", GRANTED, filed, each),
        ("completions recorded", "bundle", TOLD, aggregates, each),
        ("decisions", "approval", DECIDED, filed, members),
        ("results in wallets", "bundle", KEPT, filed, members),
    )
    counted = [(what, await count(stack, *query), right) for what, *query, right in checks]
    return [f"{what}: {found} of {right}" for what, found, right in counted if found != right]
