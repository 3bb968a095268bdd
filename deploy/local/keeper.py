"""Keeps processes running: starts them, waits until they are ready, starts again what ends.

Whatever changes is written to stack.json at once, so that others find every process by its number.
"""

import asyncio
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from deploy.local import children
from deploy.local.children import Command, Identity
from deploy.local.parts import Part
from deploy.local.state import Running, StackState
from deploy.local.together import together
from deploy.local.trouble import Trouble

START_PATIENCE = 90.0
STOP_PATIENCE = 15.0
SETTLED = 1.0
"""A part that nothing can be asked about is taken for ready when it has lived this long."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
STEADY = 10.0
"""Who lived this long before it died is started again at once."""

Tell = Callable[[str], None]


class Keeper:
    """Keeps the parts of one stack, stage after stage; ends them in the opposite order."""

    def __init__(self, logs: Path, state: StackState, tell: Tell) -> None:
        self.logs, self.state, self.tell = logs, state, tell
        self.stages: list[Sequence[Part]] = []
        self.processes: dict[str, tuple[subprocess.Popen[bytes], Command]] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self, stage: Sequence[Part]) -> None:
        """Start parts together and wait for all.  Raises Trouble where one does not come up."""
        self.stages.append(stage)
        for part in stage:
            await self._launch(part)
        await together(*(self._until_ready(part) for part in stage))
        self.tasks += [asyncio.create_task(self._keep(part)) for part in stage]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for stage in reversed(self.stages):
            await asyncio.gather(*(self._end(part) for part in stage))

    async def _launch(self, part: Part) -> None:
        command = await asyncio.to_thread(part.prepare)
        log = self._log(part)
        process = children.spawn(command, log)  # in this thread, which lives as long as we do
        self.processes[part.name] = process, command
        self._note(part, process.pid, log)

    def _note(self, part: Part, pid: int, log: Path) -> None:
        one = children.identity(pid) or Identity(pid, time.time())
        known = next((it for it in self.state.parts if it.name == part.name), None)
        if known:
            known.pid, known.started, known.restarts = one.pid, one.started, known.restarts + 1
        else:
            fresh = Running(part.name, part.kind, one.pid, one.started, part.address, str(log))
            self.state.parts.append(fresh)
        self.state.write()

    async def _until_ready(self, part: Part) -> None:
        process, _ = self.processes[part.name]
        started = time.monotonic()
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while not await _is_ready(part, process.pid, client, started):
                if process.poll() is not None or time.monotonic() > started + START_PATIENCE:
                    log = self._log(part)
                    raise Trouble(
                        f"{part.name} 没有启动。日志末尾（{log}）：",
                        f"{part.name} did not start. The end of {log}:\n{children.last_lines(log)}",
                    )
                await asyncio.sleep(0.05)

    async def _keep(self, part: Part) -> None:
        """Start a part again whenever it ends, a little later each time it does not last."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            status = await children.exited(self.processes[part.name][0])
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            self.tell(f"{part.name} 已退出，重新启动 ended ({status}), starts again")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            try:
                await self._launch(part)
            except (Trouble, OSError) as error:
                self.tell(f"{part.name}: {error}")

    async def _end(self, part: Part) -> None:
        if part.name in self.processes:
            process, command = self.processes[part.name]
            await asyncio.to_thread(children.end, process, command.stop_signal, STOP_PATIENCE)

    def _log(self, part: Part) -> Path:
        return self.logs / f"{part.name}.log"


async def _is_ready(part: Part, pid: int, client: httpx.AsyncClient, started: float) -> bool:
    if part.ready:
        return part.ready(pid)
    if not part.health:
        return time.monotonic() - started > SETTLED
    with suppress(httpx.HTTPError):
        return (await client.get(part.health)).is_success
    return False
