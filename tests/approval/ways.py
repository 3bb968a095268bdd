"""The real thing beside the model: one approval at a desk, by every way that leads there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from pydantic import ValidationError

from services.chassis.envelope import Unreadable
from services.chassis.errors import Refusal
from services.chassis.inbox import handle, letter_of, set_aside
from services.contracts import ApprovalCancelled, ApprovalRequested, DossierAmended, ResultOpened
from tests.alone import Alone
from tests.approval.book import OPEN, OVER, SYSTEM
from tests.approval.conftest import DIGEST, cancellation, result
from tests.approval.timed import at, set_clock, tick

MONDAY = at("2026-11-02")


@dataclass
class Real:
    """The same approval at a desk, by every way that leads there."""

    desk: Alone
    asked: ApprovalRequested
    pauses: int = 0
    day: int = 0

    @property
    def approval(self) -> UUID:
        return self.asked.approval

    async def by_hand(self, who: str, method: str, path: str, body: Any = None) -> str | None:
        department = "market" if who == "market" else "fire"
        officer, key = self.desk.officer(department, who), {"idempotency-key": str(uuid4())}
        where = f"/approvals/{self.approval}{path}"
        if method == "DELETE":
            answer = await officer(method, where, headers=key)
        else:
            answer = await officer(method, where, json=body or {}, headers=key)
        assert answer.status_code < 500, answer.text
        return None if answer.is_success else slug(answer.json())

    async def by_system(self, what: str, **data: Any) -> str | None:
        """As the department's own system says it, and as it is answered."""
        [inbox] = [s for s in self.desk.app.state.subscriptions if s.stream == "INBOX_fire"]
        document = {"specversion": "1.0", "id": str(uuid4()), "type": f"in.{what}"}
        document["data"] = {"approval": str(self.approval)} | data
        letter = letter_of(document["id"], f"in.fire.{what}", orjson.dumps(document))
        try:
            await handle(self.desk.app.state.sessions, inbox, [letter])
        except (Unreadable, ValidationError, Refusal) as problem:
            letter.problem = problem
            await set_aside(self.desk.app.state.sessions, inbox, letter)
        accepted = await self.desk.told("partner.fire.answer.accepted", message=letter.id)
        refused = await self.desk.told("partner.fire.answer.refused", message=letter.id)
        assert len(accepted) + len(refused) == 1, "each message gets one answer"
        return slug(refused[0]["problem"]) if refused else None

    async def say(self, who: str, what: str, path: str, method: str, **body: Any) -> str | None:
        if who == SYSTEM:
            return await self.by_system(what, **body)
        return await self.by_hand(who, method, path, body)

    async def accept(self, who: str) -> str | None:
        return await self.say(who, "acceptance", "/acceptance", "PUT")

    async def refuse_acceptance(self, who: str) -> str | None:
        no = {"verdict": "acceptance_refused", "reason_code": "outside-area"}
        return await self.say(who, "acceptance", "/acceptance", "PUT", **no)

    async def ask_correction(self, who: str) -> str | None:
        notice = {"gaps": [{"field": "area", "reason_code": "differs"}], "explanation": DIGEST}
        return await self.say(who, "correction_request", "/correction-requests", "POST", **notice)

    async def answer(self) -> None:
        about = self.asked.model_dump(include={"approval", "application", "member", "department"})
        told = DossierAmended(**about, because="correction", amended_at=datetime.now(UTC))
        await self.desk.hear(told)

    async def suspend(self, who: str) -> str | None:
        pause = {"kind": "hearing", "evidence": "doc-7", "expected": {"value": 5}}
        no = await self.say(who, "suspension", "/suspensions", "POST", **pause)
        self.pauses += no is None
        return no

    async def resume(self, who: str) -> str | None:
        return await self.say(who, "resumption", f"/suspensions/{self.pauses or 1}/end", "PUT")

    async def decide(self, who: str, verdict: str, at_once: bool) -> str | None:
        body: dict[str, Any] = {"verdict": verdict}
        if verdict == "refused":
            body["reason_code"] = "not-enough"
        elif at_once:
            body["result"] = result(f"N-{self.approval}")
        return await self.say(who, "decision", "/decision", "PUT", **body)

    async def issue(self, who: str) -> str | None:
        made = result(f"L-{self.approval}")
        if who == SYSTEM:
            return await self.by_system("result", result=made)
        return await self.by_hand(who, "PUT", "/result", made)

    async def deliver(self, who: str) -> str | None:
        return await self.say(who, "delivery", "/delivery", "PUT", way="post", evidence="EMS-1")

    async def open_it(self) -> None:
        made = "SELECT number FROM result WHERE approval = :id"
        for row in await self.desk.rows(made, id=self.approval):
            about = self.asked.model_dump(include={"approval", "application"})
            told = ResultOpened(number=row.number, **about, opened_at=datetime.now(UTC))
            await self.desk.hear(told)

    async def ask_time(self, who: str) -> str | None:
        more = {"length": {"value": 5}, "reason_code": "complex", "explanation": DIGEST}
        return await self.say(who, "extension", "/extension", "PUT", **more)

    async def consent(self, who: str) -> str | None:
        return await self.by_hand(who, "PUT", "/extension/consent")

    async def claim(self, who: str) -> str | None:
        return await self.by_hand(who, "PUT", "/claim")

    async def release(self, who: str) -> str | None:
        return await self.by_hand(who, "DELETE", "/claim")

    async def consult(self, who: str) -> str | None:
        ask = {"consulted": "health", "within": {"value": 30}}
        return await self.say(who, "consultation", "/consultations", "POST", **ask)

    async def send_away(self, who: str) -> str | None:
        move = {"to": "market", "kind": "misrouted", "reason_code": "wrong-desk"}
        return await self.say(who, "transfer", "/transfers", "POST", **move)

    async def send_back(self) -> str | None:
        move = {"to": "fire", "kind": "misrouted", "reason_code": "ours-not"}
        return await self.by_hand("market", "POST", "/transfers", move)

    async def cancel(self, reason: str) -> None:
        told: ApprovalCancelled = cancellation(self.asked, reason)
        await self.desk.hear(told)

    async def days(self, number: int) -> None:
        self.day += number
        set_clock(self.desk, MONDAY + timedelta(days=self.day + 2 * (self.day // 5)))
        await tick(self.desk)

    async def seen(self) -> tuple[str, str | None, bool, bool]:
        [row] = await self.desk.rows(
            "SELECT state, claimed_by, issued_at, delivered_at FROM approval WHERE id = :id",
            id=self.approval,
        )
        assert row.state in OPEN or row.state in OVER
        return row.state, row.claimed_by, row.issued_at is not None, row.delivered_at is not None


def slug(problem: Any) -> str:
    return str(problem["type"]).removeprefix("/problems/")
