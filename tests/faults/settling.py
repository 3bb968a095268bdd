"""After the last kill: everybody gets an answer, everything open is finished, all queues drain."""

import asyncio
import time
from collections.abc import Mapping

import httpx

from tests.faults.applicants import Applicants
from tests.faults.databases import Databases
from tests.faults.desks import Desks
from tests.faults.door import Door, NoAnswer
from tests.faults.history import OK, History
from tests.faults.stack import Stack
from tests.faults.streams import lags

UP_AGAIN = 60.0
STANDSTILL = 50.0
"""Seconds in which nothing moves before we believe that nothing will: longer than it takes until
what a killed consumer held is delivered again (30 s)."""
LONGEST = 600.0


async def all_up(stack: Stack) -> list[str]:
    """Wait until every part answers; those that do not."""
    deadline = time.monotonic() + UP_AGAIN
    async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
        while True:
            down = [part.name for part in stack.state.parts if not await _ready(client, part)]
            if not down or time.monotonic() > deadline:
                return down
            await asyncio.sleep(0.3)


async def _ready(client: httpx.AsyncClient, part: object) -> bool:
    address = str(getattr(part, "address", ""))
    if not address.startswith("http"):
        return True
    path = "/health/live" if getattr(part, "kind", "") == "issuer" else "/health/ready"
    try:
        return (await client.get(address + path)).is_success
    except httpx.HTTPError:
        return False


async def answered(door: Door, history: History, applicants: Applicants) -> list[str]:
    """Ask again, with the same key, about everything that was left unknown."""
    open_ones = [one for one in history.operations if one.left]
    told = await asyncio.gather(*(door.certainly(one) for one in open_ones), return_exceptions=True)
    for filing, wanted in applicants.waiting.items():
        if filing.state == OK:
            applicants.took(filing, wanted)
    failures = (TimeoutError, NoAnswer)
    return [
        f"no definite answer after the killing was over: {operation}"
        for operation, answer in zip(open_ones, told, strict=True)
        if isinstance(answer, failures)
    ]


async def repeated(door: Door, history: History) -> None:
    """Ask once more for all that was answered, to see that the answer is still the same."""
    gate = asyncio.Semaphore(12)

    async def again(operation: object) -> None:
        async with gate:
            await door.certainly(operation)  # type: ignore[arg-type]

    keyed = [one for one in history.of_kind("filing", "decision", "result") if one.state == OK]
    async with asyncio.TaskGroup() as group:
        for operation in keyed:
            group.create_task(again(operation))


async def settled(stack: Stack, databases: Databases, desks: Desks) -> Mapping[str, int]:
    """Wait until nothing is left to do; what is left where nothing moves any more."""
    began = moved = time.monotonic()
    before: Mapping[str, int] = {}
    quiet = 0
    while True:
        left = await _left(stack, databases) | {"answers being given": desks.busy}
        left = {what: count for what, count in left.items() if count}
        quiet = 0 if left else quiet + 1
        if quiet >= 2:
            return {}
        now = time.monotonic()
        if left != before:
            before, moved = left, now
        if now - moved > STANDSTILL or now - began > LONGEST:
            return left
        await asyncio.sleep(0.5)


async def _left(stack: Stack, databases: Databases) -> dict[str, int]:
    return await databases.left() | await lags(stack.state.nats)
