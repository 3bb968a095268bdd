"""The applicant's side of one filing: compose, hand in, file, follow, change one's mind."""

import asyncio
import contextlib
import io
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deploy.example.demo import checks, expectations, numbers, wallets
from deploy.example.demo.door import Door, Refused
from deploy.example.demo.filings import Filing, company_facts
from deploy.example.demo.journey import Journey
from deploy.example.demo.people import Company

Tokens = Callable[..., str]
PATIENCE = 90.0
"""Seconds after which a filing that is not settled is given up."""


class Applicant:
    def __init__(
        self,
        client: httpx.AsyncClient,
        token_for: Tokens,
        journey: Journey,
        journeys: dict[str, Journey],
        patience: float = PATIENCE,
    ) -> None:
        self.patience = patience
        self.client, self.token_for, self.journey, self.journeys = (
            client,
            token_for,
            journey,
            journeys,
        )
        filing = journey.filing
        login = {} if filing.principal else {"enterprise": _code(filing.company)}
        self.door = self._door(filing.filer.account, **login)
        self.owner = self._door(filing.applicant.account, **login)
        """Sees the wallets; an agent does not."""

    def _door(self, account: str, **claims: Any) -> Door:
        token = self.token_for(role="citizen", sub=account, acr="3", **claims)
        return Door(self.client, token)

    async def go(self) -> None:
        """From the first question to the last answer; whatever is wrong is noted in the journey."""
        try:
            if previous := self.journey.previous:
                await previous.over.wait()
                if previous.problems:
                    raise checks.Wrong("not filed: the filing it follows went wrong")
            async with asyncio.timeout(self.patience):
                await self._go()
        except* TimeoutError:
            self.journey.wrong(f"not settled after {self.patience:.0f} s: {self.journey.states}")
        except* (Refused, httpx.HTTPError, checks.Wrong) as problems:
            for problem in problems.exceptions:
                self.journey.wrong(str(problem) or repr(problem))
        finally:
            self.journey.over.set()

    async def _go(self) -> None:
        journey, filing = self.journey, self.journey.filing
        holder = await self._holder()
        held = wallets.held(journey)
        journey.expected = expectations.plan(
            filing.bundle, filing.answers, held, filing.after, filing.signed
        )
        wanted = [{"item": item, "code": code} for item, code in sorted(filing.signed)]
        asked = {"answers": filing.answers, "holder": holder, "commitments": wanted}
        journey.plan = await self.door.post(f"bundles/{filing.bundle}/compositions", asked)
        checks.check_plan(journey)

        journey.form = fill(journey.plan, filing)
        materials = await self._hand_in()
        journey.began = time.monotonic()
        application = await self.door.post(
            "applications",
            {
                "bundle": filing.bundle,
                "plan": journey.plan["digest"],
                "answers": filing.answers,
                "holder": holder,
                "form": journey.form,
                "materials": materials,
                "commitments": signed(journey.plan),
            },
        )
        journey.application, journey.holder = application["id"], application["holder"]
        self.journeys[journey.application] = journey
        async with asyncio.TaskGroup() as both:
            both.create_task(self._follow())
            both.create_task(self._act())
        await checks.check_end(journey, self.door, self.owner)

    async def _holder(self) -> dict[str, Any]:
        """For whom: oneself, a company by login or mandate, or whoever was born before."""
        journey, filing = self.journey, self.journey.filing
        if filing.principal:
            return {"mandate": await self._mandate(filing)}
        if filing.born_of:
            assert journey.previous
            born = Company(
                filing.born_of.facts["enterprise_name"],
                numbers.company_number(filing.born_of.facts),
                filing.born_of.facts["legal_representative"],
            )
            filing.facts |= company_facts(born)
            return {"party": journey.previous.holder}
        return {"number": filing.company.code} if filing.company else {}

    async def _mandate(self, filing: Filing) -> str:
        assert filing.principal
        principal = self._door(filing.principal.account, enterprise=_code(filing.company))
        given = {
            "agent": filing.filer.account,
            "bundles": [filing.bundle],
            "valid_until": (datetime.now(UTC) + timedelta(days=90)).isoformat(),
        }
        if filing.company:
            given["number"] = filing.company.code
        return str((await principal.post("mandates", given))["id"])

    async def _hand_in(self) -> dict[str, list[str]]:
        """Upload a document for everything the plan asks, at once; a commitment needs none."""

        async def hand_in(material: dict[str, Any]) -> tuple[str, list[str]]:
            key = material["key"]
            if material["kind"] == "commitment":
                return key, []
            file = io.BytesIO(
                document(f"{material['evidence']} {self.journey.filing.filer.account}")
            )
            named = {"file": ("document.png", file, "image/png")}
            return key, [(await self.door.call("POST", "uploads", files=named))["id"]]

        return dict(await asyncio.gather(*map(hand_in, self.journey.plan["materials"])))

    async def _follow(self) -> None:
        """Watch the application move by itself until it is settled."""
        while self.journey.outcome is None:
            with contextlib.suppress(httpx.TransportError):
                events = f"applications/{self.journey.application}/events"
                async for progress in self.door.stream(events):
                    await self.journey.note(progress)
            await asyncio.sleep(0 if self.journey.outcome else 0.5)

    async def _act(self) -> None:
        """Answer a choice, or take something back, when the script says so."""
        journey, filing = self.journey, self.journey.filing
        here = f"applications/{journey.application}"
        if filing.choice:
            asked, choice = filing.choice
            await journey.settled(*self._to_settle_first(asked, choice))
            await journey.note(await self.door.put(f"{here}/choices/{asked}", {"choice": choice}))
            await journey.note_choice()
        elif filing.withdraw == "*":
            await journey.reached(lambda states: "granted" in states.values())
            await self._withdraw(here)
        elif member := filing.withdraw:
            await journey.reached(lambda states: states[member] == "requested")
            path = f"{here}/members/{member}/withdrawal"
            await journey.note(await self.door.put(path, {}))

    def _to_settle_first(self, asked: str, choice: str) -> list[str]:
        """A stop ends what nobody took on yet: it waits until that is only what it should be."""
        assert self.journey.expected
        if choice == "continue":
            return [asked]
        return [m for m in self.journey.expected.waits if m not in self.journey.filing.stopped]

    async def _withdraw(self, here: str) -> None:
        """Everything at once, while desks answer.  Both may come first; both are right."""
        try:
            progress = await self.door.put(f"{here}/withdrawal", {})
        except Refused as refused:
            if refused.slug != "already-settled":
                raise
            return
        self.journey.at_withdrawal = {one["member"]: one["state"] for one in progress["members"]}
        await self.journey.note(progress)


def _code(company: Company | None) -> str | None:
    return company.code if company else None


def fill(plan: dict[str, Any], filing: Filing) -> dict[str, Any]:
    """A value for every field of the form: from the answers, or from what the filer knows."""
    known = filing.facts | filing.answers
    missing = [f["field"] for f in plan["form"] if f["field"] not in known and f["required"]]
    if missing:
        raise checks.Wrong(f"the form asks what nobody expected: {', '.join(missing)}")
    return {f["field"]: known[f["field"]] for f in plan["form"] if f["field"] in known}


def signed(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The commitments that were chosen, each by the text that was read."""
    names = ("item", "code", "version", "digest")
    return [{name: one[name] for name in names} for one in plan["commitments"] if one["chosen"]]


def document(text: str) -> bytes:
    """A small picture that says what it is: a PNG of one pixel with a comment."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = (1).to_bytes(4, "big") * 2 + bytes((8, 0, 0, 0, 0))
    comment = b"Comment\x00" + text.encode("ascii", "replace")
    pixel = zlib.compress(b"\x00\xff")
    parts = ((b"IHDR", header), (b"tEXt", comment), (b"IDAT", pixel), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)
