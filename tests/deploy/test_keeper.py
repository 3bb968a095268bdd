"""Keeping processes: what ends starts again, what cannot start says why, what was left is ended."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local import children, state
from deploy.local.children import Command, Identity
from deploy.local.keeper import Keeper
from deploy.local.parts import Part
from deploy.local.state import Running, StackState
from deploy.local.supervisor import end_leftovers
from deploy.local.trouble import Trouble

FOREVER = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
BROKEN = "raise ImportError('no module named wallet')"


def python(code: str) -> Command:
    return Command((sys.executable, "-c", code))


def part(name: str, code: str) -> Part:
    return Part(name, "partner", "", lambda: python(code), ready=lambda pid: True)


@pytest.fixture
def stack(tmp_path):
    return StackState(str(tmp_path), children.identity(os.getpid()))


@pytest.fixture
async def keeper(tmp_path, stack):
    keeper = Keeper(tmp_path, stack, print)
    yield keeper
    await keeper.stop()


async def until(true, patience: float = 5.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.02)


def pid_of(folder: Path, name: str) -> int:
    return next(one.pid for one in state.read(folder).parts if one.name == name)


async def test_what_is_killed_starts_again_and_is_written_down(keeper, tmp_path):
    await keeper.start([part("a", FOREVER), part("b", FOREVER)])
    killed, spared = pid_of(tmp_path, "a"), pid_of(tmp_path, "b")

    os.kill(killed, signal.SIGKILL)
    await until(lambda: pid_of(tmp_path, "a") != killed)

    [a, b] = state.read(tmp_path).parts
    assert (a.restarts, b.restarts, b.pid) == (1, 0, spared)
    assert children.is_alive(a.identity)


async def test_what_ends_again_and_again_is_tried_ever_less_often(keeper, tmp_path):
    said = []
    keeper.tell = said.append

    await keeper.start([part("a", "pass")])
    await asyncio.sleep(1.8)

    assert 2 <= len(said) <= 5


async def test_what_cannot_start_says_why_with_the_end_of_its_log(keeper):
    broken = Part("wallet", "bundle", "", lambda: python(BROKEN), ready=lambda pid: False)

    with pytest.raises(Trouble, match="(?s)wallet 没有启动.*did not start.*no module named wallet"):
        await keeper.start([part("a", FOREVER), broken])


async def test_ending_leaves_no_process_even_if_it_will_not_go(keeper, tmp_path, monkeypatch):
    monkeypatch.setattr("deploy.local.keeper.STOP_PATIENCE", 0.5)
    await keeper.start([part("a", FOREVER)])
    await keeper.start([part("stubborn", STUBBORN)])
    await asyncio.sleep(0.3)  # until it ignores the signal
    parts = state.read(tmp_path).parts

    await keeper.stop()

    assert not any(children.is_alive(one.identity) for one in parts)


async def test_stages_end_in_the_opposite_order(keeper):
    ended = []
    code = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: exit(0)); time.sleep(60)"
    original = children.end

    for name in ("first", "second", "third"):
        await keeper.start([part(name, code)])
    names = {process.pid: name for name, (process, _) in keeper.processes.items()}
    children.end = lambda process, *rest: (
        ended.append(names[process.pid]),
        original(process, *rest),
    )
    try:
        await keeper.stop()
    finally:
        children.end = original

    assert ended == ["third", "second", "first"]


def leave_behind(folder: Path, started_earlier: float = 0.0) -> subprocess.Popen[bytes]:
    """A process whose supervisor is gone, as stack.json remembers it."""
    process = subprocess.Popen([sys.executable, "-c", FOREVER])
    one = children.identity(process.pid)
    left = Running("a", "partner", one.pid, one.started - started_earlier, "", "")
    StackState(str(folder), Identity(1, 0.0), state="ready", parts=[left]).write()
    return process


def test_what_a_killed_supervisor_left_is_ended(tmp_path):
    process = leave_behind(tmp_path)

    end_leftovers(tmp_path, print)

    assert process.wait(5) == -signal.SIGTERM
    assert state.read(tmp_path).parts == []


def test_a_stranger_that_was_given_the_same_number_is_left_alone(tmp_path):
    process = leave_behind(tmp_path, started_earlier=60)

    end_leftovers(tmp_path, print)

    assert process.poll() is None
    process.kill()
    process.wait()


def test_only_its_owner_reads_the_stacks_addresses_and_passwords(tmp_path, stack):
    stack.write()

    assert state.path_in(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_process_ends_with_the_one_that_started_it(tmp_path):
    script = (
        "import sys, pathlib, time\n"
        "from deploy.local.children import Command, spawn\n"
        f"child = spawn(Command((sys.executable, '-c', {FOREVER!r})), pathlib.Path(sys.argv[1]))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    )
    child = children.identity(int(parent.stdout.readline()))

    parent.kill()
    parent.wait()

    if sys.platform == "linux":
        psutil.wait_procs([psutil.Process(child.pid)] if children.is_alive(child) else [], 5)
        assert not children.is_alive(child)
    else:
        assert children.end_leftover(child, signal.SIGTERM)
