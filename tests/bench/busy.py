"""A stack that has been busy: one filing that really lies at a desk, and copies of all its rows."""

import asyncio
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from deploy.local.state import StackState
from deploy.local.tokens import Signer
from tests.bench import copies
from tests.bench.copies import Case
from tests.bench.databases import SERVICES, count, drained, url
from tests.bench.load import RUN, Wrong, numbers
from tests.bench.town import LIFETIME, Town, open_town
from tests.bench.wire import Wire

BUSY, QUIET = "market", "fire"
"""The desk of the copies, and one with what it has to do this week."""
AT_ONE_DESK = {f"counter-{n}": BUSY for n in range(1, 6)}
THIS_WEEK = 20
SPAN = 2 * 24 * 3600.0
"""Seconds over which the copies were filed: nothing of them is due yet."""
PARTIES = "SELECT unnest(ARRAY[filer, holder]) FROM application WHERE id = $1::uuid"
OPEN = "SELECT count(*) FROM approval WHERE department = 'market' AND state = 'accepted'"
UNCHAINED, TOUCHED = "SELECT count(*) FROM audit_unlinked", "SELECT count(*) FROM touched"
SOME = """
    SELECT id FROM approval WHERE department = 'market' AND state = 'accepted'
    ORDER BY random() LIMIT $1
"""
SEEN = "UPDATE supervision_cursor SET position = (SELECT max(position) FROM audit_link)"


@dataclass
class Busy:
    """A stack with so many open approvals, and whoever works at their desk."""

    stack: StackState
    wire: Wire
    town: Town
    open: int
    rows: dict[str, dict[str, int]]
    """What was written, by service and table."""
    lots: list[str]

    def some(self, number: int) -> list[str]:
        """Approvals by lot that nobody was given yet."""
        taken, self.lots = self.lots[:number], self.lots[number:]
        assert len(taken) == number, "too few lots were drawn"
        return taken


async def make_busy(stack: StackState, signer: Signer, approvals: int, lots: int) -> Busy:
    """`lots`: how many approvals will be looked at one by one."""
    wire = Wire(stack.gateway)
    everywhere = await open_town(stack.gateway, signer)
    for _ in range(THIS_WEEK):
        await _file(wire, everywhere)
    desk = await open_town(stack.gateway, signer, "desk", AT_ONE_DESK)
    sub = "bench-multiplied"
    application = await _file(wire, desk, signer.mint(sub, "citizen", lifetime=LIFETIME))
    await _at_rest(stack, len(AT_ONE_DESK) + THIS_WEEK)
    number = approvals // len(AT_ONE_DESK) - 1
    rows = await _multiply(stack, application["id"], sub, number)
    now_open, drawn = await count(stack, "approval", OPEN), await _drawn(stack, lots)
    return Busy(stack, wire, everywhere, now_open, rows, drawn)


async def _drawn(stack: StackState, number: int) -> list[str]:
    connection = await asyncpg.connect(url(stack, "approval"))
    try:
        return [str(row[0]) for row in await connection.fetch(SOME, number)]
    finally:
        await connection.close()


async def _file(wire: Wire, town: Town, token: str = "") -> dict[str, Any]:
    key = f"{RUN}-{next(numbers)}"
    answer = await wire.ask("POST", "applications", token or town.citizens(), key, town.filing)
    if answer.status != 201:
        raise Wrong(f"filing: {answer.status} {answer.body.decode(errors='replace')}")
    made: dict[str, Any] = orjson.loads(answer.body)
    return made


async def _at_rest(stack: StackState, approvals: int) -> None:
    """Until all lie at their desk, and what was told of it has been heard and chained."""
    async with asyncio.timeout(60):
        while await count(stack, "approval", OPEN) < approvals:
            await asyncio.sleep(0.1)
        heard, before = await _heard(stack), []
        while heard != before or await _has_work(stack):
            await drained(stack)
            await asyncio.sleep(1)
            heard, before = await _heard(stack), heard


async def _has_work(stack: StackState) -> bool:
    """Whether a service has still to do something by itself: a copy of it would be work."""
    unchained = await count(stack, "approval", UNCHAINED)
    return bool(unchained or await count(stack, "metrics", TOUCHED))


async def _heard(stack: StackState) -> list[int]:
    return [await count(stack, one, "SELECT count(*) FROM inbox") for one in SERVICES]


async def _multiply(
    stack: StackState, application: str, sub: str, number: int
) -> dict[str, dict[str, int]]:
    connections = {one: await asyncpg.connect(url(stack, one)) for one in SERVICES}
    try:
        parties = await connections["bundle"].fetch(PARTIES, application)
        case = Case({application, *(str(one[0]) for one in parties)}, {sub: f"'{sub}-' || n"})
        await copies.find(list(connections.values()), case)
        step = SPAN / max(number, 1)
        made = await asyncio.gather(
            *(copies.multiply(one, [case], number, step) for one in connections.values())
        )
        await connections["approval"].execute(SEEN)
        await asyncio.gather(*(one.execute("VACUUM ANALYZE") for one in connections.values()))
        await connections["bundle"].execute("CHECKPOINT")
    finally:
        for one in connections.values():
            await one.close()
    return dict(zip(connections, made, strict=True))
