"""The embedded PostgreSQL: private, durable, recovering, and clear about what is in its way."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.local import children, postgres, postgres_home
from deploy.local.postgres import Postgres, embedded_postgres
from deploy.local.postgres_home import programs, users_of
from deploy.local.trouble import Trouble

INIT = Path(__file__).parents[2] / "deploy" / "postgres" / "init.sql"
SERVICES = ("catalog", "bundle", "approval", "metrics")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives servers another user")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with embedded_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


def initialise(server: Postgres, **passwords: str) -> subprocess.CompletedProcess[str]:
    command = [str(programs() / "psql"), "-X", "-q", server.admin_url, "-f", str(INIT)]
    env = {f"{name.upper()}_PASSWORD": password for name, password in passwords.items()}
    return subprocess.run(command, env=env, capture_output=True, text=True)


async def test_every_service_gets_a_database_that_no_other_service_enters(server):
    passwords = {name: f"it's {name}" for name in SERVICES}
    for _ in range(2):  # as often as one likes
        assert initialise(server, **passwords).stderr == ""

    for name in SERVICES:
        own = await asyncpg.connect(server.url(name, name, passwords[name]))
        await own.execute("CREATE TABLE IF NOT EXISTS mine (id int)")
        await own.close()
        for other in set(SERVICES) - {name}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(server.url(other, name, passwords[name]))


async def test_a_password_is_needed_and_can_be_changed(server):
    initialise(server, **dict.fromkeys(SERVICES, "old"))
    initialise(server, **dict.fromkeys(SERVICES, "new"))

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url("bundle", "bundle", "old"))
    await (await asyncpg.connect(server.url("bundle", "bundle", "new"))).close()


def test_only_its_owner_reads_the_administrators_password(server):
    kept = server.folder / "postgres-password"

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_what_was_committed_survives_a_kill(tmp_path):
    with embedded_postgres(tmp_path) as server:
        connection = await asyncpg.connect(server.admin_url)
        await connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()

        server.start()

        again = await asyncpg.connect(server.admin_url)
        assert await again.fetchval("SELECT id FROM kept") == 1
        await again.close()


async def test_a_durable_server_syncs_and_a_forgetful_one_does_not(tmp_path, server):
    connection = await asyncpg.connect(server.admin_url)
    assert await connection.fetchval("SHOW fsync") == "off"
    await connection.close()

    assert "fsync=on" in Postgres(tmp_path, durable=True).prepare().argv


def test_a_second_server_on_the_same_data_is_refused_by_name(server):
    with pytest.raises(Trouble, match=f"process {server.process.pid}"):
        Postgres(server.folder).start()


def test_the_lock_of_a_dead_server_is_no_obstacle_even_if_its_number_lives_on(tmp_path):
    server = Postgres(tmp_path, durable=False)
    server.start()
    server.durable = True  # keep the data over the stop
    lock = server._home.data / "postmaster.pid"
    left = lock.read_text()
    server.stop()
    lines = left.splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    os.chown(lock, lock.parent.stat().st_uid, lock.parent.stat().st_gid)

    server.start()

    assert server.process.poll() is None
    server.durable = False
    server.stop()


def test_a_taken_port_is_named_with_the_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Trouble, match=f"(?s)端口已被占用：{port}.*PORT_BASE.*taken: {port}"):
            Postgres(tmp_path, port, durable=False).prepare()


def test_a_missing_library_is_named_with_the_way_out(tmp_path):
    """A program that fails as the loader fails when a shared library is not there."""
    program = tmp_path / "postgres"
    program.write_text(
        "#!/bin/sh\necho 'postgres: error while loading shared libraries: libz.so.1: cannot open "
        "shared object file: No such file or directory' >&2\nexit 127\n"
    )
    program.chmod(0o755)
    place = postgres_home.Home(tmp_path, tmp_path / "data", None)

    with pytest.raises(Trouble, match="(?s)libz.so.1.*apt-get install.*POSTGRES_ADMIN_URL"):
        postgres._require_runnable(place)


def test_a_folder_that_forbids_programs_is_named_with_the_way_out(tmp_path):
    program = tmp_path / "postgres"
    program.write_text("")
    program.chmod(0o644)

    with pytest.raises(Trouble, match="POSTGRES_HOME"):
        postgres._require_runnable(postgres_home.Home(tmp_path, tmp_path / "data", None))


@as_root
def test_root_runs_it_as_somebody_else_without_widening_anybodys_folders(tmp_path):
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    before = {path: path.stat().st_mode for path in (private, *private.parents)}

    with embedded_postgres(private / "clone" / ".local" / "postgres") as server:
        assert psutil.Process(server.process.pid).uids().effective != 0

    assert {path: path.stat().st_mode for path in before} == before


@as_root
async def test_a_folder_made_again_where_one_was_removed_begins_anew(tmp_path):
    folder = tmp_path / "stack"
    for _ in range(2):
        with embedded_postgres(folder) as server:
            connection = await asyncpg.connect(server.admin_url)
            await connection.execute("CREATE TABLE kept (id int)")
            await connection.close()
        shutil.rmtree(folder)


@as_root
def test_a_room_that_the_servers_user_cannot_enter_is_named(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir(mode=0o700)
    monkeypatch.setenv("POSTGRES_HOME", str(tmp_path / "closed"))

    with pytest.raises(Trouble, match="(?s)无法进入.*cannot enter.*POSTGRES_HOME"):
        Postgres(tmp_path / "data").prepare()


@as_root
def test_a_room_that_somebody_else_made_is_not_trusted(tmp_path, monkeypatch):
    room = tmp_path / f"onevisit-{os.getuid()}"
    room.mkdir()
    os.chown(room, 65534, 65534)
    monkeypatch.setenv("POSTGRES_HOME", str(tmp_path))

    with pytest.raises(Trouble, match="is not ours"):
        Postgres(tmp_path / "data").prepare()


def test_it_ends_when_we_are_killed(tmp_path):
    """A test run that is killed leaves no server behind."""
    script = (
        "import sys, time, pathlib\n"
        "from deploy.local.postgres import Postgres\n"
        "server = Postgres(pathlib.Path(sys.argv[1]), durable=False)\n"
        "server.start()\n"
        "print(server.process.pid, server._home.data, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    pid, data = parent.stdout.readline().split()
    one = children.identity(int(pid))

    parent.kill()
    parent.wait()

    if sys.platform == "linux":
        psutil.wait_procs(users_of(Path(data)), timeout=10)
        assert not children.is_alive(one)
    else:
        assert children.end_leftover(one, signal.SIGINT)
