"""`make faults`: 0 every promise kept, 1 violations, anything else: the harness itself failed."""

import argparse
import asyncio
import signal
import sys

from tests.faults import wishes
from tests.faults.run import run


async def _interruptible(wanted: wishes.Wishes) -> int:
    """Ctrl-C and SIGTERM end the run in order: nothing that was started is left behind."""
    task = asyncio.ensure_future(run(wanted))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 130


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    reader.add_argument("--mutant", help="break a copy in this way; `all` for one after another")
    options = reader.parse_args()
    if options.mutant:
        from tests.faults import mutants

        return mutants.main(options.mutant)
    return asyncio.run(_interruptible(wishes.from_environment()))


if __name__ == "__main__":
    sys.exit(main())
