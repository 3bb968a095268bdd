"""The stack under test: two of every service, its example district, and who is who in it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from deploy.example.load import load
from deploy.local import supervisor
from deploy.local.choices import Choices
from deploy.local.state import Running, StackState
from deploy.local.tokens import Signer, key_file

REPLICAS = 2
# Killing a process loses nothing that a commit wrote, whether it was synced or not: a database that
# does not sync spares the disk and proves the same.
ENVIRONMENT = {"RATE_LIMIT": "1000000", "DECISION_DELAY": "0.2", "LOG_LEVEL": "INFO"}
LIFETIME = 24 * 3600


@dataclass
class Stack:
    """A running stack; `state.parts` always has the present process numbers."""

    state: StackState
    signer: Signer

    def token(self, role: str, sub: str, **claims: str | None) -> str:
        return self.signer.mint(sub, role, acr="3", lifetime=LIFETIME, **claims)

    @property
    def operator(self) -> str:
        return self.token("operator", "faults-operator")

    def part(self, name: str) -> Running:
        return next(part for part in self.state.parts if part.name == name)

    @property
    def journals(self) -> Path:
        """Where the partners' scripts write down what they said."""
        return Path(self.state.folder) / "partners"


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Stack]:
    """Up, with the example district loaded through the public API."""
    wanted = Choices(folder, REPLICAS, port_base=None, durable=False, env=ENVIRONMENT)
    with (folder.parent / "supervisor.log").open("a", encoding="utf-8") as log:

        def tell(text: str) -> None:
            print(text, file=log, flush=True)

        async with supervisor.running(wanted, tell) as state:
            stack = Stack(state, Signer(key_file(folder), state.issuer))
            await load(state.gateway, stack.token("bureau", "faults-loader"))
            yield stack
