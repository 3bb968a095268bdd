"""Everything that people, partners' systems, applicants and time do to an approval, in any order,
against a small model that was written from the rules in words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.chassis.envelope import Unreadable
from services.chassis.errors import Refusal
from services.chassis.inbox import handle, letter_of, set_aside
from services.contracts import (
    ApprovalCancelled,
    ApprovalRequested,
    DepartmentChanged,
    DossierAmended,
    ResultOpened,
)
from tests.alone import Alone
from tests.approval.conftest import DIGEST, cancellation, request, result
from tests.approval.timed import at, set_clock, tick

# A busy machine is slow; that is no fault of what is tested.
BUSY = settings(
    deadline=None,
    database=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
MONDAY = at("2026-11-02")
SYSTEM = "system:fire"
OPEN = ("opened", "correcting", "accepted", "suspended")
OVER = {
    "granted": "already-decided",
    "refused": "already-decided",
    "acceptance_refused": "acceptance-was-refused",
    "cancelled": "approval-cancelled",
}
IN_THE_WAY = {
    "opened": "not-accepted",
    "correcting": "awaiting-correction",
    "accepted": "already-accepted",
    "suspended": "approval-suspended",
}

people = st.sampled_from(["wang", "zhao", SYSTEM])
officers = st.sampled_from(["wang", "zhao"])
commands = st.one_of(
    st.tuples(st.just("accept"), people),
    st.tuples(st.just("refuse-acceptance"), people),
    st.tuples(st.just("ask-correction"), people),
    st.tuples(st.just("answer")),
    st.tuples(st.just("suspend"), people),
    st.tuples(st.just("resume"), people),
    st.tuples(st.just("decide"), people, st.sampled_from(["granted", "refused"]), st.booleans()),
    st.tuples(st.just("issue"), people),
    st.tuples(st.just("deliver"), people),
    st.tuples(st.just("open-it")),
    st.tuples(st.just("ask-time"), people),
    st.tuples(st.just("consent"), officers),
    st.tuples(st.just("claim"), officers),
    st.tuples(st.just("release"), officers),
    st.tuples(st.just("consult"), people),
    st.tuples(st.just("send-away"), people),
    st.tuples(st.just("send-back")),
    st.tuples(st.just("cancel"), st.sampled_from(["withdrawn", "stopped"])),
    st.tuples(st.just("days"), st.integers(1, 4)),
)


# --- the model: what is known of one approval, and what each command makes of it ------------------


@dataclass
class Book:
    """One approval, as a clerk would keep it in a book."""

    accepts: str
    state: str = field(init=False)
    ever_accepted: bool = field(init=False)
    by_rule: bool = field(init=False)
    complete_on: int = 0
    corrected: bool = False
    pauses: int = 0
    issued: bool = False
    delivered: bool = False
    asked_time: str | None = None
    more_time: bool = False
    holder: str | None = None
    away: bool = False
    consulted: bool = False
    day: int = 0

    def __post_init__(self) -> None:
        self.by_rule = self.accepts == "automatic"
        self.ever_accepted = self.by_rule
        self.state = "accepted" if self.by_rule else "opened"

    def refusal(self, *allowed: str) -> str | None:
        if self.state in allowed:
            return None
        return OVER.get(self.state) or IN_THE_WAY[self.state]

    def mine(self, who: str) -> str | None:
        """What is at another department is absent; what a colleague works on is theirs."""
        if self.away:
            return "approval-unknown"
        held = self.state in OPEN and self.holder not in (None, who)
        return "claimed-by-another" if held else None

    def accept(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("opened", "accepted", "suspended")
        if not no and self.state == "opened":
            self.state, self.ever_accepted, self.by_rule = "accepted", True, False
        return no

    def refuse_acceptance(self, who: str) -> str | None:
        if not self.away and self.state == "acceptance_refused":
            return None  # the same answer again is one answer
        no = self.mine(who)
        if not no and self.state == "suspended":
            return "already-accepted"
        no = no or self.refusal("opened")
        if not no:
            self.state = "acceptance_refused"
        return no

    def ask_correction(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("opened", "accepted")
        if not no and self.state == "accepted" and not self.by_rule:
            no = "already-accepted"
        if not no and self.corrected:
            no = "correction-asked-once"
        if not no and self.day >= 6:
            no = "correction-too-late"
        if not no:
            self.state, self.corrected = "correcting", True
        return no

    def answer(self) -> None:
        if self.state == "correcting":
            self.state = "accepted" if self.ever_accepted else "opened"
            self.complete_on = self.day

    def suspend(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("accepted")
        if not no:
            self.state, self.pauses = "suspended", self.pauses + 1
        return no

    def resume(self, who: str) -> str | None:
        no = self.mine(who)
        if not no and self.pauses == 0 and who != SYSTEM:
            return "procedure-unknown"  # over HTTP the first one is named
        if not no and self.state in ("opened", "correcting", "accepted"):
            no = "not-suspended"
        no = no or self.refusal("suspended")
        if not no:
            self.state = "accepted"
        return no

    def decide(self, who: str, verdict: str, at_once: bool) -> str | None:
        no = self.mine(who) or self.refusal("accepted")
        if not no:
            self.state = verdict
            self.issued = at_once and verdict == "granted"
        return no

    def issue(self, who: str) -> str | None:
        if self.away:
            return "approval-unknown"
        if self.state != "granted":
            return "not-granted"
        if self.issued:
            return "already-issued"
        self.issued = True
        return None

    def deliver(self, who: str) -> str | None:
        """Of a refusal the decision itself is delivered, of a grant its certificate."""
        if self.away:
            return "approval-unknown"
        if self.delivered:
            return "already-delivered"
        if self.state not in ("granted", "refused", "acceptance_refused"):
            return "not-decided"
        if self.state == "granted" and not self.issued:
            return "nothing-to-deliver"
        self.delivered = True
        return None

    def open_it(self) -> None:
        """Its holder opens the certificate, where there is one."""
        self.delivered = self.delivered or self.issued

    def ask_time(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("accepted")
        if not no and self.more_time:
            no = "already-extended"
        if not no:
            self.asked_time = who
        return no

    def consent(self, who: str) -> str | None:
        no = "approval-unknown" if self.away else self.refusal("accepted")
        if not no and self.more_time:
            no = "already-extended"
        if not no and self.asked_time is None:
            no = "extension-unknown"
        if not no and self.asked_time == who:
            no = "same-person"
        if not no:
            self.more_time = True
        return no

    def claim(self, who: str) -> str | None:
        if self.away:
            return "approval-unknown"
        no = None if self.state in OPEN else OVER[self.state]
        if not no and self.holder not in (None, who):
            no = "claimed-by-another"
        if not no:
            self.holder = who
        return no

    def release(self, who: str) -> str | None:
        if self.away:
            return "approval-unknown"
        no = None if self.state in OPEN else OVER[self.state]
        if not no and self.holder is None:
            no = "not-claimed"
        if not no and self.holder != who:
            no = "claimed-by-another"
        if not no:
            self.holder = None
        return no

    def consult(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal(*OPEN)
        if not no and self.consulted:
            no = "consultation-faulty"
        if not no:
            self.consulted = True
        return no

    def send_away(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("opened", "accepted")
        if not no:
            self.away, self.holder, self.consulted = True, None, False
            self.asked_time = self.asked_time if self.more_time else None
        return no

    def send_back(self) -> str | None:
        if not self.away:
            return "approval-unknown"
        no = self.refusal("opened", "accepted")
        if not no:
            self.away = False
        return no

    def cancel(self, reason: str) -> None:
        if self.state in OPEN and (reason == "withdrawn" or not self.ever_accepted):
            self.state = "cancelled"

    def days(self, number: int) -> None:
        """Whoever says nothing for five working days has accepted."""
        self.day += number
        if self.state == "opened" and self.day >= self.complete_on + 6:
            self.state, self.ever_accepted, self.by_rule = "accepted", True, False


# --- the real thing -------------------------------------------------------------------------------


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


@pytest.fixture(autouse=True)
async def departments(desk: Alone, own_time: None) -> None:
    set_clock(desk, MONDAY)
    for code in ("fire", "market", "health"):
        await desk.hear(DepartmentChanged(code=code, version=1, name=code))


@pytest.mark.parametrize("accepts", ["automatic", "department"])
@BUSY
@given(script=st.lists(commands, max_size=24))
async def test_whatever_is_done_in_whatever_order_the_model_says_what_becomes_of_it(
    desk: Alone, accepts: str, script: list[tuple[Any, ...]]
):
    set_clock(desk, MONDAY)
    asked = request("fire", accepts=accepts, licensing_law=True, promise={"value": 900})
    await desk.hear(asked)
    book, real = Book(accepts), Real(desk, asked)
    for place, (command, *said) in enumerate(script):
        name = command.replace("-", "_")
        if command == "days" and real.day + said[0] > 14:
            continue  # the legal limit is another test's
        expected = getattr(book, name)(*said)
        answered = await getattr(real, name)(*said)
        assert answered == expected, (place, script[: place + 1])
        kept = (book.state, book.holder, book.issued, book.delivered)
        assert await real.seen() == kept, script[: place + 1]
    await _nothing_is_left_half_done(desk, asked, book)
    await desk.rows("DELETE FROM alarm")


async def _nothing_is_left_half_done(desk: Alone, asked: ApprovalRequested, book: Book) -> None:
    """Each act told once, by its event and in the ledger; one open pause at most."""
    about = {"approval": asked.approval}
    decided = await desk.told("approval.approval.decided", **about)
    assert len(decided) == (book.state in ("granted", "refused"))
    assert len(await desk.told("approval.result.issued", **about)) == book.issued
    assert len(await desk.told("approval.approval.delivered", **about)) == book.delivered
    suspended = await desk.told("approval.approval.suspended", **about)
    resumed = await desk.told("approval.approval.resumed", **about)
    assert len(suspended) == book.pauses
    open_ = await desk.rows(
        "SELECT 1 FROM pause WHERE approval = :id AND end_at IS NULL", id=asked.approval
    )
    assert len(open_) == len(suspended) - len(resumed) <= 1
    corrections = await desk.told("approval.approval.correction_requested", **about)
    assert len(corrections) == book.corrected
    assert len(await desk.told("approval.approval.extended", **about)) == book.more_time
