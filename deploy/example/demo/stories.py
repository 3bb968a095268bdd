"""Two filings that take weeks, told in a minute: the clock of the demo's platform is moved.

A social security card (card.py) and a hotel (hotel.py) begin on the same day and go on days later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import httpx
from rich.console import Console

from deploy.example.demo import checks
from deploy.example.demo.applicant import Applicant
from deploy.example.demo.card import Card
from deploy.example.demo.days import Days, Later
from deploy.example.demo.door import Door, Refused
from deploy.example.demo.hotel import Hotel
from deploy.example.demo.journey import Journey
from deploy.example.demo.officers import Officer
from deploy.example.demo.people import Town
from deploy.example.demo.places import hotel, social_card
from deploy.example.demo.qr import Unreadable

Tokens = Callable[..., str]
PATIENCE = 240.0
"""Seconds for a filing of a story: its officers do one thing after another."""
UNTIL_THE_CARD, UNTIL_THE_CHECK = 5, 53


class Act:
    """Who plays in it, and what must come of it."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        token_for: Tokens,
        known: dict[str, Journey],
        later: Later,
        console: Console,
    ) -> None:
        self.client, self.token_for, self.console = client, token_for, console
        town, self.days = Town(), Days(later)
        filings = [
            social_card(town, "补正照片，决定后制卡"),
            hotel(town, "秒批、现场检查、核查不合格撤销"),
        ]
        self.journeys = [Journey(one) for one in filings]
        self.applicants = [
            Applicant(client, token_for, one, known, PATIENCE) for one in self.journeys
        ]
        cardholder, innkeeper = self.applicants
        desk = self._officer("human-resources", self.journeys[0])
        self.card = Card(cardholder, desk, self.days, partial(self._tell, "card"))
        self.hotel = Hotel(
            innkeeper,
            lambda department: self._officer(department, self.journeys[1]),
            self._door("inspector", "health"),
            partial(self._tell, "hotel"),
        )

    def _door(self, role: str, department: str) -> Door:
        sub = f"demo-{role}-{department}"
        return Door(self.client, self.token_for(role=role, sub=sub, department=department))

    def _officer(self, department: str, journey: Journey) -> Officer:
        return Officer(self._door("officer", department), department, journey)

    def _tell(self, story: str, what: str) -> None:
        line = f"demo: day {self.days.number:>2}, {story}: {what}"
        self.console.print(line, highlight=False, soft_wrap=True, markup=False)

    async def play(self) -> None:
        """What goes wrong is noted in the filing that it happens to, which goes no further."""
        line = "demo: a card and a hotel, over two months: the platform's clock is moved ahead"
        self.console.print(line, highlight=False, soft_wrap=True)
        filed = [asyncio.create_task(one.go()) for one in self.applicants]
        await self._together(self.card.begin, self.hotel.begin)
        self.days.pass_by(UNTIL_THE_CARD)
        await self._together(self.card.end, self.hotel.go_on)
        for journey, task in zip(self.journeys, filed, strict=True):
            if journey.problems:
                task.cancel()
        await asyncio.gather(*filed, return_exceptions=True)
        self.days.pass_by(UNTIL_THE_CHECK)
        await self._together(None, self.hotel.end)

    async def _together(self, *parts: Callable[[], Awaitable[None]] | None) -> None:
        """One part of each story; a story in which something went wrong has no further part."""
        pairs = zip(self.journeys, parts, strict=True)
        await asyncio.gather(
            *(_part(journey, part) for journey, part in pairs if part and not journey.problems)
        )


async def _part(journey: Journey, part: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(PATIENCE / 2):
            await part()
    except (TimeoutError, Refused, checks.Wrong, Unreadable, httpx.HTTPError) as problem:
        journey.wrong(str(problem) or repr(problem))
