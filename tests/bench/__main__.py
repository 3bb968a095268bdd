"""`make bench`: one stack, three levels, each beside the floor.

    BENCH_SECONDS=10      measured seconds of each level, for the platform and for the floor
    BENCH_LEVELS=1,16,64  applications in flight

Status 1 if anything was lost, 2 if it could not be measured.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvloop

from deploy.local import supervisor
from deploy.local.state import StackState
from deploy.local.tokens import Signer, key_file
from deploy.local.trouble import Trouble
from tests.bench import databases, report
from tests.bench.cpu import Cpu
from tests.bench.floor import Floor, floor
from tests.bench.load import Load, Wrong, level
from tests.bench.stack import FOLDER
from tests.bench.stack import wanted as stack_wanted
from tests.bench.tally import Tally
from tests.bench.town import open_town
from tests.bench.watch import Watch, watching
from tests.bench.wire import Wire, WireBroke


async def bench(folder: Path, seconds: float, levels: list[int]) -> int:
    machine, wanted = report.machine(), stack_wanted(folder)
    async with supervisor.running(wanted, report.screen.print) as stack:
        signer = Signer(key_file(folder), stack.issuer)
        town, wire = await open_town(stack.gateway, signer), Wire(stack.gateway)
        async with watching(stack.nats, Watch) as watch:
            load = Load(wire, watch, town)
            await load.one(Tally(1))
            await databases.drained(stack)
            async with floor(stack, load.filed[0]) as bare:
                measured = [await _level(stack, load, bare, one, seconds) for one in levels]
            wire.close()
            wrong = await databases.faults(stack, load.filed, dict(watch.heard))
            document = {
                "machine": machine,
                "postgres": await databases.settings(stack),
                "nats": {"server": watch.server, "sync_interval": "default (2m)", "replicas": 1},
                "replicas": wanted.replicas,
                "filed": len(load.filed),
                "faults": wrong,
                "levels": measured,
            }
    report.show(document)
    report.screen.print(f"JSON: {report.write(document)}", markup=False)
    for one in wrong:
        report.screen.print(f"WRONG: {one}", style="bold red", markup=False)
    report.screen.print(f"bench: {len(load.filed)} filed, {len(wrong)} wrong")
    return 1 if wrong else 0


async def _level(
    stack: StackState, load: Load, bare: Floor, in_flight: int, seconds: float
) -> dict[str, Any]:
    """The platform, then the floor at the same level, each with the machine to itself."""
    platform = await level(load, in_flight, seconds, Cpu(stack))
    await databases.drained(stack)
    below = await level(bare, in_flight, seconds, Cpu(stack, ("postgres",)))
    ratio = platform.rate / below.rate if below.rate else 0.0
    report.screen.print(
        f"{in_flight} in flight: {platform.rate:.1f}/s, floor {below.rate:.1f}/s, {ratio:.3f}"
    )
    return {"platform": platform.figures(), "floor": below.figures(), "ratio": round(ratio, 3)}


def main() -> int:
    levels = [int(one) for one in os.environ.get("BENCH_LEVELS", "1,16,64").split(",")]
    seconds = float(os.environ.get("BENCH_SECONDS", "10"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    status = 2
    # Beside the JSON files and not in /tmp, which may be memory, where syncing costs nothing.
    with tempfile.TemporaryDirectory(prefix="stack-", dir=FOLDER) as folder:
        try:
            status = uvloop.run(bench(Path(folder), seconds, levels))
        except* (Trouble, Wrong, WireBroke, TimeoutError) as failures:
            for one in failures.exceptions:
                report.screen.print(f"{one!r}", style="bold red", markup=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
