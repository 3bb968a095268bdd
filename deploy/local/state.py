"""stack.json: what runs, for whoever wants to look at a stack, measure it, kill parts of it.

    state        "starting", "ready", "stopping" or "stopped"
    supervisor   {"pid", "started"}
    gateway, issuer, postgres, nats     addresses; the last two with an administrator's password
    partners     departments with an account of their own
    parts        [{"name", "kind", "pid", "started", "address", "log", "restarts"}, …]

`started` is the start time of the process in seconds since 1970: a number and a start time together
name a process for good.  The file is replaced as a whole and readable for its owner only.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.children import Identity
from deploy.local.trouble import Trouble


@dataclass
class Running:
    """One part.  `kind` is a service's name, or postgres, nats, leaf, issuer, gateway, partner."""

    name: str
    kind: str
    pid: int
    started: float
    address: str
    log: str
    restarts: int = 0

    @property
    def identity(self) -> Identity:
        return Identity(self.pid, self.started)


@dataclass
class StackState:
    """What stack.json says."""

    folder: str
    supervisor: Identity
    state: str = "starting"
    gateway: str = ""
    issuer: str = ""
    postgres: str = ""
    nats: str = ""
    partners: list[str] = field(default_factory=list)
    parts: list[Running] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Running]:
        return [part for part in self.parts if part.kind in kinds]

    def turn(self, state: str) -> None:
        self.state = state
        self.write()

    def write(self) -> None:
        path = path_in(Path(self.folder))
        draft = path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False))
        draft.replace(path)


def path_in(folder: Path) -> Path:
    return folder / "stack.json"


def read(folder: Path) -> StackState | None:
    """The state a stack left or keeps in `folder`; None where there never was one."""
    try:
        found = json.loads(path_in(folder).read_text())
    except FileNotFoundError:
        return None
    found["supervisor"] = Identity(**found["supervisor"])
    found["parts"] = [Running(**part) for part in found["parts"]]
    return StackState(**found)


def require(folder: Path) -> StackState:
    state = read(folder)
    if state is None or not state.parts:
        raise Trouble(
            f"{folder} 中没有运行的平台。请先执行 onevisit up。",
            f"No stack runs in {folder}. Start one with onevisit up.",
        )
    return state
