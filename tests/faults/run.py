"""One run from start to verdict."""

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults import (
    check_events,
    check_figures,
    check_operations,
    check_progress,
    report,
    settling,
    stack,
    streams,
)
from tests.faults.applicants import Applicants
from tests.faults.databases import Databases
from tests.faults.desks import Desks
from tests.faults.door import Door
from tests.faults.findings import Case, Doubt, Found, Violation
from tests.faults.history import History
from tests.faults.kills import Killer
from tests.faults.stack import Stack
from tests.faults.wishes import Wishes

CHECKS = (check_operations.check, check_progress.check, check_events.check, check_figures.check)


class Run:
    """What is known about a run while it goes on."""

    def __init__(self, wishes: Wishes, folder: Path) -> None:
        self.wishes, self.folder = wishes, folder
        self.phases: dict[str, float] = {}
        self.violations: list[Violation] = []
        self.doubts: dict[str, Doubt] = {}
        self.history: History
        self.found: Found | None = None

    async def go(self) -> None:
        with self.phase("start"):
            up = stack.running(self.folder / "stack")
            running = await up.__aenter__()
        try:
            await self.against(running)
        finally:
            await up.__aexit__(None, None, None)

    async def against(self, running: Stack) -> None:
        self.history = History(self.folder / "history.jsonl")
        door = Door(running.state.gateway, self.history, self.wishes.seed)
        desks = Desks(running, door, self.wishes.seed)
        applicants = Applicants(running, door, self.wishes)
        databases = Databases(running.state.postgres)
        desks.start()
        try:
            with self.phase("kills"):
                killer = Killer(running, door, self.history, self.wishes)
                await asyncio.gather(applicants.run(), killer.run())
                self.history.end_killing()
            with self.phase("settling"):
                await self.settle(running, door, desks, applicants, databases)
            with self.phase("looking"):
                await settling.repeated(door, self.history)
                self.found = await self.look(running, door, databases)
        finally:
            await desks.end()
            await applicants.end()
            await door.close()
            self.history.close()
        for trouble in (*desks.trouble, *applicants.trouble):
            self.violations.append(Violation("clients are served in the end", trouble))
        with self.phase("checking"):
            self.judge()

    async def settle(
        self,
        running: Stack,
        door: Door,
        desks: Desks,
        applicants: Applicants,
        databases: Databases,
    ) -> None:
        for name in await settling.all_up(running):
            self.violations.append(Violation("what dies comes up again", f"{name} did not"))
        self.doubts = check_operations.doubts(self.history.operations, await databases.effects())
        door.killing = False
        for trouble in await settling.answered(door, self.history, applicants):
            self.violations.append(Violation("every question is answered", trouble))
        await desks.pay()
        left = await settling.settled(running, databases, desks)
        for what, count in left.items():
            text = f"{count} {what}, and nothing moves any more"
            self.violations.append(Violation("everything comes to an end", text))

    async def look(self, running: Stack, door: Door, databases: Databases) -> Found:
        token = running.token("bureau", "faults-bureau")
        return Found(
            await databases.everything(),
            await streams.everything(running.state.nats),
            streams.journals(running.journals, running.state.partners),
            await databases.effects(),
            await door.insist("GET", "/indicators", token),
        )

    def judge(self) -> None:
        assert self.found
        case = Case(self.history, self.doubts, self.found)
        self.violations += [one for check in CHECKS for one in check(case)]

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] = time.monotonic() - began


async def run(wishes: Wishes) -> int:
    """0 where every promise was kept; 1 where not, and then the run's files are kept."""
    folder = Path(tempfile.mkdtemp(prefix="onevisit-faults-"))
    this = Run(wishes, folder)
    print(f"faults: {wishes.command}", flush=True)
    try:
        await this.go()
    except BaseException:
        print(f"faults: broken off; history and logs: {folder}", flush=True)
        raise
    for line in report.summary(wishes, this.history, this.found, this.phases):
        print(line)
    for what, count in report.loud_lines(folder / "stack" / "logs").most_common(8):
        print(f"  log: {count} × {what}")
    return _verdict(this)


def _verdict(this: Run) -> int:
    """Say it; keep the run's files where they may be wanted."""
    kept = bool(this.violations or os.environ.get("KEEP"))
    if kept and this.found:
        tables = json.dumps(this.found.tables, ensure_ascii=False)
        (this.folder / "tables.json").write_text(tables)
        (this.folder / "violations.txt").write_text("\n".join(map(str, this.violations)))
        print(f"faults: history, tables, violations and logs: {this.folder}")
    else:
        shutil.rmtree(this.folder)
    for line in report.complaints(this.violations):
        print(line)
    if not this.violations:
        print("faults: every promise kept")
        return 0
    print(f"faults: {len(this.violations)} violations; the same again: {this.wishes.command}")
    return 1
