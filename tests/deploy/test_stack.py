"""The whole platform from the command line: up, looked at, killed in part, killed as a whole."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local import children, choices, ports, state, supervisor
from deploy.local.state import StackState
from deploy.local.trouble import Trouble

pytestmark = pytest.mark.timeout(180)
ROOT = Path(__file__).parents[2]
ONEVISIT = [sys.executable, "-c", "from deploy.local.cli import app; app()"]
KINDS = {"postgres", "nats", "leaf", "issuer", "catalog", "bundle", "approval", "metrics"}
KINDS |= {"gateway", "partner"}


class Stack:
    """`onevisit up` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def up(self, **env: str) -> None:
        log = (self.folder.parent / "up.log").open("ab")
        command = [*ONEVISIT, "up", "--folder", str(self.folder), "--ports", "auto"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, env=env_with(env)
        )
        self.wait(self.is_ready, 90)

    def is_ready(self) -> bool:
        found = self.state
        own = found is not None and found.supervisor.pid == self.process.pid
        return own and found.state == "ready"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        line = [*ONEVISIT, *command, "--folder", str(self.folder)]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, env=env_with({}))

    def wait(self, true, patience: float) -> None:
        deadline = time.monotonic() + patience
        while not true():
            told = (self.folder.parent / "up.log").read_text()
            assert self.process.poll() is None, f"it ended: {told}"
            assert time.monotonic() < deadline, f"not in time: {told}"
            time.sleep(0.1)

    @property
    def state(self) -> StackState | None:
        return state.read(self.folder)

    @property
    def healthy(self) -> bool:
        return self.run("status").returncode == 0


def env_with(env: dict[str, str]) -> dict[str, str]:
    return os.environ | {"COLUMNS": "200", "PYTHONPATH": str(ROOT)} | env


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack") / "local")
    stack.up(REPLICAS="2")
    yield stack
    if stack.process and stack.process.poll() is None:
        stack.process.terminate()
        stack.process.wait(60)


def test_every_part_runs_and_is_written_down(stack):
    found = stack.state

    assert {part.kind for part in found.parts} == KINDS
    assert [part.name for part in found.of_kind("bundle")] == ["bundle-1", "bundle-2"]
    assert all(children.is_alive(part.identity) for part in found.parts)
    assert httpx.get(f"{found.gateway}/health/ready").is_success


def test_a_token_from_the_command_line_opens_the_door(stack):
    token = stack.run("token", "--role", "operator", "--sub", "sun-qi").stdout.strip()

    answer = httpx.get(
        f"{stack.state.gateway}/api/operations/parked", headers={"Authorization": f"Bearer {token}"}
    )

    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_secrets_are_in_no_argument_and_no_readable_file(stack):
    secrets = json.loads((stack.folder / "secrets.json").read_text()).values()
    for part in stack.state.parts:
        line = " ".join(psutil.Process(part.pid).cmdline())
        assert not any(secret in line for secret in secrets), part.name
    for path in stack.folder.rglob("*"):
        if path.is_file() and path.stat().st_mode & 0o077:
            text = path.read_bytes().decode(errors="replace")
            assert not any(secret in text for secret in secrets), path


def test_status_tells_of_each_part_and_of_what_waits(stack):
    stack.wait(lambda: stack.healthy, 20)

    told = stack.run("status").stdout

    assert all(part.name in told for part in stack.state.parts)
    assert told.count("★") >= 4  # one relay leads per database


def clocks(stack: Stack) -> set[str | None]:
    """What the replicas of all services say of their time."""
    services = stack.state.of_kind("catalog", "bundle", "approval", "metrics")
    assert len(services) == 8
    return {httpx.get(f"{one.address}/health/ready").json().get("clock") for one in services}


def test_the_clock_is_moved_for_every_replica_at_once(stack):
    assert clocks(stack) == {None}

    stack.run("clock", "3d")

    assert clocks(stack) == {"ahead by 259200 s"}
    assert "+3 days" in stack.run("clock").stdout


def test_a_time_that_is_none_is_refused_with_what_would_be_one(stack):
    refused = stack.run("clock", "yesterday")

    assert refused.returncode == 2
    assert "12d" in refused.stderr


def test_a_second_stack_in_the_same_folder_is_refused(stack):
    refused = stack.run("up")

    assert refused.returncode == 2
    assert "onevisit down" in refused.stderr


def test_everything_that_is_killed_comes_back(stack):
    before = {part.name: part.pid for part in stack.state.parts}

    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    stack.wait(lambda: not set(before.values()) & {part.pid for part in stack.state.parts}, 30)
    stack.wait(lambda: stack.healthy, 60)
    assert {part.name for part in stack.state.parts} == set(before)
    assert clocks(stack) == {"ahead by 259200 s"}, "what was made under a clock lives on under it"


def test_after_a_kill_of_the_supervisor_nothing_is_left_and_the_data_is_still_there(stack):
    parts, secrets = stack.state.parts, (stack.folder / "secrets.json").read_text()

    stack.process.kill()
    stack.process.wait()
    deadline = time.monotonic() + (20 if sys.platform == "linux" else 0)
    while alive := [one.name for one in parts if children.is_alive(one.identity)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert alive == [] or sys.platform != "linux"

    stack.up(REPLICAS="1")
    assert not any(children.is_alive(part.identity) for part in parts)
    assert (stack.folder / "secrets.json").read_text() == secrets


def test_down_ends_it_in_order_and_leaves_no_process(stack):
    parts = stack.state.parts

    assert stack.run("down").returncode == 0

    assert stack.process.wait(60) == 128 + signal.SIGTERM
    assert not any(children.is_alive(part.identity) for part in parts)
    assert (stack.state.state, stack.state.parts) == ("stopped", [])


def test_a_taken_port_is_named_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        port = ports.free_port()
        taken.bind(("127.0.0.1", port))
        taken.listen()
        command = [*ONEVISIT, "up", "--folder", str(tmp_path / "local")]

        refused = subprocess.run(
            command,
            cwd=ROOT,
            env=env_with({"PORT_BASE": str(port)}),
            capture_output=True,
            text=True,
        )

    assert refused.returncode == 2
    assert f"{port} (gateway)" in refused.stderr
    assert state.read(tmp_path / "local").parts == []


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("REPLICAS", "none", "REPLICAS must be a whole number"),
        ("PORT_BASE", "80", "PORT_BASE must be"),
        ("PORTS", "random", "fixed or auto"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch, name, value, complaint):
    monkeypatch.setenv(name, value)

    with pytest.raises(Trouble, match=complaint):
        choices.from_environment()


async def test_a_missing_operators_file_is_named(tmp_path):
    wanted = choices.Choices(folder=tmp_path, partners_file=tmp_path / "nowhere.toml")

    with pytest.raises(Trouble, match="(?s)operator's file.*nowhere.toml"):
        async with supervisor.running(wanted, print):
            raise AssertionError("started without it")


def test_nothing_to_look_at_is_said_with_the_way_out(tmp_path):
    for command in (["status"], ["down"], ["load"], ["token", "--role", "clerk", "--sub", "x"]):
        line = [*ONEVISIT, *command, "--folder", str(tmp_path)]
        told = subprocess.run(line, cwd=ROOT, env=env_with({}), capture_output=True, text=True)
        assert (told.returncode, "onevisit up" in told.stderr) == (2, True)
