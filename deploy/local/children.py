"""Child processes: started so that they die with us, recognised later, ended for certain."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

# What a part may see of our environment; everything else it is told by name.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """The user a child runs under."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, and how it likes to be ended."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    """What it gets when we die without a word.  Nobody would insist, so it must not need asking
    twice; our own services bear a kill at any moment."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process, told apart from a later one that was given the same number."""

    pid: int
    started: float


def spawn(command: Command, log: Path) -> subprocess.Popen[bytes]:
    """Start a child that writes to `log`, hears no Ctrl-C of ours, and ends when we die.

    Call this from a thread that lives as long as the child: Linux sends the death signal when
    the starting *thread* ends.  Elsewhere than on Linux an orphan lives on until the next start.
    """
    account = command.account
    with log.open("ab") as output:
        return subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(command.env),
            cwd=command.cwd,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
            preexec_fn=_die_with_parent(command.orphan_signal),
        )


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """What a child is told, and the little of ours that every program needs."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | dict(own)


def _die_with_parent(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    parent, prctl, number = os.getpid(), _libc.prctl, int(orphan_signal)

    def ask_the_kernel() -> None:
        # Runs between fork and exec, after the change of user (which would clear the request).
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def end(process: subprocess.Popen[bytes], stop_signal: signal.Signals, patience: float) -> None:
    """Ask, wait, insist.  Returns when the process and its group are gone."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    _end_group(process.pid)


def _end_group(pid: int) -> None:
    """What the child left behind in its own session (a shell's children, a worker)."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody left, or the number belongs to somebody else by now


def identity(pid: int) -> Identity | None:
    try:
        return Identity(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def is_alive(one: Identity) -> bool:
    """Whether this very process still runs.  A zombie does not."""
    try:
        process = psutil.Process(one.pid)
        # Start times are computed from the clock; a corrected clock moves them a little.
        same = abs(float(process.create_time()) - one.started) < 2
        return same and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end_leftover(one: Identity, stop_signal: signal.Signals, patience: float = 10) -> bool:
    """End a process that is not our child, if it is still the one we mean; False if it is not."""
    if not is_alive(one):
        return False
    _send(one, stop_signal)
    if not _gone_within(one, patience):
        _send(one, signal.SIGKILL)
        _gone_within(one, patience)
    return True


def _send(one: Identity, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it was faster
        os.kill(one.pid, number)


def _gone_within(one: Identity, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while is_alive(one):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


async def exited(process: subprocess.Popen[bytes]) -> int:
    """The exit status, once there is one; negative: the signal that ended it."""
    if sys.platform == "linux" and process.poll() is None:
        await _readable(os.pidfd_open(process.pid))
    while (status := process.poll()) is None:
        await asyncio.sleep(0.1)
    return status


async def _readable(descriptor: int) -> None:
    """A process descriptor becomes readable when the process ends: waiting costs nothing."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def last_lines(log: Path, count: int = 20) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
