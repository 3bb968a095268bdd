"""An abolition, live: an item is retired between two filings of the same bundle.

Two homes are being sold.  Of the first the contract is recorded and the tax office has the case on
its desk; of the second the contract lies with the housing department.  Then recording contracts is
abolished: both tax offices are told to ask for no record, nobody waits for one, and a third buyer
is asked for less.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from rich.console import Console

from deploy.example.demo import checks, expectations
from deploy.example.demo.applicant import Applicant
from deploy.example.demo.door import Door, Refused
from deploy.example.demo.expectations import Retirement
from deploy.example.demo.filings import Filing, home
from deploy.example.demo.journey import ABOLISHED, Journey
from deploy.example.demo.people import Town

Tokens = Callable[..., str]
ABOLITION = Retirement(
    "sale-contract-filing",
    {
        "home-sale-tax": "register",
        "real-estate-transfer": "drop",
        "housing-fund-purchase-withdrawal": "drop",
    },
)
REGISTER = "房屋交易网签系统"
LAW = "国发〔2021〕7号"
PATIENCE = 30.0


def filings(town: Town) -> list[Filing]:
    """Two before the abolition, one after it."""
    hold = {"tax": (ABOLISHED,)}
    return [
        home(town, "合同已备案，税务待办", later=hold),
        home(town, "合同待备案", later={"contract": (ABOLISHED,), **hold}, fallen=("contract",)),
        home(town, "备案取消之后", after=ABOLITION),
    ]


class Act:
    """Who plays in it, and what must come of it."""

    def __init__(
        self, client: httpx.AsyncClient, token_for: Tokens, known: dict[str, Journey]
    ) -> None:
        self.journeys = [Journey(one) for one in filings(Town())]
        self.applicants = [Applicant(client, token_for, one, known) for one in self.journeys]
        self.bureau = Door(client, token_for(role="bureau", sub="demo-bureau"))
        self.tax = Door(client, token_for(role="officer", sub="demo-tax-reader", department="tax"))

    async def play(self, console: Console) -> None:
        """What goes wrong is noted in the first filing."""
        first, second, third = self.applicants
        under_way = [asyncio.create_task(one.go()) for one in (first, second)]
        try:
            async with asyncio.timeout(4 * PATIENCE):
                await self._abolish(console)
        except* (TimeoutError, Refused, checks.Wrong, httpx.HTTPError) as problems:
            for problem in problems.exceptions:
                self.journeys[0].wrong(f"the abolition: {problem!r}")
        for journey in self.journeys:
            await journey.note_abolition()
        await asyncio.gather(*under_way)
        await third.go()
        self._tell(console)

    async def _abolish(self, console: Console) -> None:
        first, second, _ = self.journeys
        await first.reached(lambda states: states.get("tax") in ("requested", "accepted"))
        await second.reached(lambda states: states.get("contract") in ("requested", "accepted"))
        before = await self._plan()
        await self._look()
        path = f"items/{ABOLITION.item}/retirement"
        await self.bureau.put(path, _decision())
        item = expectations.items()[ABOLITION.item]
        console.print(
            f"demo: {item['name']} ({item['name_en']}) is abolished from today, while two people "
            "are buying a home",
            highlight=False,
            soft_wrap=True,
        )
        await self._asked_for_less(before)
        await second.reached(lambda states: states["contract"] == "not_needed")
        await self._desks_told()

    async def _look(self) -> None:
        """The dry run lists just those who need what the item issues, and says what is missing."""
        nothing = _decision() | {"dispositions": {}}
        found = await self.bureau.put(f"items/{ABOLITION.item}/retirement?dry_run=true", nothing)
        needing = {one["item"] for one in found["dependents"]["requirements"]}
        named = {one["pointer"].rpartition("/")[2] for one in found["errors"]}
        wanted = expectations.dependents(ABOLITION.item)
        if not needing == named == wanted == set(ABOLITION.dispositions):
            raise checks.Wrong(f"dependents {needing}, missing {named}, expected {wanted}")

    async def _plan(self) -> dict[str, Any]:
        filing = self.journeys[0].filing
        found = await self.applicants[2].door.post(
            f"bundles/{filing.bundle}/compositions", {"answers": filing.answers}
        )
        return dict(found)

    async def _asked_for_less(self, before: dict[str, Any]) -> None:
        async def less() -> bool:
            return len((await self._plan())["members"]) == len(before["members"]) - 1

        await _until(less, "the member is still in the plan")
        after = await self._plan()
        for what in ("materials", "fields"):
            if not after["after"][what] < before["after"][what]:
                raise checks.Wrong(f"{what}: {before['after'][what]} before, not fewer after")

    async def _desks_told(self) -> None:
        """Both tax offices: the one that had the case, and the one that waited for the contract."""
        issued = expectations.items()[ABOLITION.item]["issues"]
        for journey in self.journeys[:2]:
            asked = {"application": journey.application}

            async def told(asked: dict[str, str] = asked) -> bool:
                page = await self.tax.get("approvals", params=asked)
                shown = [await self.tax.get(f"approvals/{one['id']}") for one in page["items"]]
                spared = {one["evidence"]: one for each in shown for one in each["spared"]}
                return issued in spared and spared[issued]["register_name"] == REGISTER

            await _until(told, "the tax office does not know what it must no longer ask")

    def _tell(self, console: Console) -> None:
        first, *_, last = self.journeys
        if first.plan and last.plan:
            pair = [(one.plan["after"], len(one.plan["members"])) for one in (first, last)]
            (old, members), (new, fewer) = pair
            console.print(
                f"demo: a third buyer is asked for less: members {members}→{fewer}, materials "
                f"{old['materials']}→{new['materials']}, fields {old['fields']}→{new['fields']}; "
                "the tax office was told to ask the first two for no record",
                highlight=False,
                soft_wrap=True,
            )


def _decision() -> dict[str, Any]:
    return {
        "mode": "cancelled",
        "effective": datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat(),
        "legal_basis": LAW,
        "dispositions": {
            item: {"action": action} | ({"register_name": REGISTER} if action == "register" else {})
            for item, action in ABOLITION.dispositions.items()
        },
    }


async def _until(look: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await look():
        if time.monotonic() > deadline:
            raise checks.Wrong(otherwise)
        await asyncio.sleep(0.2)
