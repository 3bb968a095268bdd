"""Officers of the departments without a system of their own: one decision each, sometimes two."""

import asyncio
import random
from datetime import date
from typing import Any

from deploy.example import district
from tests.faults.door import Door, NoAnswer, TurnedDown
from tests.faults.history import OK, Operation
from tests.faults.stack import Stack

LOOK_EVERY = 0.8
REFUSES, RIVALS = 0.1, 0.15
"""How often an officer refuses, and how often two decide one approval at the same moment."""
ISSUED_LATER = frozenset({"child-social-card", "tax-registration"})
"""Items whose certificate follows the decision."""


class Desks:
    """One list per department; whatever lies there is decided under an account of its own."""

    def __init__(self, stack: Stack, door: Door, seed: int) -> None:
        self.stack, self.door, self.seed = stack, door, seed
        self.kinds = district.by_code((district.table("evidence-types.json"),))
        self.seen: set[str] = set()
        self.busy = 0
        self.trouble: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    def departments(self) -> list[str]:
        items = district.by_code(district.items())
        members = [
            m for bundle in district.by_code(district.bundles()).values() for m in bundle["members"]
        ]
        found = {str(items[member["item"]]["department"]) for member in members}
        return sorted(found - set(self.stack.state.partners))

    def start(self) -> None:
        self.tasks = [asyncio.create_task(self.work(one)) for one in self.departments()]

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        for ended in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(ended, BaseException) and not isinstance(ended, asyncio.CancelledError):
                self.trouble.append(f"a desk broke down: {ended!r}")

    async def work(self, department: str) -> None:
        token = self.stack.token("officer", f"officer-{department}", department=department)
        path = "/approvals?state=opened&state=accepted&limit=100"
        async with asyncio.TaskGroup() as answers:
            while True:
                page = await self.door.ask("GET", path, token)
                for approval in page.json()["items"] if page.state == OK else ():
                    if approval["id"] not in self.seen:
                        self.seen.add(approval["id"])
                        answers.create_task(self.see_to(approval, token))
                await asyncio.sleep(LOOK_EVERY)

    async def see_to(self, approval: dict[str, Any], token: str) -> None:
        """Accept, read, decide.  What was withdrawn or stopped meanwhile is put down again."""
        self.busy += 1
        try:
            await self.answer(approval, token)
        except (TurnedDown, NoAnswer) as refused:
            if not await self.gone(approval["id"], token):
                self.trouble.append(f"{approval['department']} {approval['id']}: {refused}")
        finally:
            self.busy -= 1

    async def gone(self, approval: str, token: str) -> bool:
        found = await self.door.insist("GET", f"/approvals/{approval}", token)
        return found["state"] == "cancelled" or await self.withdrawn(approval, token)

    async def withdrawn(self, approval: str, token: str) -> bool:
        """bundle shows no dossier of what it withdrew, a little before approval hears of it."""
        await asyncio.sleep(5)
        found = await self.door.insist("GET", f"/approvals/{approval}", token)
        return bool(found["state"] == "cancelled")

    async def answer(self, approval: dict[str, Any], token: str) -> None:
        here = f"/approvals/{approval['id']}"
        if approval["state"] == "opened":
            await self.door.insist("PUT", f"{here}/acceptance", token, json={})
        draw = random.Random(f"{self.seed} {approval['id']}")
        decisions = [await self.decision(approval, draw, token, 1)]
        if draw.random() < RIVALS:
            decisions.append(await self.decision(approval, draw, token, 2))
        answers = await asyncio.gather(*(self.door.attempt(one) for one in decisions))
        for operation, told in zip(decisions, answers, strict=True):
            if told.state == OK and self.later(operation, approval):
                await self.issue(approval, draw, token)

    def later(self, decision: Operation, approval: dict[str, Any]) -> bool:
        granted = decision.about["verdict"] == "granted"
        return granted and bool(approval["issues"]) and approval["item"] in ISSUED_LATER

    async def decision(
        self, approval: dict[str, Any], draw: random.Random, token: str, number: int
    ) -> Operation:
        verdict = "refused" if draw.random() < REFUSES else "granted"
        body: dict[str, Any] = {"verdict": verdict}
        if verdict == "refused":
            body["reason_code"] = "not-in-order"
        elif approval["issues"] and approval["item"] not in ISSUED_LATER:
            body["result"] = await self.made(approval, token, number)
        return self.operation("decision", approval, body, number, verdict=verdict)

    async def issue(self, approval: dict[str, Any], draw: random.Random, token: str) -> None:
        await asyncio.sleep(draw.uniform(0.1, 2))
        body = await self.made(approval, token, 1)
        await self.door.attempt(self.operation("result", approval, body, 1))

    def operation(
        self, kind: str, approval: dict[str, Any], body: dict[str, Any], number: int, **about: str
    ) -> Operation:
        """The account tells which operation it was: `decided_by` is not read from the key."""
        account = f"{kind}-{number}-{approval['id']}"
        department = approval["department"]
        known = {name: approval[name] for name in ("application", "member", "department")}
        return Operation(
            kind,
            account,
            "PUT",
            f"/approvals/{approval['id']}/{kind}",
            {"approval": approval["id"], **known, **about},
            body,
            token=self.stack.token("officer", account, department=department),
        )

    async def made(self, approval: dict[str, Any], token: str, number: int) -> dict[str, Any]:
        """Store the certificate's content; what names it in a decision."""
        path = f"/dossiers/{approval['id']}"
        dossier = await self.door.insist("GET", path, token)
        name = f"{approval['id'].replace('-', '')[-16:].upper()}{number}"
        fields = self.kinds[approval["issues"]]["content"]
        content = {code: dossier["fields"].get(code, name) for code in fields}
        stored = await self.door.insist("PUT", f"{path}/result", token, json={"content": content})
        today = date.today().isoformat()
        return {"digest": stored["digest"], "issuer_number": name, "valid_from": today}
