"""`onevisit`: the whole platform on one machine, from the command line."""

import asyncio
import signal
import tempfile
import time
from collections.abc import Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from deploy.local import children, choices, clock, record, state, status, supervisor
from deploy.local.state import StackState
from deploy.local.tokens import ROLES, Signer, key_file
from deploy.local.trouble import Trouble

screen = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


class Commands(TyperGroup):
    """Says what stands in the way instead of showing where in the program it was noticed."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            complaints.print(str(trouble), style="bold red", markup=False)
            raise typer.Exit(2) from trouble


app = typer.Typer(
    cls=Commands,
    help="一件事一次办 · one thing, one visit",
    no_args_is_help=True,
    add_completion=False,
)

Folder = Annotated[
    Path | None, typer.Option(help="状态、数据和日志所在的文件夹。 Where state, data and logs lie.")
]
Ports = Annotated[str, typer.Option(help="fixed（由 PORT_BASE 决定 from PORT_BASE）或 or auto")]


@app.command()
def up(folder: Folder = None, ports: Ports = "") -> None:
    """启动整个平台，直到 Ctrl-C。 Start everything; Ctrl-C ends it."""
    wanted = choices.from_environment(folder, ports)
    _run(_up(wanted))


async def _up(wanted: choices.Choices) -> int:
    began = time.monotonic()
    async with supervisor.running(wanted, screen.print) as stack:
        screen.print(_addresses(stack))
        screen.print(
            f"{time.monotonic() - began:.1f} s · Ctrl-C 结束 ends it · 日志 logs: "
            f"{wanted.folder / 'logs'}"
        )
        await asyncio.Event().wait()
    return 0


@app.command()
def down(folder: Folder = None) -> None:
    """结束在别处启动的平台。 End a stack that was started elsewhere."""
    where = _folder(folder)
    stack = state.require(where)
    if children.end_leftover(stack.supervisor, signal.SIGTERM, patience=60):
        screen.print("已结束 ended")
    supervisor.end_leftovers(where, screen.print)


@app.command()
def token(
    sub: Annotated[str, typer.Option(help="账号 account id")],
    role: Annotated[list[str], typer.Option(help="、".join(ROLES))],
    department: str = "",
    acr: Annotated[str, typer.Option(help="实名等级 identity assurance: 1, 2, 3")] = "1",
    enterprise: Annotated[str, typer.Option(help="统一社会信用代码 credit code")] = "",
    point: Annotated[str, typer.Option(help="服务点 service point, of a clerk")] = "",
    lifetime: Annotated[int, typer.Option(help="秒 seconds")] = 8 * 3600,
    folder: Folder = None,
) -> None:
    """打印一个开发令牌。 Print a development token."""
    if unknown := set(role) - set(ROLES):
        names = ", ".join(unknown)
        raise Trouble(f"没有角色 {names}。", f"There is no role {names}.")
    signer = _signer(state.require(_folder(folder)))
    print(
        signer.mint(
            sub,
            *role,
            department=department or None,
            acr=acr,
            enterprise=enterprise or None,
            point=point or None,
            lifetime=lifetime,
        )
    )


@app.command()
def load(
    folder: Folder = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="整个地区：1,234 项事项、148 个服务点。 All of it."),
    ] = False,
) -> None:
    """把示范地区装入运行中的平台。 Put the example district into a running stack."""
    stack = state.require(_folder(folder))
    _run(_load(stack, everything))


async def _load(stack: StackState, everything: bool = False) -> int:
    from deploy.example.calls import LoadFailed
    from deploy.example.load import clerks_of, load

    signer = _signer(stack)
    token = signer.mint("loader", "bureau")
    try:
        clerks = clerks_of(stack.gateway, signer)
        report = await load(stack.gateway, token, everything, clerks)
    except LoadFailed as failure:
        complaints.print(str(failure), markup=False)
        return 1
    screen.print(str(report), markup=False)
    return 0


@app.command(name="clock")
def move_clock(
    later: Annotated[
        str, typer.Argument(help="12d, 3h, 90m；无此项则显示时间 without: shows it")
    ] = "",
    folder: Folder = None,
) -> None:
    """把平台的时钟拨快，期限随之到来。 Move the stack's clock ahead: what is due comes due."""
    stack = state.require(_folder(folder))
    _signer(stack)  # a stack with tokens from elsewhere keeps the time that it has
    where = Path(stack.folder)
    ahead = clock.move(where, clock.length(later)) if later else clock.ahead(where)
    shown = datetime.now(ZoneInfo("Asia/Shanghai")) + ahead
    screen.print(f"{shown:%Y-%m-%d %H:%M} (+{ahead})", markup=False)


@app.command(name="status")
def show_status(folder: Folder = None) -> None:
    """健康、积压、搁置的事件。 Health, lag, parked events; status 1 if anything is wrong."""
    stack = state.require(_folder(folder))
    reports = asyncio.run(status.look(stack))
    table = Table("part", "pid", "health", "restarts", "unpublished", "pending", "parked")
    for one in reports:
        row = (one.part.name, str(one.part.pid), one.health, str(one.part.restarts))
        table.add_row(*row, one.relay, one.pending, str(len(one.parked) or ""))
    screen.print(table)
    screen.print("★ 负责发布 leads the relay")
    for event in (event for one in reports for event in one.parked):
        screen.print(f"{event['consumer']} {event['event_id']}: {event['reason']}", markup=False)
    raise typer.Exit(0 if all(one.well for one in reports) else 1)


@app.command(name="record")
def take_record(into: Path, folder: Folder = None) -> None:
    """取出审计记录，供离线核验。 Take the record of legal acts out, to verify it elsewhere."""
    stack = state.require(_folder(folder))
    token = _signer(stack).mint("auditor", "inspector")
    count = record.take(stack.gateway, token, into)
    screen.print(f"{into}: {count} entries", markup=False)


@app.command()
def verify(record_folder: Path) -> None:
    """离线核验审计记录，指出第一处改动。 Verify a record offline; names the first bad entry."""
    sound, fault = record.verify(record_folder)
    if fault:
        complaints.print(f"{fault.zh}\n{fault.en}", markup=False)
        raise typer.Exit(1)
    screen.print(f"{sound} 条记录完好。 {sound} entries, every one sound.", markup=False)
    if moved := record.made_up(record_folder):
        zh, en = f"其中 {moved} 条的时间出自拨快的开发时钟。", "tell times of a development clock."
        screen.print(f"{zh} {moved} of them {en}", markup=False)


@app.command()
def demo() -> None:
    """在临时平台上办理三十件事，取消一个事项，走完两个月。 Filings, an abolition, two months."""
    with tempfile.TemporaryDirectory(prefix="onevisit-demo-") as folder:
        wanted = choices.from_environment(Path(folder), "auto", durable=False)
        _run(_demo(wanted))


async def _demo(wanted: choices.Choices) -> int:
    from deploy.example import demo

    async with supervisor.running(wanted, screen.print) as stack:
        screen.print(_addresses(stack))
        signer, later = _signer(stack), partial(clock.move, Path(stack.folder))
        return await _load(stack) or await demo.run(stack.gateway, signer.token_for, later)


def _addresses(stack: StackState) -> Table:
    table = Table("", "", title="一件事一次办 · one thing, one visit", show_header=False)
    rows = {
        "网关 gateway": f"{stack.gateway}/api",
        "接口文档 REST": f"{stack.gateway}/docs",
        "事件文档 events": f"{stack.gateway}/events",
        "开发用身份签发方 development issuer": stack.issuer,
        "NATS": stack.nats.rpartition("@")[2],
        "PostgreSQL": stack.postgres.rpartition("@")[2],
        "伙伴部门 partners": "、".join(stack.partners),
        "stack.json": str(state.path_in(Path(stack.folder))),
    }
    if ahead := clock.ahead(Path(stack.folder)):
        rows["时钟已拨快 the clock is ahead by"] = str(ahead)
    for row in rows.items():
        table.add_row(*row)
    return table


def _signer(stack: StackState) -> Signer:
    key = key_file(Path(stack.folder))
    if not key.exists():
        raise Trouble(
            f"令牌由 {stack.issuer} 签发，请向它申请。",
            f"Tokens come from {stack.issuer}; ask there for one.",
        )
    return Signer(key, stack.issuer)


def _folder(named: Path | None) -> Path:
    return choices.from_environment(named).folder


def _run(work: Coroutine[Any, Any, int]) -> NoReturn:
    """Run to the end; Ctrl-C and SIGTERM end it in order, once, whatever comes after them."""
    raise typer.Exit(asyncio.run(_interruptible(work)))


async def _interruptible(work: Coroutine[Any, Any, int]) -> int:
    task = asyncio.ensure_future(work)
    signals: list[int] = []

    def interrupt(number: int) -> None:
        if not signals:
            task.cancel()
        signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, interrupt, number)
    try:
        return await task
    except asyncio.CancelledError:
        return 128 + signals[0] if signals[0] != signal.SIGINT else 0
