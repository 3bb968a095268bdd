"""Officers of the departments without a system of their own: one decision each, sometimes two."""

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.example import district
from tests.faults.door import GIVE_UP, Door, NoAnswer, TurnedDown
from tests.faults.history import FAILED, OK, Json, Operation
from tests.faults.stack import Stack

LOOK_EVERY = 0.8
REFUSES, RIVALS = 0.1, 0.15
"""How often an officer refuses, and how often two decide one approval at the same moment."""
ISSUED_LATER = frozenset({"child-social-card", "tax-registration"})
"""Items whose certificate follows the decision."""


class Gone(Exception):
    """Nobody wants this approval answered any more."""


@dataclass(frozen=True)
class Paper:
    """One approval on one officer's desk."""

    approval: Json
    dossier: Json
    number: int
    """Of this officer, where two decide at once."""
    token: str

    @property
    def later(self) -> bool:
        """Whether its certificate follows the decision."""
        return self.approval["item"] in ISSUED_LATER


class Desks:
    """One list per department; whatever lies there is decided under an account of its own."""

    def __init__(self, stack: Stack, door: Door, seed: int) -> None:
        self.stack, self.door, self.seed = stack, door, seed
        self.kinds = district.by_code(district.evidence_types())
        self.seen: set[str] = set()
        self.busy = 0
        self.owed: list[tuple[Operation, Paper]] = []
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
        async with asyncio.TaskGroup() as answers:
            while True:
                for approval in await self.waiting(token):
                    if approval["id"] not in self.seen:
                        self.seen.add(approval["id"])
                        answers.create_task(self.see_to(approval, token))
                await asyncio.sleep(LOOK_EVERY)

    async def waiting(self, token: str) -> list[Json]:
        """All that is open at this desk, as far as the gateway shows it now."""
        found: list[Json] = []
        params: Json = {"state": ["opened", "accepted"], "limit": 100}
        while True:
            page = await self.door.ask("GET", "/approvals", token, params=params)
            if page.state != OK:
                return found
            found += page.json()["items"]
            params["cursor"] = page.json()["next"]
            if not params["cursor"]:
                return found

    async def see_to(self, approval: Json, token: str) -> None:
        """Accept, read, decide.  What was withdrawn or stopped meanwhile is put down again."""
        self.busy += 1
        with self.noted(approval):
            await self.answer(approval, token)
        self.busy -= 1

    @contextlib.contextmanager
    def noted(self, approval: Json) -> Iterator[None]:
        try:
            yield
        except Gone:
            return
        except (TurnedDown, NoAnswer) as trouble:
            self.trouble.append(f"{approval['department']} {approval['id']}: {trouble}")

    async def answer(self, approval: Json, token: str) -> None:
        if approval["state"] == "opened":
            await self.insist("PUT", f"/approvals/{approval['id']}/acceptance", approval, token)
        dossier = await self.insist("GET", f"/dossiers/{approval['id']}", approval, token)
        draw = random.Random(f"{self.seed} {approval['id']}")
        numbers = (1, 2) if draw.random() < RIVALS else (1,)
        cases = [Paper(approval, dossier, number, token) for number in numbers]
        decisions = [await self.decision(case, draw) for case in cases]
        await asyncio.gather(*(self.door.attempt(one) for one in decisions))
        for decision, case in zip(decisions, cases, strict=True):
            await self.issue(decision, case)

    async def insist(self, method: str, path: str, approval: Json, token: str, **body: Any) -> Any:
        """As the door's, but bundle may know sooner than approval that nobody wants this."""
        deadline = time.monotonic() + GIVE_UP
        request = {"json": body} if method == "PUT" else {}
        while True:
            answer = await self.door.ask(method, path, token, **request)
            if answer.state == OK:
                return answer.json()
            if answer.status in (404, 409):
                found = await self.door.ask("GET", f"/approvals/{approval['id']}", token)
                if found.state == OK and found.json()["state"] == "cancelled":
                    raise Gone()
            if answer.state == FAILED and answer.status != 404:
                raise TurnedDown(f"{method} {path}: {answer.status} {answer.text[:300]}")
            if time.monotonic() > deadline:
                raise NoAnswer(f"{method} {path}: {answer.status} {answer.why}")
            await asyncio.sleep(0.5)

    async def decision(self, case: Paper, draw: random.Random) -> Operation:
        verdict = "refused" if draw.random() < REFUSES else "granted"
        body: Json = {"verdict": verdict}
        if verdict == "refused":
            body["reason_code"] = "not-in-order"
        elif case.approval["issues"] and not case.later:
            body["result"] = await self.made(case)
        return self.operation("decision", case, body, verdict=verdict)

    async def issue(self, decision: Operation, case: Paper) -> None:
        """The certificate that follows a grant; where nobody knows yet, it is owed."""
        if not case.later or decision.about["verdict"] != "granted":
            return
        if decision.open:
            self.owed.append((decision, case))
        elif decision.state == OK:
            await asyncio.sleep(0.3)
            await self.door.attempt(self.operation("result", case, await self.made(case)))

    async def pay(self) -> None:
        """Issue what was owed, now that every decision has its answer."""
        owed, self.owed = self.owed, []
        for decision, case in owed:
            with self.noted(case.approval):
                await self.issue(decision, case)

    def operation(self, kind: str, case: Paper, body: Json, **about: str) -> Operation:
        """The account tells which operation it was: `decided_by` is not read from the key."""
        approval = case.approval["id"]
        account = f"{kind}-{case.number}-{approval}"
        department = case.approval["department"]
        known = {name: case.approval[name] for name in ("application", "member", "department")}
        return Operation(
            kind,
            account,
            "PUT",
            f"/approvals/{approval}/{kind}",
            {"approval": approval, **known, **about},
            body,
            token=self.stack.token("officer", account, department=department),
        )

    async def made(self, case: Paper) -> Json:
        """Store the certificate's content; what names it in a decision."""
        approval = case.approval
        name = f"{approval['id'].replace('-', '')[-16:].upper()}{case.number}"
        fields = self.kinds[approval["issues"]]["content"]
        content = {code: case.dossier["fields"].get(code, name) for code in fields}
        path = f"/dossiers/{approval['id']}/result"
        stored = await self.insist("PUT", path, approval, case.token, content=content)
        today = date.today().isoformat()
        return {"digest": stored["digest"], "issuer_number": name, "valid_from": today}
