"""A whole stack for the length of a `with`: servers, databases, services, gateway, partners.

    async with running(choices, tell) as state:     state is what stack.json says
        ...

The folder's lock is held for that long: the kernel lets go of it however we end.  On Linux the
parts die with us even when we are killed; what survives elsewhere is ended by the next start.
"""

import fcntl
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from deploy.local import children, databases, parts, plan, ports, state
from deploy.local.choices import Choices
from deploy.local.keeper import Keeper, Tell
from deploy.local.plan import Plan
from deploy.local.state import StackState
from deploy.local.together import together
from deploy.local.trouble import Trouble
from deploy.nats import partners, streams


@asynccontextmanager
async def running(choices: Choices, tell: Tell) -> AsyncIterator[StackState]:
    """Raises Trouble, with everything ended again, where the stack cannot be started."""
    choices.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(choices.folder):
        end_leftovers(choices.folder, tell)
        made = plan.make(choices, _partners(choices))
        stack = _state(made)
        keeper = Keeper(made.logs, stack, tell)
        try:
            await _bring_up(made, keeper, tell)
            stack.turn("ready")
            yield stack
        finally:
            stack.turn("stopping")
            await keeper.stop()
            if made.postgres:
                made.postgres.forget()
            stack.parts = []
            stack.turn("stopped")


def _state(made: Plan) -> StackState:
    me = children.identity(os.getpid())
    assert me
    return StackState(
        folder=str(made.choices.folder),
        supervisor=me,
        gateway=made.gateway,
        issuer=made.issuer,
        postgres=made.admin_url(),
        nats=made.nats_url("provisioner"),
        partners=[one.department for one in made.active],
    )


async def _bring_up(made: Plan, keeper: Keeper, tell: Tell) -> None:
    for folder in (made.logs, made.partner_notes):
        folder.mkdir(parents=True, exist_ok=True)
    for log in made.logs.glob("*.log"):
        log.unlink()  # what the logs say is about this run
    servers, *others = stages = parts.stages(made)
    every = (part for stage in stages for part in stage)
    ports.require_free(*((part.port, part.name) for part in every if part.port))
    await _start(servers, keeper, tell)
    await together(databases.prepare(made), _provision(made, tell))
    tell("✓ databases, streams")
    for stage in others:
        await _start(stage, keeper, tell)


async def _start(stage: list[parts.Part], keeper: Keeper, tell: Tell) -> None:
    await keeper.start(stage)
    if stage:
        tell("✓ " + ", ".join(part.name for part in stage))


async def _provision(made: Plan, tell: Tell) -> None:
    replicas = int(made.choices.env.get("NATS_REPLICAS", "1"))
    for change in await streams.provision(made.nats_url("provisioner"), made.partners, replicas):
        if "changed" in change:  # that new things are made goes without saying
            tell(f"  {change}")


def _partners(choices: Choices) -> tuple[partners.Partner, ...]:
    try:
        return partners.read(choices.partners_file)
    except partners.BadPartnersFile as error:
        raise Trouble("伙伴部门文件有误：", f"The operator's file is wrong: {error}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"平台已在 {folder} 中运行。请先执行 onevisit down，或用 --folder 指定其他文件夹。",
                f"A stack already runs in {folder}. Run onevisit down first, or name another "
                "folder with --folder.",
            ) from None
        yield


def end_leftovers(folder: Path, tell: Tell) -> None:
    """End what a killed supervisor left behind, and nothing that merely has the same number."""
    left = state.read(folder)
    if left is None:
        return
    for part in reversed(left.parts):
        stop_signal = signal.SIGINT if part.kind == "postgres" else signal.SIGTERM
        if children.end_leftover(part.identity, stop_signal):
            tell(f"{part.name}: 已结束遗留进程 ended a leftover ({part.pid})")
    left.parts = []
    left.turn("stopped")
