"""Five broken platforms that the harness must see through: each breaks one promise in a copy.

    python -m tests.faults --mutant no-inbox-row        `all`: one after another
    KEEP=1 keeps the copy and its run's files; SEED, KILLS, RATE and PACE as for a run

Where the window is a few microseconds wide, the mutant also sleeps there, so that a handful of
kills suffices.  The status is 0 if the mutant was seen: violations, and not some other failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.choices import ROOT

COPIED = ("services", "gateway", "deploy", "tests", "alembic.ini", "pyproject.toml")
LONGEST = 600


class DoesNotFit(Exception):
    """The source has changed; the mutant must be written anew."""


@dataclass(frozen=True)
class Patch:
    """Replaces one passage, which must occur exactly once."""

    file: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise DoesNotFit(f"{self.file}: found {text.count(self.old)} times: {self.old!r}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Mutant:
    """What is broken, and what to aim at so that it shows soon."""

    patches: tuple[Patch, ...]
    aim: str = ""
    kills: int = 5


INBOX, OUTBOX = "services/chassis/inbox.py", "services/chassis/outbox.py"
CONSUMER = "services/chassis/consumer.py"
MOVES = "services/bundle/applications/moves.py"

MUTANTS = {
    # An event that comes again is acted on again.  Window: between commit and ack.
    "no-inbox-row": Mutant(
        (
            Patch(
                INBOX,
                'fresh = {row["event_id"] for row in arrived}',
                "fresh = {letter.id for letter in letters}",
            ),
            Patch(
                INBOX,
                '    return bool(tx.info.get("recorded"))\n',
                '    await asyncio.sleep(0.5)\n    return bool(tx.info.get("recorded"))\n',
            ),
        ),
        aim="approval",
        kills=6,
    ),
    # A relay that dies between mark and publish loses what it has marked.
    "mark-before-publish": Mutant(
        (
            Patch(
                OUTBOX,
                "        queues: dict[str, deque[asyncpg.Record]] = defaultdict(deque)\n",
                "        await connection.execute(PUBLISHED, [row['pos'] for row in rows])\n"
                "        await asyncio.sleep(0.5)\n"
                "        queues: dict[str, deque[asyncpg.Record]] = defaultdict(deque)\n",
            ),
        ),
        aim="leader-bundle,leader-approval",
    ),
    # Two answers at once: each reads the other as still missing, neither goes on.
    "no-lock-at-the-join": Mutant(
        (
            Patch(MOVES, "    FOR UPDATE\n", ""),
            Patch(
                MOVES,
                "    return {row.id: Case.of(row, members[row.id], now) for row in rows}\n",
                "    import asyncio\n\n    await asyncio.sleep(0.4)\n"
                "    return {row.id: Case.of(row, members[row.id], now) for row in rows}\n",
            ),
        ),
        aim="metrics",
        kills=3,
    ),
    # A consumer that dies with acknowledged, uncommitted events takes them with it.
    "ack-before-commit": Mutant(
        (
            Patch(
                CONSUMER,
                "        letters = [open_letter(message) for message in messages]\n",
                "        letters = [open_letter(message) for message in messages]\n"
                "        await _acknowledge(*messages)\n        await asyncio.sleep(0.5)\n",
            ),
            Patch(CONSUMER, "            await _acknowledge(*messages)\n", "            pass\n"),
        ),
        aim="bundle,approval",
    ),
    # A department with two members in one application: its answers reach the first of them.
    "answers-matched-by-department": Mutant(
        (
            Patch(
                "services/bundle/applications/reactions.py",
                'if own["approval"] == approval',
                'if own["department"] == case.members[next(m for m, one in case.members.items()'
                ' if one["approval"] == approval)]["department"]',
            ),
        ),
        aim="metrics",
        kills=2,
    ),
}


def main(name: str) -> int:
    names = list(MUTANTS) if name == "all" else [name]
    if unknown := set(names) - MUTANTS.keys():
        print(f"no mutant {', '.join(unknown)}; there are: all, {', '.join(MUTANTS)}")
        return 2
    seen = {one: _seen(one) for one in names}
    for one, what in seen.items():
        print(f"mutant {one}: {what}")
    return 0 if all(what.startswith("red") for what in seen.values()) else 1


def _seen(name: str) -> str:
    """How the harness judged this mutant."""
    mutant, began = MUTANTS[name], time.monotonic()
    print(f"--- mutant {name}", flush=True)
    with _scratch() as folder:
        root = _copy(folder / "platform")
        for patch in mutant.patches:
            patch.apply(root)
        env = {"KILLS": str(mutant.kills), "AIM": mutant.aim, **os.environ, "PYTHONPATH": str(root)}
        status = _run(root, env | {"TMPDIR": str(folder)})
    took = f"in {time.monotonic() - began:.0f} s"
    if status == 1:
        return f"red, as it must be, {took}"
    return f"NOT SEEN ({'green' if status == 0 else f'harness ended with {status}'}), {took}"


def _run(root: Path, env: dict[str, str]) -> int:
    """The harness of the copy.  It ends its stack when it is told to."""
    process = subprocess.Popen([sys.executable, "-m", "tests.faults"], cwd=root, env=env)
    try:
        return process.wait(LONGEST)
    except BaseException:
        process.terminate()
        process.wait(60)
        raise


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for the copy and for what its run leaves behind."""
    folder = Path(tempfile.mkdtemp(prefix="onevisit-mutant-"))
    try:
        yield folder
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(folder)


def _copy(root: Path) -> Path:
    root.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(source, root / name, ignore=skipped)
        else:
            shutil.copy(source, root / name)
    return root
