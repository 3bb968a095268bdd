"""The platform's databases after thousands of cases: three real ones, and copies of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
from fastapi import FastAPI

from deploy.local.tokens import Signer
from services.chassis import ticks
from tests import world
from tests.bench import copies
from tests.bench.copies import Case
from tests.platform import Platform, eventually, running

STEP = 20
"""Seconds between one copy and the next."""
PARTIES = "SELECT unnest(ARRAY[filer, holder]) FROM application WHERE id = ANY ($1::uuid[])"
UNDER_WAY = "SELECT count(*) FROM outbox_waiting"
HEARD = "SELECT count(*) FROM inbox"
WAITING = (
    ("approval", "SELECT count(*) FROM audit_unlinked"),
    ("approval", "SELECT count(*) FROM supervised_grant WHERE outlook = 'waiting'"),
    ("metrics", "SELECT count(*) FROM touched"),
)
"""What a service has still to do by itself: a copy of it would be work."""
SEEN = "UPDATE supervision_cursor SET position = (SELECT max(position) FROM audit_link)"
DESKS = {"licence": "market", "permit": "health", "fire": "fire"}


@dataclass
class Grown:
    """Databases that outlive the services on them."""

    makers: dict[str, Callable[[], FastAPI]]
    urls: dict[str, str]
    signer: Signer
    heard: list[int] = field(default_factory=list)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[dict[str, asyncpg.Connection]]:
        async with AsyncExitStack() as stack:
            made = {}
            for name, url in self.urls.items():
                made[name] = await asyncpg.connect(url)
                stack.push_async_callback(made[name].close)
            yield made

    async def grow(self, number: int) -> None:
        """So many copies each of a case that is over, one that is late, and one that waits."""
        async with running(self.makers, self.signer) as town:
            await open_town(town)
            cases = [
                await over(town, "citizen-a"),
                await late(town, "citizen-b"),
                await waiting(town, "citizen-c"),
            ]
            await eventually(self.at_rest, 30)
        async with self.connected() as databases:
            for case in cases:
                parties = await databases["bundle"].fetch(PARTIES, list(case.ids))
                case.ids |= {str(one[0]) for one in parties}
                await copies.find(list(databases.values()), case)
            for connection in databases.values():
                await copies.multiply(connection, cases, number, STEP)
            await databases["approval"].execute(SEEN)
            for connection in databases.values():
                await connection.execute("VACUUM ANALYZE")

    async def at_rest(self) -> bool:
        """Everything told, heard, chained and looked after."""
        async with self.connected() as databases:
            left = [await one.fetchval(UNDER_WAY) for one in databases.values()]
            left += [await databases[name].fetchval(query) for name, query in WAITING]
            heard = [await one.fetchval(HEARD) for one in databases.values()]
        before, self.heard = self.heard, heard
        await asyncio.sleep(0.3)
        return heard == before and not any(left)


async def open_town(town: Platform) -> None:
    """The small world; a check of a licence is looked after."""
    await town.open_town()
    plan = {"kind": "random_check", "within": {"value": 60, "unit": "natural_day"}, "share": 1.0}
    record = world.ITEMS["licence-check"] | {"regulator": "health", "supervision": [plan]}
    await town.person("bureau", "li").put("/items/licence-check", record)

    async def composed() -> bool:
        plan = await town.plan(town.citizen("nobody"))
        return plan["members"][0]["item_version"] == 2

    await eventually(composed)


async def over(town: Platform, sub: str) -> Case:
    who = town.citizen(sub)
    application = await town.file(who)
    await decide(town, application, "licence", "permit", "fire")
    await town.settled(who, application["id"])

    async def looked_after() -> Any:
        return (await town.officer("health").get("/supervisions"))["items"]

    await eventually(looked_after)
    return Case({application["id"]}, names(sub) | await numbers(who))


async def late(town: Platform, sub: str) -> Case:
    application = await town.file(town.citizen(sub))
    await decide(town, application, "licence")
    for member, department in (("permit", "health"), ("fire", "fire")):
        await town.approval(application["id"], member, department)
    state = town.apps["approval"].state
    state.clock = lambda: ticks.utc() + timedelta(days=40)

    async def raised() -> bool:
        found = [(await town.officer(one).get("/cards"))["items"] for one in ("health", "fire")]
        return min(map(len, found)) > 1

    await eventually(raised)
    state.clock = ticks.utc
    return Case({application["id"]}, names(sub) | await numbers(town.citizen(sub)))


async def waiting(town: Platform, sub: str) -> Case:
    application = await town.file(town.citizen(sub))
    await decide(town, application, "licence")
    for member, department in (("permit", "health"), ("fire", "fire")):
        await town.approval(application["id"], member, department)
    return Case({application["id"]}, names(sub) | await numbers(town.citizen(sub)))


async def decide(town: Platform, application: Any, *members: str) -> None:
    for member in members:
        approval = await town.approval(application["id"], member, DESKS[member])
        answer = await town.decide(approval)
        assert answer.status_code == 200, answer.text


def names(sub: str) -> dict[str, str]:
    return {f'"{sub}"': f"'\"{sub}-' || n || '\"'", sub: f"'{sub}-' || n"}


async def numbers(who: Any) -> dict[str, str]:
    """The wallet's results: a copy has others."""

    async def held() -> Any:
        return [one for one in (await who.get("/wallet"))["items"] if one["result_number"]]

    found = await eventually(held)
    said = [one[key] for one in found for key in ("result_number", "issuer_number")]
    return {one: f"'{one}-' || n" for one in said}
