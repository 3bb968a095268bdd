"""Citizens file, officers decide at once: a fixed number of applications always in flight."""

import asyncio
import hashlib
import itertools
import os
import time
from dataclasses import dataclass, field
from typing import Protocol

import orjson

from tests.bench.cpu import Cpu
from tests.bench.tally import Tally
from tests.bench.town import Town
from tests.bench.watch import Watch
from tests.bench.wire import Wire

TOO_EARLY = 404
RETRY_AFTER = 1.0
"""Seconds before a decision that came long before its approval is sent again, as it was told."""
PATIENCE = 60.0
DIGEST = "sha256:" + hashlib.sha256(b"a certificate").hexdigest()
RUN = os.urandom(4).hex()
numbers = itertools.count()


class Wrong(Exception):
    """An answer that this load must never get."""


@dataclass
class Load:
    """The main job, again and again; remembers what it filed.

    Officers decide as soon as the filing is answered: the desk lets a decision wait for an approval
    that is on its way.  What comes too early all the same is counted.
    """

    wire: Wire
    watch: Watch
    town: Town
    filed: list[str] = field(default_factory=list)

    async def one(self, tally: Tally) -> None:
        """One application from filing to the event that says it is completed."""
        now = time.perf_counter
        began = now()
        key, body = f"{RUN}-{next(numbers)}", self.town.filing
        answer = await self.wire.ask("POST", "applications", self.town.citizens(), key, body)
        filed = now()
        if answer.status != 201:
            raise Wrong(f"filing: {answer.status} {answer.body.decode(errors='replace')}")
        application = orjson.loads(answer.body)
        self.filed.append(application["id"])
        completed = self.watch.expect(application["id"])
        decided = await asyncio.gather(*(self._decide(one) for one in application["members"]))
        last = now()
        try:
            told = await asyncio.wait_for(completed, PATIENCE)
        except TimeoutError:
            raise Wrong(f"no completion of {application['id']} in {PATIENCE:.0f} s") from None
        early = sum(early for _, early in decided)
        tally.finished(began, filed, [took for took, _ in decided], told - last, early)

    async def _decide(self, member: dict[str, str]) -> tuple[float, int]:
        """How long the decision's answer took, and how often it came too early before that."""
        now = time.perf_counter
        number = f"{RUN}-{next(numbers)}"
        result = {"digest": DIGEST, "issuer_number": number}
        body = orjson.dumps({"verdict": "granted", "result": result})
        token = self.town.officers[member["department"]]()
        path = f"approvals/{member['approval']}/decision"
        asked = now()
        for early in itertools.count():
            began = now()
            answer = await self.wire.ask("PUT", path, token, number, body)
            if answer.status == 200:
                return now() - began, early
            if answer.status != TOO_EARLY or began > asked + PATIENCE:
                raise Wrong(f"decision: {answer.status} {answer.body.decode(errors='replace')}")
            await asyncio.sleep(RETRY_AFTER)
        raise AssertionError


class Job(Protocol):
    """What a level repeats."""

    async def one(self, tally: Tally) -> None: ...


async def level(job: Job, in_flight: int, seconds: float, cpu: Cpu) -> Tally:
    """Keep `in_flight` going; count what finishes in `seconds`, after a warm-up of a fifth."""
    tally, stop = Tally(in_flight), asyncio.Event()

    async def work() -> None:
        while not stop.is_set():
            await job.one(tally)

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(work())
        await asyncio.sleep(max(1.0, seconds / 5))
        before = cpu.read()
        tally.open()
        await asyncio.sleep(seconds)
        tally.close()
        tally.cpu = cpu.since(before)
        stop.set()
    return tally
