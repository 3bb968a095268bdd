"""`make bench`, the desk: deciding and turning pages with a thousand and a million approvals open.

    python -m tests.bench.desk
    BENCH_ROWS=1000,1000000   open approvals of the small and of the large stack
    BENCH_DECISIONS=2000      decided in each, in rounds that take turns

Two stacks run at once and are asked in turn, so whatever else the machine does befalls both.  The
rows are copies of one real filing, in every table of every service that it left a row in.  Status 1
if something was lost, or if a large table was read from end to end; 2 if it could not be measured.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import orjson
import uvloop
from rich.table import Table

from deploy.local import supervisor
from deploy.local.tokens import Signer, key_file
from deploy.local.trouble import Trouble
from tests.bench import databases, footprints, report
from tests.bench.busy import Busy, make_busy
from tests.bench.cpu import CLIENT, Cpu
from tests.bench.load import DIGEST, RUN, Wrong, numbers
from tests.bench.pages import LOTS, turn_pages
from tests.bench.stack import FOLDER, wanted
from tests.bench.tally import spread
from tests.bench.wire import WireBroke

IN_FLIGHT, ROUNDS, WARM = 16, 8, 200


class Decisions:
    """What deciding has cost one stack so far."""

    def __init__(self, busy: Busy, approvals: list[str]) -> None:
        self.busy, self.left = busy, approvals
        self.taken: list[float] = []
        self.seconds = 0.0
        self.cpu: dict[str, float] = {}

    async def round(self, number: int) -> None:
        batch = [self.left.pop() for _ in range(number)]
        cpu = Cpu(self.busy.stack)
        before, began = cpu.read(), time.perf_counter()

        async def work() -> None:
            while batch:
                await self._decide(batch.pop())

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        self.seconds += time.perf_counter() - began
        await databases.drained(self.busy.stack)
        for part, spent in cpu.since(before).items():
            self.cpu[part] = self.cpu.get(part, 0.0) + spent

    async def _decide(self, approval: str) -> None:
        number, began = f"{RUN}-{next(numbers)}", time.perf_counter()
        result = {"digest": DIGEST, "issuer_number": number}
        body = orjson.dumps({"verdict": "granted", "result": result})
        token, path = self.busy.town.officers["market"](), f"approvals/{approval}/decision"
        answer = await self.busy.wire.ask("PUT", path, token, number, body)
        if answer.status != 200:
            raise Wrong(f"decision: {answer.status} {answer.body.decode(errors='replace')}")
        self.taken.append(time.perf_counter() - began)

    def forget(self) -> None:
        self.taken, self.seconds, self.cpu = [], 0.0, {}

    def figures(self) -> dict[str, Any]:
        each = len(self.taken)
        spent = {part: round(1000 * v / each, 3) for part, v in self.cpu.items() if part != CLIENT}
        return {
            "decisions": each,
            "per_second": round(each / self.seconds, 1),
            "milliseconds": spread(self.taken),
            "cpu_milliseconds_each": spent,
        }


async def bench(folder: Path, sizes: list[int], decisions: int) -> int:
    document: dict[str, Any] = {"machine": report.machine(), "sizes": sizes}
    async with AsyncExitStack() as both:
        stacks = []
        for size in sizes:
            (place := folder / str(size)).mkdir()
            running = supervisor.running(wanted(place), report.screen.print)
            stack = await both.enter_async_context(running)
            began, signer = time.perf_counter(), Signer(key_file(place), stack.issuer)
            busy = await make_busy(stack, signer, size + decisions + WARM, decisions + WARM + LOTS)
            both.callback(busy.wire.close)
            took = time.perf_counter() - began
            report.screen.print(f"{busy.open:,} open approvals, made in {took:.0f} s")
            stacks.append(busy)
        document["postgres"] = await databases.settings(stacks[0].stack)
        document["rows"] = [busy.rows for busy in stacks]
        prints = [await footprints.begin(busy.stack) for busy in stacks]
        document["deciding"] = await _deciding(stacks, decisions)
        document["pages"] = await turn_pages(stacks)
        document["read"] = [await one.end() for one in prints]
        wrong = [what for busy in stacks for what in await databases.left_over(busy.stack)]
        wrong += [f"read from end to end: {one}" for one in document["read"][-1]["whole"]]
    document["faults"] = wrong
    show(document)
    report.screen.print(f"JSON: {report.write(document, 'desk-')}", markup=False)
    for one in wrong:
        report.screen.print(f"WRONG: {one}", style="bold red", markup=False)
    return 1 if wrong else 0


async def _deciding(stacks: list[Busy], decisions: int) -> list[dict[str, Any]]:
    """In rounds that take turns; the first one warms up."""
    desks = [Decisions(busy, busy.some(decisions + WARM)) for busy in stacks]
    for desk in desks:
        await desk.round(WARM)
        desk.forget()
    for turn in range(ROUNDS):
        for desk in desks if turn % 2 else reversed(desks):
            await desk.round(decisions // ROUNDS)
    return [desk.figures() for desk in desks]


def show(document: dict[str, Any]) -> None:
    heads = [f"{size:,} open" for size in document["sizes"]]
    few, many = document["deciding"]
    table = Table("", *heads, "ratio", title=f"a desk, {IN_FLIGHT} decisions in flight")

    def row(what: str, figure: Callable[[dict[str, Any]], float], how: str = ".1f") -> None:
        values = [figure(few), figure(many)]
        ratio = values[1] / values[0] if values[0] else 0.0
        table.add_row(what, *(format(value, how) for value in values), f"{ratio:.2f}")

    row("decisions/s", lambda one: one["per_second"])
    row("decision answered, ms p50", lambda one: one["milliseconds"]["p50"])
    row("decision answered, ms p99", lambda one: one["milliseconds"]["p99"])
    for part in few["cpu_milliseconds_each"]:
        row(f"CPU ms each: {part}", lambda one, k=part: one["cpu_milliseconds_each"][k], ".2f")
    row("CPU ms each: whole stack", lambda one: sum(one["cpu_milliseconds_each"].values()), ".2f")
    report.screen.print(table)
    table = Table("ms p50 / p99", *heads, title="pages of 50, one at a time, through the gateway")
    for kind in document["pages"][0]:
        cells = [one[kind] for one in document["pages"]]
        table.add_row(kind, *(f"{cell['p50']:.1f} / {cell['p99']:.1f}" for cell in cells))
    report.screen.print(table)


def main() -> int:
    sizes = [int(one) for one in os.environ.get("BENCH_ROWS", "1000,1000000").split(",")]
    decisions, status = int(os.environ.get("BENCH_DECISIONS", "2000")), 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="desk-", dir=FOLDER) as folder:
        try:
            status = uvloop.run(bench(Path(folder), sizes, decisions))
        except* (Trouble, Wrong, WireBroke, TimeoutError) as failures:
            for one in failures.exceptions:
                report.screen.print(f"{one!r}", style="bold red", markup=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
