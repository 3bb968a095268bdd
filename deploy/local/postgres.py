"""PostgreSQL from its wheel as a child process of ours, on loopback, with a password."""

import contextlib
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil

from deploy.local import children, ports
from deploy.local.children import Command
from deploy.local.postgres_home import Home, home, users_of
from deploy.local.trouble import Trouble

ADMIN = "postgres"
# A small machine, many services: 300 connections of which few work at any moment.
SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Passwords are random and long: stretching them buys nothing and costs every connection.
    "scram_iterations": "1",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on"}
# For tests: a killed server still keeps every commit, a machine that loses power does not.
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """One server.  `folder` holds its password; for all but root, its data too.

    Port 0 takes a free one at every start.  With `durable=False` nothing is synced to disk, and
    stopping removes the data.
    """

    def __init__(
        self, folder: Path, port: int = 0, durable: bool = True, log: Path | None = None
    ) -> None:
        self.folder = folder
        self.port = port or ports.free_port()
        self.durable = durable
        self.log = log or folder / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._home: Home | None = None

    @property
    def admin_url(self) -> str:
        return self.url("postgres", ADMIN, self.password())

    def url(self, database: str, user: str = ADMIN, password: str | None = None) -> str:
        """`postgresql://…`; for SQLAlchemy replace the scheme by `postgresql+asyncpg`."""
        secret = quote(password or self.password(), safe="")
        return f"postgresql://{user}:{secret}@{ports.LOOPBACK}:{self.port}/{database}"

    def password(self) -> str:
        """The administrator's; made once, readable for nobody else."""
        kept = self.folder / "postgres-password"
        if not kept.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(24))
        return kept.read_text()

    def prepare(self) -> Command:
        """Make folders and a database cluster where there is none; answer what to run."""
        self._home = home(self.folder)
        _require_runnable(self._home)
        if not (self._home.data / "PG_VERSION").exists():
            self._create_cluster(self._home)
        _release(self._home.data)
        ports.require_free((self.port, "PostgreSQL"))
        settings = SETTINGS | (DURABLE if self.durable else FORGETFUL) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Command(
            argv=(self._home.program("postgres"), "-D", str(self._home.data), *options),
            cwd=self._home.data,
            account=self._home.account,
            stop_signal=signal.SIGINT,  # "fast": does not wait for clients to leave
            orphan_signal=signal.SIGINT,
        )

    def start(self, patience: float = 30) -> None:
        self.process = children.spawn(self.prepare(), self.log)
        deadline = time.monotonic() + patience
        while not self.is_ready(self.process.pid):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Trouble(
                    f"PostgreSQL 没有启动。日志末尾（{self.log}）：",
                    f"PostgreSQL did not start. The end of {self.log}:\n"
                    f"{children.last_lines(self.log)}",
                )
            time.sleep(0.02)

    def is_ready(self, pid: int) -> bool:
        """Whether this very server, not another one on the same port, takes connections."""
        lines = _lock_lines(self._home.data) if self._home else []
        return bool(lines) and lines[0] == str(pid) and lines[-1] == "ready"

    def stop(self) -> None:
        if self.process is not None:
            children.end(self.process, signal.SIGINT, patience=15)
        self.forget()

    def forget(self) -> None:
        """Remove the data of a stopped server that was not meant to last."""
        if self._home is not None and not self.durable:
            shutil.rmtree(self._home.data, ignore_errors=True)

    def _create_cluster(self, place: Home) -> None:
        shutil.rmtree(place.data, ignore_errors=True)
        place.data.mkdir(mode=0o700, parents=True)
        place.give(place.data)
        told = place.data.with_name("password")
        told.touch(mode=0o600)
        told.write_text(self.password())
        place.give(told)
        try:
            self._initdb(place, told)
        finally:
            told.unlink()

    def _initdb(self, place: Home, told: Path) -> None:
        account = place.account
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--locale=C", f"--username={ADMIN}", f"--pwfile={told}", "--no-instructions"]
        options += ["--auth=scram-sha-256", "-c", "scram_iterations=1"]
        # Half a cluster after a crash is made anew, as long as PG_VERSION is missing; syncing
        # is left to the first checkpoint of a durable server.
        done = subprocess.run(
            [place.program("initdb"), "-D", str(place.data), "--no-sync", *options],
            capture_output=True,
            text=True,
            cwd=place.data,
            env=children.environment({"LC_ALL": "C"}),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode:
            shutil.rmtree(place.data, ignore_errors=True)
            raise Trouble(
                f"无法创建 PostgreSQL 数据目录 {place.data}：",
                f"Could not create PostgreSQL's data in {place.data}:\n{done.stderr.strip()}",
            )


@contextlib.contextmanager
def embedded_postgres(folder: Path, port: int = 0, durable: bool = False) -> Iterator[Postgres]:
    """A server for the length of a `with`: `server.admin_url`, `server.url(database, user, …)`."""
    server = Postgres(folder, port, durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _require_runnable(place: Home) -> None:
    """Run the program once: a missing library speaks here, where we can say what to do."""
    account = place.account
    try:
        done = subprocess.run(
            [place.program("postgres"), "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise Trouble(
            f"无法运行 {place.program('postgres')}：{error.strerror}。所在文件系统可能禁止执行程序"
            "（noexec）；可用 POSTGRES_HOME 指定另一个文件夹。",
            f"Cannot run {place.program('postgres')}: {error.strerror}. Its file system may forbid "
            "programs (noexec); name another folder in POSTGRES_HOME.",
        ) from error
    if done.returncode:
        missing = re.search(r"(lib[\w.+-]+\.so[.\d]*)", done.stderr)
        name = missing.group(1) if missing else done.stderr.strip()
        raise Trouble(
            f"PostgreSQL 缺少共享库 {name}。请安装它（Debian/Ubuntu：apt-get install zlib1g），"
            "或用 POSTGRES_ADMIN_URL 指定已有的服务器。",
            f"PostgreSQL lacks a shared library: {name}. Install it (Debian, Ubuntu: apt-get "
            "install zlib1g), or name a server of your own in POSTGRES_ADMIN_URL.",
        )


def _lock_lines(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _release(data: Path, patience: float = 10) -> None:
    """Make sure that no server works on this data, and that a dead one's lock is not in the way.

    The lock of a dead server is left to PostgreSQL, which knows how to read it, except where its
    number belongs to a stranger by now.  It is never removed while anyone works on the data.
    """
    lines = _lock_lines(data)
    if not lines:
        return
    pid = int(lines[0])
    deadline = time.monotonic() + patience
    while workers := users_of(data):
        if any(worker.pid == pid for worker in workers) or time.monotonic() > deadline:
            raise Trouble(
                f"PostgreSQL 已在 {data} 上运行（进程 {workers[0].pid}）。"
                "请先执行 onevisit down，或结束该进程。",
                f"A PostgreSQL already works on {data} (process {workers[0].pid}). "
                "Run onevisit down first, or end that process.",
            )
        time.sleep(0.05)  # the children of a killed server leave by themselves
    if psutil.pid_exists(pid):
        (data / "postmaster.pid").unlink()
