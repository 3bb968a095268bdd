"""Cards about single steps: an opinion, a first review, a higher authority's own time, a check."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.approval import main
from services.approval.cards import reactions
from services.approval.deadlines import actions as deadlines
from services.chassis import ticks
from services.contracts import DepartmentChanged, Duration
from tests.alone import Alone
from tests.approval.conftest import DIGEST, decide, opened
from tests.approval.ends import WITHDRAWN, end
from tests.approval.supervising import (
    VERIFY,
    duties,
    duty,
    inspector,
    let_time_run_out,
    number_of,
    supervised,
)
from tests.approval.timed import at, set_clock, tick

RAISED = "approval.approval.card_raised"
LINE = (2, 3)
HANDLERS = main.merged(deadlines.HANDLERS, reactions.handlers(LINE))


@pytest.fixture(autouse=True)
async def departments(desk: Alone, monday: None) -> None:
    for code in ("city-market", "province-market", "health"):
        told = DepartmentChanged(code=code, version=1, name=code, name_en=code, region="430700")
        await desk.hear(told)


async def pass_to(desk: Alone, moment: datetime) -> None:
    set_clock(desk, moment)
    await tick(desk, HANDLERS)
    await let_time_run_out(desk)
    time = desk.app.state.timekeeper
    for work in (reactions.settle, reactions.settle_steps, reactions.rise(time, LINE)):
        while await ticks.turn(desk.app, work):
            pass


async def cards(desk: Alone, approval: UUID, *rules: str) -> list[tuple[str, str, str]]:
    found = "SELECT * FROM card WHERE approval = :id AND rule = ANY(:rules) ORDER BY id"
    rows = await desk.rows(found, id=approval, rules=list(rules))
    return [(row.rule, row.department, row.state) for row in rows]


async def consult(desk: Alone, approval: UUID, days: int = 3) -> str:
    body = {"consulted": "health", "within": {"value": days}}
    officer = desk.officer("market")
    return str((await officer.post(f"/approvals/{approval}/consultations", body))["id"])


async def forward(desk: Alone, approval: UUID, department: str, to: str, days: int = 5) -> None:
    body = {"kind": "forwarded", "to": to, "opinion": "agree", "within": {"value": days}}
    answer = await desk.officer(department)("POST", f"/approvals/{approval}/transfers", json=body)
    assert answer.is_success, answer.text


async def forwarding(desk: Alone) -> UUID:
    return await opened(
        desk, handling="first_review", promise=Duration(value=60), licensing_law=True
    )


async def test_a_late_opinion_is_the_consulted_departments_card_once_for_each(desk: Alone):
    approval = await opened(desk, promise=Duration(value=60))
    first = await consult(desk, approval)
    for day in ("2026-11-06", "2026-11-09"):
        await asyncio.gather(*(pass_to(desk, at(day)) for _ in range(2)))

    late = ("consultation_overdue", "health")
    assert await cards(desk, approval, late[0]) == [(*late, "open")]
    [told] = await desk.told(RAISED, approval=approval)
    assert (told["rule"], told["department"]) == late
    [mine] = (await desk.officer("health").get(f"/cards?rule={late[0]}"))["items"]
    whole = await desk.officer("health").get(f"/cards/{mine['id']}")
    assert whole["explained"]["zh"] and whole["facts"]["deadline"] == "consultation"
    assert (await desk.officer("fire")("GET", f"/cards/{mine['id']}")).status_code == 404

    said = {"opinion": "agree"}
    await desk.officer("health").put(f"/consultations/{first}/opinion", said)
    await pass_to(desk, at("2026-11-10"))
    assert await cards(desk, approval, late[0]) == [(*late, "settled")]
    await consult(desk, approval)
    await pass_to(desk, at("2026-11-20"))
    assert await cards(desk, approval, late[0]) == [(*late, "settled"), (*late, "open")]


async def test_a_late_opinions_card_can_be_appealed_and_goes_up_the_line(desk: Alone):
    approval = await opened(desk, promise=Duration(value=60))
    await consult(desk, approval)
    await pass_to(desk, at("2026-11-06"))
    health = desk.officer("health")
    [card] = (await health.get("/cards?rule=consultation_overdue"))["items"]
    await pass_to(desk, at("2026-11-11"))
    assert (await health.get(f"/cards/{card['id']}"))["level"] == "head"

    why = {"reason_code": "asked-unclear", "explanation": DIGEST}
    made = await health.post(f"/cards/{card['id']}/appeals", why)
    assert made["state"] == "appealed"
    await pass_to(desk, at("2026-12-01"))
    assert (await health.get(f"/cards/{card['id']}"))["level"] == "head"


async def test_an_opinion_in_time_has_no_card(desk: Alone):
    approval = await opened(desk, promise=Duration(value=60))
    asked = await consult(desk, approval)
    await desk.officer("health").put(f"/consultations/{asked}/opinion", {"opinion": "agree"})

    await pass_to(desk, at("2026-11-20"))

    assert await cards(desk, approval, "consultation_overdue") == []


async def test_a_first_review_that_is_not_forwarded_in_time_is_a_card_until_it_is(desk: Alone):
    approval, rule = await forwarding(desk), "first_review_overdue"
    await pass_to(desk, at("2026-11-30", 23))
    assert await cards(desk, approval, rule) == []
    for moment in (at("2026-12-01", 1), at("2026-12-02")):
        await pass_to(desk, moment)
    assert await cards(desk, approval, rule) == [(rule, "market", "open")]

    await forward(desk, approval, "market", "city-market")
    await pass_to(desk, at("2026-12-03"))

    assert await cards(desk, approval, rule) == [(rule, "market", "settled")]


async def test_what_is_forwarded_in_time_was_never_late_however_often_it_goes_on(desk: Alone):
    approval = await forwarding(desk)
    set_clock(desk, at("2026-11-10"))
    await forward(desk, approval, "market", "city-market")
    set_clock(desk, at("2026-11-12"))
    await forward(desk, approval, "city-market", "province-market", days=60)

    await pass_to(desk, at("2026-12-20"))

    assert await cards(desk, approval, "first_review_overdue", "forwarded_overdue") == []


async def test_what_was_forwarded_just_before_the_alarm_rang_was_late(desk: Alone):
    approval = await forwarding(desk)
    set_clock(desk, at("2026-12-01", 0) + timedelta(milliseconds=500))
    await forward(desk, approval, "market", "city-market")

    await pass_to(desk, at("2026-12-01", 0) + timedelta(seconds=1))

    rule = "first_review_overdue"
    [(found, _, state)] = await cards(desk, approval, rule)
    assert (found, state) == (rule, "settled")


async def test_the_higher_authoritys_own_time_is_its_own_card(desk: Alone):
    approval, rule = await forwarding(desk), "forwarded_overdue"
    await forward(desk, approval, "market", "city-market")
    await pass_to(desk, at("2026-11-10"))
    assert await cards(desk, approval, rule) == [(rule, "city-market", "open")]

    await forward(desk, approval, "city-market", "province-market", days=10)
    await pass_to(desk, at("2026-11-30"))

    assert await cards(desk, approval, rule) == [
        (rule, "city-market", "settled"),
        (rule, "province-market", "open"),
    ]
    await decide(desk, approval, {"verdict": "granted"}, department="province-market")
    await pass_to(desk, at("2026-12-01"))
    assert {state for _, _, state in await cards(desk, approval, rule)} == {"settled"}


async def test_a_regulator_that_is_late_has_a_card_once_until_it_finds(desk: Alone):
    approval, rule = await supervised(desk, VERIFY), "supervision_overdue"
    path = await duty(desk, approval)
    await inspector(desk).put(f"{path}/acknowledgement")
    for _ in range(2):
        await asyncio.gather(*(pass_to(desk, at("2027-01-20")) for _ in range(2)))
    assert await cards(desk, approval, rule) == [(rule, "enforcement", "open")]
    [card] = (await inspector(desk).get(f"/cards?rule={rule}"))["items"]
    whole = await inspector(desk).get(f"/cards/{card['id']}")
    assert whole["facts"]["supervision"] == path.rpartition("/")[2]
    [told] = await desk.told(RAISED, approval=approval, rule=rule)
    assert told["person"] == "chen"

    await inspector(desk).post(f"{path}/findings", {"verdict": "pass"})

    assert await cards(desk, approval, rule) == [(rule, "enforcement", "settled")]


async def test_a_missed_rectification_is_no_card_of_the_regulators(desk: Alone):
    approval = await supervised(desk, VERIFY)
    path = await duty(desk, approval)
    await inspector(desk).put(f"{path}/acknowledgement")
    body = {"verdict": "rectify", "reason_codes": ["x"], "within": {"value": 3}}
    await inspector(desk).post(f"{path}/findings", body)

    await pass_to(desk, at("2027-03-01"))

    assert await cards(desk, approval, "supervision_overdue") == []


async def test_lateness_and_endings_at_once_do_not_block_one_another(desk: Alone):
    """Each takes the approval before its duty: none waits for the other's second."""
    approvals = [await supervised(desk, VERIFY) for _ in range(10)]
    numbers = [await number_of(desk, one) for one in approvals]
    set_clock(desk, at("2027-01-20"))

    answers: list[Any] = await asyncio.gather(
        *(end(desk, one, WITHDRAWN, key=str(uuid4())) for one in numbers),
        *(let_time_run_out(desk) for _ in range(4)),
    )
    await pass_to(desk, at("2027-01-21"))

    assert [one.status_code for one in answers[:10]] == [201] * 10
    for one in approvals:
        assert {each.state for each in await duties(desk, one)} == {"closed"}
        assert {state for *_, state in await cards(desk, one, "supervision_overdue")} <= {"settled"}
