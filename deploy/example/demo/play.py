"""Thirty filings at once through the public API: every desk answers, every outcome is checked.
Then three more, between which an item is abolished, and two that take weeks of a moved clock.

Partner departments answer with their own systems over NATS (partner.py); here are the applicants
and the officers of all others.  Nothing but the gateway is talked to.
"""

import asyncio
import contextlib
import tomllib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import httpx
from rich.console import Console
from rich.live import Live

from deploy.example.demo import board
from deploy.example.demo.abolition import Act
from deploy.example.demo.applicant import Applicant
from deploy.example.demo.days import Later
from deploy.example.demo.desks import Desk, staff
from deploy.example.demo.journey import Journey
from deploy.example.demo.people import Town
from deploy.example.demo.scenarios import thirty
from deploy.example.demo.stories import Act as Stories

PARTNERS = Path(__file__).parents[1] / "partners.toml"


def partners() -> frozenset[str]:
    """The departments whose own systems answer."""
    declared = tomllib.loads(PARTNERS.read_text(encoding="utf-8"))["partner"]
    return frozenset(one["department"] for one in declared if one.get("active", True))


async def run(
    gateway_url: str, token_for: Callable[..., str], later: Later, *, console: Console | None = None
) -> int:
    """File, answer, compare.  The exit status: 0 if everything came out as it must.

    `token_for(role=…, sub=…, department=…, enterprise=…, acr=…)` makes a bearer token; `later`
    moves the clock of the platform ahead.
    """
    console = console or Console()
    journeys = _journeys()
    known: dict[str, Journey] = {}
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=100)
    async with httpx.AsyncClient(
        base_url=gateway_url, timeout=30, limits=limits, trust_env=False
    ) as client:
        console.print(
            "demo: thirty filings at once: births, restaurants, companies; officers answer, and "
            "the systems of three departments",
            highlight=False,
            soft_wrap=True,
        )
        applicants = [Applicant(client, token_for, one, known) for one in journeys]
        desks = staff(client, token_for, partners(), known)
        async with _at_work(desks, journeys):
            async with _shown(console, journeys):
                await asyncio.gather(*(applicant.go() for applicant in applicants))
            line = f"demo: {sum(one.outcome is not None for one in journeys)} of 30 settled"
            console.print(line, highlight=False)
            abolition = Act(client, token_for, known)
            await abolition.play(console)
            stories = Stories(client, token_for, known, later, console)
            await stories.play()
    return report(console, [*journeys, *abolition.journeys, *stories.journeys])


def _journeys() -> list[Journey]:
    """One per filing; one that follows another knows it."""
    by_filing: dict[int, Journey] = {}
    for filing in thirty(Town()):
        previous = by_filing[id(filing.follows)] if filing.follows else None
        by_filing[id(filing)] = Journey(filing, previous)
    return list(by_filing.values())


@contextlib.asynccontextmanager
async def _at_work(desks: Sequence[Desk], journeys: Sequence[Journey]) -> AsyncIterator[None]:
    """Officers at their desks for as long as there are filings."""
    tasks = [asyncio.create_task(desk.work()) for desk in desks]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for desk, task in zip(desks, tasks, strict=True):
            broken = None if task.cancelled() else task.exception()
            if broken or desk.trouble:
                journeys[0].wrong(f"desk {desk.department}: {broken or desk.trouble}")


@contextlib.asynccontextmanager
async def _shown(console: Console, journeys: Sequence[Journey]) -> AsyncIterator[None]:
    """Live on a terminal; elsewhere a line now and then."""
    if console.is_terminal:
        with Live(
            console=console, refresh_per_second=5, get_renderable=lambda: board.moving(journeys)
        ):
            yield
        return
    teller = asyncio.create_task(_tell(console, journeys))
    try:
        yield
    finally:
        teller.cancel()


async def _tell(console: Console, journeys: Sequence[Journey]) -> None:
    told = ""
    while True:
        settled = sum(one.over.is_set() for one in journeys)
        open_now = sum(one.open_now for one in journeys)
        line = f"demo: {settled} of {len(journeys)} settled, {open_now} approvals open"
        if line != told:
            console.print(line, highlight=False)
        told = line
        await asyncio.sleep(1)


def report(console: Console, journeys: Sequence[Journey]) -> int:
    """Tables, whatever went wrong by name, and one line.  The exit status: 0 if all came true."""
    board.results(console, journeys)
    wrong = [one for one in journeys if one.problems]
    for one in wrong:
        for problem in one.problems:
            console.print(
                f"wrong: {one.filing.bundle} {one.filing.title} {one.application}: {problem}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    filed = sum(bool(one.application) for one in journeys)
    settled = sum(one.outcome is not None for one in journeys)
    line = f"demo: {filed} filed, {settled} settled, {len(wrong)} wrong"
    console.print(line, highlight=False)
    return 0 if filed == settled == len(journeys) and not wrong else 1
