"""Applicants: file once, look now and then, change their minds, answer when they are asked."""

import asyncio
import random
import time
from typing import Any

from deploy.example.demo.applicant import document
from deploy.example.demo.people import Town
from tests.faults.door import Door, NoAnswer, TurnedDown
from tests.faults.filings import Wanted, draw
from tests.faults.history import OK, Operation
from tests.faults.stack import Stack
from tests.faults.wishes import Wishes

LOOK_EVERY = 1.5
CROWD = 4
"""So many file at the same moment: a kill then meets several requests on their way."""


class Applicants:
    """Everybody who files.  `filed`: the applications that were confirmed, by their id."""

    def __init__(self, stack: Stack, door: Door, wishes: Wishes) -> None:
        self.stack, self.door, self.wishes = stack, door, wishes
        self.town = Town(wishes.seed)
        self.filed: dict[str, Wanted] = {}
        self.waiting: dict[Operation, Wanted] = {}
        """Filings that nobody knows to have happened: taken up again after the killing."""
        self.trouble: list[str] = []
        self.followers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """File in small crowds until the time is over, then return when the last one has filed."""
        began, number = time.monotonic(), 0
        async with asyncio.TaskGroup() as group:
            while time.monotonic() - began < self.wishes.seconds:
                for _ in range(CROWD):
                    group.create_task(self.file(draw(number, self.wishes.seed, self.town)))
                    number += 1
                due = began + number / self.wishes.rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def file(self, wanted: Wanted) -> None:
        try:
            operation = await self.prepared(wanted)
        except (TurnedDown, NoAnswer) as trouble:
            self.trouble.append(f"{wanted.label}: {trouble}")
            return
        answer = await self.door.attempt(operation)
        if answer.state == OK:
            self.took(operation, wanted)
        elif operation.open:
            self.waiting[operation] = wanted

    async def prepared(self, wanted: Wanted) -> Operation:
        """Compose and hand in: what comes before filing."""
        token = self.token(wanted)
        asked = {"answers": wanted.answers, "holder": wanted.holder}
        path = f"/bundles/{wanted.bundle}/compositions"
        plan = await self.door.insist("POST", path, token, json=asked)
        upload = await self.upload(wanted, token)
        known = [field["field"] for field in plan["form"] if field["field"] in wanted.facts]
        return Operation(
            "filing",
            wanted.account,
            "POST",
            "/applications",
            {"filing": wanted.label},
            {
                "bundle": wanted.bundle,
                "plan": plan["digest"],
                "form": {name: wanted.facts[name] for name in known},
                "materials": {
                    one["key"]: [] if one["kind"] == "commitment" else [upload]
                    for one in plan["materials"]
                },
                **asked,
            },
            token=token,
        )

    async def upload(self, wanted: Wanted, token: str) -> str:
        content = document(wanted.label)
        about = {"filing": wanted.label}
        operation = Operation(
            "upload", wanted.account, "POST", "/uploads", about, document=content, token=token
        )
        answer = await self.door.certainly(operation)
        if answer.state != OK:
            raise TurnedDown(f"upload: {answer.status} {answer.text[:300]}")
        return str(answer.json()["id"])

    def token(self, wanted: Wanted) -> str:
        return self.stack.token("citizen", wanted.account, enterprise=wanted.enterprise)

    def took(self, filing: Operation, wanted: Wanted) -> None:
        """A filing is confirmed: somebody now keeps an eye on it."""
        assert filing.first_ok
        application = filing.first_ok.json()
        filing.about["application"] = application["id"]
        self.filed[application["id"]] = wanted
        members = [one["member"] for one in application["members"]]
        task = asyncio.create_task(self.follow(application["id"], wanted, members))
        self.followers.add(task)

    async def follow(self, application: str, wanted: Wanted, members: list[str]) -> None:
        """Until it is settled."""
        token, withdrawal = self.token(wanted), time.monotonic() + wanted.after
        asked: set[str] = set()
        while True:
            if wanted.withdraws and time.monotonic() > withdrawal:
                await self.withdraw(application, wanted, members, token)
                withdrawal = float("inf")
            await asyncio.sleep(min(LOOK_EVERY, max(0.0, withdrawal - time.monotonic())))
            answer = await self.door.ask("GET", f"/applications/{application}/progress", token)
            if answer.state != OK:
                continue
            progress = answer.json()
            for member in set(progress["open_choices"]) - asked:
                asked.add(member)
                await self.choose(application, wanted, member, token)
            if progress["outcome"]:
                return

    async def withdraw(
        self, application: str, wanted: Wanted, members: list[str], token: str
    ) -> None:
        path, kind = f"/applications/{application}/withdrawal", "withdrawal"
        about: dict[str, Any] = {"filing": wanted.label, "application": application}
        if wanted.withdraws == "one":
            member = random.Random(f"{self.wishes.seed} {wanted.label}").choice(members)
            path = f"/applications/{application}/members/{member}/withdrawal"
            kind, about = "member-withdrawal", {**about, "member": member}
        operation = Operation(kind, wanted.account, "PUT", path, about, {}, token=token)
        await self.door.attempt(operation)

    async def choose(self, application: str, wanted: Wanted, member: str, token: str) -> None:
        about = {"filing": wanted.label, "application": application, "member": member}
        path = f"/applications/{application}/choices/{member}"
        body = {"choice": wanted.choice}
        operation = Operation("choice", wanted.account, "PUT", path, about, body, token=token)
        await self.door.attempt(operation)

    async def end(self) -> None:
        for task in self.followers:
            task.cancel()
        for ended in await asyncio.gather(*self.followers, return_exceptions=True):
            if isinstance(ended, Exception):
                self.trouble.append(f"an applicant stopped looking: {ended!r}")
