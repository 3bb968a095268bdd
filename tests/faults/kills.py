"""Who is killed when: drawn from the seed, evenly over the run, every kind in each round."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator

import httpx

from deploy.local import children
from deploy.local.state import Running
from tests.faults.door import Door
from tests.faults.history import History
from tests.faults.stack import Stack
from tests.faults.wishes import LEAD, Wishes

LEADER = "leader-"
# One round.  What carries the promises comes up twice in it.
ROUND = ("bundle", "approval", "metrics", "catalog", "gateway", "nats", "leaf", "postgres")
ROUND += ("leader-bundle", "leader-approval", "partner-market", "partner-health", "partner-police")
ROUND += ("bundle", "approval", "nats", "postgres", "leader-bundle", "leader-approval")


def schedule(wishes: Wishes) -> Iterator[tuple[float, str]]:
    """(seconds after the start, kind of target) for each kill."""
    draw = random.Random(f"{wishes.seed} kills")
    deck: list[str] = []
    for number in range(wishes.kills):
        if not deck:
            deck = [kind for kind in ROUND if not wishes.aim or kind in wishes.aim]
            draw.shuffle(deck)
        yield LEAD + (number + draw.uniform(0.1, 0.9)) * wishes.pace, deck.pop()


class Killer:
    """Kills with -9 what the schedule names, while clients wait for answers; the supervisor starts
    it again."""

    def __init__(self, stack: Stack, door: Door, history: History, wishes: Wishes) -> None:
        self.stack, self.door, self.history, self.wishes = stack, door, history, wishes
        self.draw = random.Random(f"{wishes.seed} victims")

    async def run(self) -> None:
        began = time.monotonic()
        for due, kind in schedule(self.wishes):
            await asyncio.sleep(max(0.0, began + due - time.monotonic()))
            await self.kill(kind)

    async def kill(self, kind: str) -> None:
        """Kill one living process of this kind; one that is just being started is waited for."""
        deadline = time.monotonic() + 20
        while True:
            victim = await self.choose(kind)
            if victim and children.is_alive(victim.identity):
                break
            if time.monotonic() > deadline:
                return self.history.note(f"nobody to kill: {kind}")
            await asyncio.sleep(0.1)
        await self.door.in_flight(2, patience=1.5)
        await asyncio.sleep(self.draw.uniform(0, 0.01))
        if not children.is_alive(victim.identity):
            return self.history.note(f"{victim.name} ended by itself")
        os.kill(victim.pid, signal.SIGKILL)
        self.history.kill(kind=kind, part=victim.name, pid=victim.pid)

    async def choose(self, kind: str) -> Running | None:
        if kind.startswith(LEADER):
            return await self.leader(kind.removeprefix(LEADER))
        known = [part for part in self.stack.state.parts if kind in (part.kind, part.name)]
        living = [part for part in known if children.is_alive(part.identity)]
        return self.draw.choice(living) if living else None

    async def leader(self, service: str) -> Running | None:
        """The replica whose relay leads, as it says itself."""
        headers = {"Authorization": f"Bearer {self.stack.operator}"}
        async with httpx.AsyncClient(headers=headers, timeout=2, trust_env=False) as client:
            for part in self.stack.state.of_kind(service):
                try:
                    answer = await client.get(f"{part.address}/operations/lag")
                except httpx.HTTPError:
                    continue  # it is down: it does not lead
                if answer.is_success and answer.json()["relay_leads"]:
                    return part
        return None
