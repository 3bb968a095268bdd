"""`make bench`, the permit by rule: from filing it to a certificate that anybody can verify.

    python -m tests.bench.instant
    BENCH_SECONDS=10      measured seconds of each level
    BENCH_PERMITS=1,8     permits in flight

The item is the example district's 公共场所卫生许可, with its rule, its commitment and its plan of
supervision, filed alone.  bundle stores the filing and asks; approval hears it, judges, grants and
issues; that is told on the APPROVAL stream; and with the number and the code that were told, the
gateway's public verification answers `valid`.  The clock runs from the first byte of the filing to
that answer.  Status 1 if one was not granted; 2 if it could not be measured.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import uvloop
from rich.table import Table

from deploy.local import supervisor
from deploy.local.state import StackState
from deploy.local.tokens import Signer, key_file
from deploy.local.trouble import Trouble
from services.contracts import ResultIssued
from tests.bench import databases, report
from tests.bench.cpu import CLIENT, Cpu
from tests.bench.hygiene import Filing, Unfit, filings
from tests.bench.load import PATIENCE, RUN, Wrong, numbers
from tests.bench.stack import FOLDER, wanted
from tests.bench.tally import spread
from tests.bench.watch import Watch, watching
from tests.bench.wire import Answer, Wire, WireBroke

GOAL = 1000.0
"""Milliseconds from the filing to the verified certificate, at the 99th percentile."""


class Issued(Watch):
    """Results as they are told, for whoever asks for one before or after."""

    async def take(self, message: Any) -> None:
        data = orjson.loads(message.data)["data"]
        self.told(data["application"]).set_result(data)

    def told(self, application: str) -> "asyncio.Future[Any]":
        known = self._expected.get(application)
        if known is None:
            known = self._expected[application] = asyncio.get_running_loop().create_future()
        return known


class Permits:
    """Files one after another and verifies what came of it."""

    def __init__(self, wire: Wire, issued: Issued, prepared: Iterator[Filing]) -> None:
        self.wire, self.issued, self.prepared = wire, issued, prepared
        self.taken: dict[str, list[float]] = {}

    async def one(self) -> None:
        now, filing = time.perf_counter, next(self.prepared)
        began, key = now(), f"{RUN}-{next(numbers)}"
        filed = await self.wire.ask("POST", "applications", filing.token, key, filing.body)
        application = _body(filed, 201)["id"]
        answered = now()
        async with asyncio.timeout(PATIENCE):
            data = await self.issued.told(application)
        heard = now()
        path = f"results/{data['number']}/verification?code={data['verification_code']}"
        shown = _body(await self.wire.ask("GET", path, filing.token, "none", b""), 200)
        if (shown["standing"], shown["digest"]) != ("valid", data["digest"]):
            raise Wrong(f"verified as {shown}")
        self._note(filed=answered - began, issued=heard - began, verified=now() - began)

    def _note(self, **seconds: float) -> None:
        for what, spent in seconds.items():
            self.taken.setdefault(what, []).append(spent)


def _body(answer: Answer, status: int) -> Any:
    if answer.status != status:
        raise Wrong(f"{answer.status} {answer.body.decode(errors='replace')}")
    return orjson.loads(answer.body)


async def bench(folder: Path, seconds: float, levels: list[int]) -> int:
    machine = report.machine()
    async with supervisor.running(wanted(folder), report.screen.print) as stack:
        signer = Signer(key_file(folder), stack.issuer)
        prepared, wire = await filings(stack.gateway, signer), Wire(stack.gateway)
        async with watching(stack.nats, Issued, ResultIssued) as issued:
            permits = Permits(wire, issued, prepared)
            measured = [await _level(stack, permits, one, seconds) for one in levels]
        wire.close()
        wrong = await databases.left_over(stack)
        document = {"machine": machine, "postgres": await databases.settings(stack)}
    document |= {"levels": measured, "faults": wrong}
    show(document)
    report.screen.print(f"JSON: {report.write(document, 'instant-')}", markup=False)
    for one in wrong:
        report.screen.print(f"WRONG: {one}", style="bold red", markup=False)
    return 1 if wrong else 0


async def _level(
    stack: StackState, permits: Permits, in_flight: int, seconds: float
) -> dict[str, Any]:
    """Keep so many in flight, after a warm-up of a fifth."""
    ends, cpu = time.perf_counter() + max(1.0, seconds / 5), Cpu(stack)

    async def work() -> None:
        while time.perf_counter() < ends:
            await permits.one()

    await asyncio.gather(*(work() for _ in range(in_flight)))
    permits.taken = {}
    before, began = cpu.read(), time.perf_counter()
    ends = began + seconds
    await asyncio.gather(*(work() for _ in range(in_flight)))
    took, number = time.perf_counter() - began, len(permits.taken["verified"])
    spent = {k: v for k, v in cpu.since(before).items() if k != CLIENT}
    return {
        "in_flight": in_flight,
        "permits": number,
        "per_second": round(number / took, 1),
        "milliseconds": {what: spread(times) for what, times in permits.taken.items()},
        "cpu_milliseconds_each": {k: round(1000 * v / number, 2) for k, v in spent.items()},
    }


def show(document: dict[str, Any]) -> None:
    levels = document["levels"]
    heads = [f"{one['in_flight']} in flight" for one in levels]
    table = Table("", *heads, title="公共场所卫生许可 by rule, through the gateway")
    table.add_row("permits/s", *(f"{one['per_second']:.1f}" for one in levels))
    for what, title in (
        ("filed", "filed → answered, ms p50 / p99"),
        ("issued", "filed → told as issued, ms p50 / p99"),
        ("verified", "filed → verified as valid, ms p50 / p99"),
    ):
        cells = [one["milliseconds"][what] for one in levels]
        table.add_row(title, *(f"{cell['p50']:.1f} / {cell['p99']:.1f}" for cell in cells))
    spent = [sum(one["cpu_milliseconds_each"].values()) for one in levels]
    table.add_row("CPU ms each: whole stack", *(f"{one:.2f}" for one in spent))
    within = [one["milliseconds"]["verified"]["p99"] <= GOAL for one in levels]
    table.add_row("p99 within one second", *("yes" if one else "no" for one in within))
    report.screen.print(table)


def main() -> int:
    levels = [int(one) for one in os.environ.get("BENCH_PERMITS", "1,8").split(",")]
    seconds, status = float(os.environ.get("BENCH_SECONDS", "10")), 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="instant-", dir=FOLDER) as folder:
        try:
            status = uvloop.run(bench(Path(folder), seconds, levels))
        except* (Trouble, Wrong, Unfit, WireBroke, TimeoutError) as failures:
            for one in failures.exceptions:
                report.screen.print(f"{one!r}", style="bold red", markup=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
