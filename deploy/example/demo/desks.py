"""The desks of departments without a system of their own: officers who answer over REST."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import httpx

from deploy.example.demo import expectations
from deploy.example.demo.door import Door, Refused
from deploy.example.demo.journey import FINAL, Journey

LOOK_EVERY = 0.3
NOT_WANTED = {"approval-cancelled", "dossier-unknown"}


def departments(partners: frozenset[str]) -> set[str]:
    """All departments of the bundles but the partners."""
    items = expectations.items()
    members = [m for bundle in expectations.bundles().values() for m in bundle["members"]]
    return {items[member["item"]]["department"] for member in members} - partners


class Desk:
    """One department's officer: takes up what is opened, reads it, answers as the script says."""

    def __init__(self, department: str, door: Door, journeys: Mapping[str, Journey]) -> None:
        self.department, self.door, self.journeys = department, door, journeys
        self.seen: set[str] = set()
        self.trouble: str | None = None
        """Why nothing could be looked up, the last time it was tried."""

    async def work(self) -> None:
        """For ever; whoever starts the desk ends it.  An outage is noted until it is over."""
        async with asyncio.TaskGroup() as answers:
            while True:
                try:
                    waiting = await self.waiting()
                    self.trouble = None
                except (Refused, httpx.HTTPError) as error:
                    waiting, self.trouble = [], repr(error)
                for approval in waiting:
                    journey = self.journeys.get(approval["application"])
                    mine = journey and approval["member"] not in journey.filing.by_hand
                    if journey and mine and approval["id"] not in self.seen:
                        self.seen.add(approval["id"])
                        answers.create_task(self.see_to(approval, journey))
                await asyncio.sleep(LOOK_EVERY)

    async def waiting(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        params: dict[str, Any] = {"state": ["opened", "accepted"], "limit": 100}
        while True:
            page = await self.door.get("approvals", params=params)
            found += page["items"]
            if not page["next"]:
                return found
            params["cursor"] = page["next"]

    async def see_to(self, approval: dict[str, Any], journey: Journey) -> None:
        """One approval.  What was withdrawn or stopped meanwhile is put down again."""
        member = approval["member"]
        for awaited in journey.filing.later.get(member, ()):
            await journey.settled(awaited)
        if journey.states.get(member) in FINAL:
            return
        try:
            await self.answer(approval, journey)
        except Refused as refused:
            taken_away = journey.filing.withdraw is not None or member in journey.filing.fallen
            gone = refused.slug in NOT_WANTED and taken_away
            if not gone:
                journey.wrong(f"{member}: {refused}")
        except httpx.HTTPError as error:
            journey.wrong(f"{member}: {error!r}")

    async def answer(self, approval: dict[str, Any], journey: Journey) -> None:
        here = f"approvals/{approval['id']}"
        if approval["state"] == "opened":
            await self.door.put(f"{here}/acceptance", {})
        dossier = await self.dossier(approval["id"])
        missing = missing_facts(dossier, journey)
        if missing:
            journey.wrong(f"{approval['member']}: the dossier lacks {', '.join(missing)}")
        journey.number = born_number(dossier) or journey.number
        if approval["member"] in journey.filing.at_desk:
            reason = journey.filing.refused[approval["member"]]
            await self.door.put(f"{here}/decision", {"verdict": "refused", "reason_code": reason})
            return
        decision: dict[str, Any] = {"verdict": "granted"}
        if approval["issues"]:
            decision["result"] = await self.make(approval, dossier)
        if approval["item"] == "child-social-card":  # a card takes time to be made
            result = decision.pop("result")
            await self.door.put(f"{here}/decision", decision)
            await asyncio.sleep(0.2)
            await self.door.put(f"{here}/result", result)
        else:
            await self.door.put(f"{here}/decision", decision)

    async def dossier(self, approval: str) -> dict[str, Any]:
        """bundle hears of an acceptance a moment after approval told it."""
        for _ in range(20):
            with contextlib.suppress(Refused):
                return dict(await self.door.get(f"dossiers/{approval}"))
            await asyncio.sleep(0.1)
        return dict(await self.door.get(f"dossiers/{approval}"))

    async def make(self, approval: dict[str, Any], dossier: dict[str, Any]) -> dict[str, Any]:
        """Fill in the certificate: what was asked, and a number of our own."""
        number = f"{self.department[:3].upper()}{approval['id'].replace('-', '')[-16:].upper()}"
        kind = expectations.evidence_types()[approval["issues"]]
        content = {code: dossier["fields"].get(code, number) for code in kind["content"]}
        stored = await self.door.put(f"dossiers/{approval['id']}/result", {"content": content})
        today = date.today().isoformat()
        return {"digest": stored["digest"], "issuer_number": number, "valid_from": today}


def missing_facts(dossier: dict[str, Any], journey: Journey) -> list[str]:
    """What the item must have been told and was not, or was told otherwise than filed."""
    answers = journey.filing.answers
    asked = expectations.items()[dossier["item"]]["fields"]
    return [
        use["field"]
        for use in asked
        if use.get("required", True)
        and expectations.holds(use.get("when"), answers)
        and dossier["fields"].get(use["field"]) != journey.form.get(use["field"])
    ]


def born_number(dossier: dict[str, Any]) -> str | None:
    """The number that a predecessor gave to the holder, where this desk may read it."""
    for piece in dossier["evidence"]:
        identifies = expectations.evidence_types()[piece["evidence"]].get("identifies")
        if identifies and piece["content"]:
            return str(piece["content"][identifies])
    return None


Tokens = Callable[..., str]


def staff(
    client: httpx.AsyncClient,
    token_for: Tokens,
    partners: frozenset[str],
    journeys: Mapping[str, Journey],
) -> list[Desk]:
    return [
        Desk(
            department,
            Door(
                client, token_for(role="officer", sub=f"demo-{department}", department=department)
            ),
            journeys,
        )
        for department in sorted(departments(partners))
    ]
