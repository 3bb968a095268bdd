"""What the demo shows: every filing's members as they move, and a table per bundle at the end."""

from collections.abc import Sequence
from statistics import mean

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from deploy.example.demo import expectations
from deploy.example.demo.journey import Journey

MARKS = {
    "waiting": ("·", "dim"),
    "requested": ("○", "yellow"),
    "accepted": ("◐", "bright_yellow"),
    "granted": ("●", "green"),
    "refused": ("✕", "bold red"),
    "cancelled": ("–", "red"),
    "withdrawn": ("↶", "magenta"),
    "impossible": ("∅", "dim red"),
    "not_needed": ("†", "cyan"),
}
OUTCOMES = {
    "granted": "全部准予",
    "partly_granted": "部分准予",
    "refused": "不予批准",
    "withdrawn": "已撤回",
    "stopped": "已停止",
    "not_needed": "无须办理",
}


def moving(journeys: Sequence[Journey]) -> Group:
    """One line per filing, a mark per member; what a low screen cuts off is at the end."""
    table = Table(box=None, padding=(0, 1), show_header=False)
    for journey in journeys:
        table.add_row(_short(journey), journey.filing.title, _marks(journey), _standing(journey))
    settled = sum(journey.over.is_set() for journey in journeys)
    open_now = sum(journey.open_now for journey in journeys)
    legend = Text()
    for state, (mark, style) in MARKS.items():
        legend.append(f"{mark} {state}  ", style)
    summary = Text(f"{settled} of {len(journeys)} settled, {open_now} approvals open", "bold")
    return Group(summary, legend, table)


def _short(journey: Journey) -> str:
    return str(expectations.bundles()[journey.filing.bundle]["name"].partition("“")[0])


def _marks(journey: Journey) -> Text:
    marks = Text()
    for state in journey.states.values():
        marks.append(*MARKS[state])
    return marks


def _standing(journey: Journey) -> Text:
    if journey.problems:
        return Text("wrong", "bold red")
    if journey.outcome:
        return Text(f"{OUTCOMES[journey.outcome]} {journey.seconds:.1f} s", "green")
    return Text("", "dim") if journey.states else Text("…", "dim")


def results(console: Console, journeys: Sequence[Journey]) -> None:
    """A table per bundle: what one filing spared, and how it went."""
    console.print()
    wide = console if console.is_terminal else Console(file=console.file, width=WIDE)
    for code, bundle in expectations.bundles().items():
        filed = [journey for journey in journeys if journey.filing.bundle == code]
        if filed:
            wide.print(_table(f"{bundle['name']}  {bundle['name_en']}", filed))
    wide.print(LEGEND, highlight=False)


def _table(title: str, journeys: Sequence[Journey]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.padding = (0, 1, 0, 0)
    table.add_column("\nfiling", overflow="fold", min_width=16)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("\noutcome", no_wrap=True, min_width=8)
    for journey in journeys:
        table.add_row(journey.filing.title, *_figures(journey), _standing_word(journey))
    planned = [journey for journey in journeys if journey.plan]
    if planned:
        table.add_section()
        table.add_row("mean", *_means(planned), "")
    return table


LEGEND = """\
a→b     asked of the applicant if each member were filed alone, and asked here
members what one filing set going; at once: how many of them lay at their desks at one moment
days    promised, in working days; seconds: how long it took just now
全部准予 all granted · 部分准予 some granted · 不予批准 refused
已停止 stopped by a refusal · 已撤回 withdrawn
"""
HEADINGS = (
    "mem-\nbers",
    "at\nonce",
    "mate-\nrials",
    "\nfields",
    "\nvisits",
    "\ndays",
    "sec-\nonds",
)
WIDE = 120
"""Columns of the tables where no terminal says how many there are."""
COMPARED = ("materials", "fields", "visits", "working_days")


def _figures(journey: Journey) -> list[str]:
    if not journey.plan:
        return [""] * 7
    before, after = journey.plan["before"], journey.plan["after"]
    return [
        str(before["members"]),
        str(journey.most_open),
        *(f"{before[what]}→{after[what]}" for what in COMPARED),
        f"{journey.seconds:.1f}",
    ]


def _means(journeys: Sequence[Journey]) -> list[str]:
    def of(side: str, what: str) -> str:
        return _short_number(mean(float(journey.plan[side][what]) for journey in journeys))

    return [
        of("before", "members"),
        _short_number(mean(journey.most_open for journey in journeys)),
        *(f"{of('before', what)}→{of('after', what)}" for what in COMPARED),
        f"{mean(journey.seconds for journey in journeys):.1f}",
    ]


def _short_number(number: float) -> str:
    return f"{round(number, 1):g}"


def _standing_word(journey: Journey) -> Text:
    if journey.problems:
        return Text("wrong", "bold red")
    return Text(OUTCOMES.get(journey.outcome or "", "?"))
