"""Another department's opinion: asked with a clock of its own, given once, seen by two."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.approval.cards.reactions import handlers, settle_steps
from services.approval.cards.rules import steps
from services.approval.consultations.reactions import end_unwanted
from services.chassis import ticks
from services.contracts import DepartmentChanged
from tests.alone import Alone
from tests.approval.conftest import DIGEST, cancellation, decide, opened, request
from tests.approval.timed import at, ends, reached, set_clock, shown, tick
from tests.refusals import problem

OPENED, CLOSED = "approval.consultation.opened", "approval.consultation.closed"
ASK = {"consulted": "fire", "within": {"value": 2}, "fields": ["area"], "evidence": ["floor-plan"]}
AGREE = {"opinion": "agree"}


@pytest.fixture(autouse=True)
async def departments(desk: Alone, monday: None) -> None:
    codes = ("market", "health", "fire")
    await desk.hear(*(DepartmentChanged(code=one, version=1, name=one) for one in codes))


async def ask(desk: Alone, approval: Any, department: str = "market", **more: Any) -> Any:
    path = f"/approvals/{approval}/consultations"
    return await desk.officer(department)("POST", path, json=ASK | more)


async def give(desk: Alone, asked: Any, body: Any, department: str = "fire") -> Any:
    officer = desk.officer(department, f"{department}-officer")
    return await officer("PUT", f"/consultations/{asked}/opinion", json=body)


async def begun(desk: Alone, **more: Any) -> tuple[Any, str]:
    approval = await opened(desk)
    made = await ask(desk, approval, **more)
    assert made.status_code == 201, made.text
    return approval, made.json()["id"]


async def test_an_opinion_is_asked_on_a_small_clock_and_the_citizens_runs_on(desk: Alone):
    approval, asked = await begun(desk)

    counts = {one["kind"]: one["due"] for one in (await shown(desk, approval))["counts"]}
    assert counts["consultation"] == ends("2026-11-04")
    assert counts["promised"] == ends("2026-11-09")
    [told] = await desk.told(OPENED, consultation=asked)
    assert (told["consulted"], told["fields"], told["evidence"]) == (
        "fire",
        ["area"],
        ["floor-plan"],
    )
    [partner] = await desk.told("partner.fire.consultation.opened", consultation=asked)
    assert (partner["asked_by"], partner["due"]) == ("market", ends("2026-11-04"))
    set_clock(desk, at("2026-11-05"))
    await tick(desk)
    assert "consultation" in await reached(desk, approval)


async def test_the_opinion_is_given_once_and_ends_the_small_clock(desk: Alone):
    approval, asked = await begun(desk)

    answers = await asyncio.gather(*(give(desk, asked, AGREE) for _ in range(5)))
    other = await give(desk, asked, {"opinion": "disagree", "statement": DIGEST})

    assert {one.status_code for one in answers} == {200}
    assert problem(other) == (409, "consultation-closed")
    [told] = await desk.told(CLOSED, consultation=asked)
    assert (told["opinion"], told["consulted"]) == ("agree", "fire")
    assert not await desk.told("partner.fire.consultation.closed", consultation=asked)
    set_clock(desk, at("2026-11-06"))
    await tick(desk)
    assert "consultation" not in await reached(desk, approval)


async def test_conditions_and_objections_are_written_down(desk: Alone):
    _, asked = await begun(desk)

    for opinion in ("disagree", "agree_with_conditions"):
        bare = await give(desk, asked, {"opinion": opinion})
        assert [one["pointer"] for one in bare.json()["errors"]] == ["/statement"]
    done = await give(desk, asked, {"opinion": "disagree", "statement": DIGEST})
    assert (done.json()["opinion"], done.json()["given_by"]) == ("disagree", "fire-officer")


async def test_whoever_asked_may_want_it_no_more(desk: Alone):
    _, asked = await begun(desk)
    path, market = f"/consultations/{asked}/withdrawal", desk.officer("market")

    first, again = await market.put(path), await market.put(path)

    assert first == again and first["closed_at"] and first["opinion"] is None
    assert problem(await give(desk, asked, AGREE)) == (409, "consultation-closed")
    [told] = await desk.told("partner.fire.consultation.closed", consultation=asked)
    assert (told["opinion"], told["because"]) == (None, "withdrawn")


async def test_only_the_two_see_it(desk: Alone):
    approval, asked = await begun(desk)
    path = f"/consultations/{asked}"

    for department in ("market", "fire"):
        assert (await desk.officer(department).get(path))["id"] == asked
    for one in (path, f"/consultations/{uuid4()}"):
        stranger = desk.officer("health")
        answers = [
            await stranger("GET", one),
            await stranger("PUT", f"{one}/opinion", json=AGREE),
            await stranger("PUT", f"{one}/withdrawal", json={}),
        ]
        assert {problem(answer) for answer in answers} == {(404, "consultation-unknown")}
    asker = await desk.officer("market")("PUT", f"{path}/opinion", json=AGREE)
    asked_one = await desk.officer("fire")("PUT", f"{path}/withdrawal", json={})
    assert problem(asker) == problem(asked_one) == (404, "consultation-unknown")
    assert problem(await desk.officer("fire")("GET", f"/approvals/{approval}")) == (
        404,
        "approval-unknown",
    )


async def test_each_department_lists_what_it_owes_and_what_it_waits_for(desk: Alone):
    approval, asked = await begun(desk)
    _, other = await begun(desk)
    await give(desk, other, AGREE)
    fire, market = desk.officer("fire"), desk.officer("market")

    owed = (await fire.get("/consultations?open=true&limit=100"))["items"]
    given = (await fire.get("/consultations?open=false&limit=100"))["items"]
    waiting = (await market.get(f"/consultations?role=asking&approval={approval}"))["items"]
    page = await fire.get("/consultations?limit=1")
    rest = await fire.get(f"/consultations?limit=100&cursor={page['next']}")

    assert asked in [one["id"] for one in owed] and other not in [one["id"] for one in owed]
    assert other in [one["id"] for one in given]
    assert [one["id"] for one in waiting] == [asked]
    assert page["items"][0]["id"] not in [one["id"] for one in rest["items"]]
    assert (await desk.officer("health").get("/consultations"))["items"] == []


FAULTY: list[tuple[dict[str, Any], list[str]]] = [
    ({"consulted": "market"}, ["/consulted"]),
    ({"consulted": "nobody"}, ["/consulted"]),
    ({"within": {"value": 0}}, ["/within"]),
    ({"within": None}, ["/within"]),
    ({"fields": ["Not A Field"]}, ["/fields/0"]),
    ({"evidence": ["a b"]}, ["/evidence/0"]),
    ({"question": "why?"}, ["/question"]),
    ({"note": "x"}, ["/note"]),
]


@pytest.mark.parametrize(("wrong", "where"), FAULTY)
async def test_a_question_that_lacks_something_is_none(desk: Alone, wrong, where):
    approval = await opened(desk)

    answer = await ask(desk, approval, **wrong)

    assert [one["pointer"] for one in answer.json()["errors"]] == where
    assert not await desk.told(OPENED, approval=approval)


async def test_one_department_is_asked_once_at_a_time(desk: Alone):
    approval, asked = await begun(desk)

    twice = await ask(desk, approval)
    await give(desk, asked, AGREE)

    assert [one["pointer"] for one in twice.json()["errors"]] == ["/consulted"]
    assert (await ask(desk, approval)).status_code == 201


async def test_the_decision_waits_for_no_opinion_and_ends_it(desk: Alone):
    approval, asked = await begun(desk)

    assert (await decide(desk, approval, {"verdict": "granted"})).status_code == 200

    late = await give(desk, asked, AGREE)
    assert problem(late) == (409, "already-decided")
    for open, listed in (("true", False), ("false", True)):
        owed = await desk.officer("fire").get(f"/consultations?open={open}&approval={approval}")
        assert bool(owed["items"]) is listed, "nobody owes what can be given no more"
    assert problem(await ask(desk, approval, consulted="health")) == (409, "already-decided")

    await look(desk)
    await closed_for(desk, asked, "decided")
    assert problem(await give(desk, asked, AGREE)) == (409, "already-decided")


async def test_a_decision_by_the_long_way_ends_it_too_and_what_was_given_stays(desk: Alone):
    approval, given = await begun(desk)
    waiting = (await ask(desk, approval, consulted="health")).json()["id"]
    await give(desk, given, AGREE)
    body = {"verdict": "refused", "reason_code": "unsafe", "explanation": DIGEST}
    assert (await decide(desk, approval, body)).status_code == 200

    await look(desk)

    await closed_for(desk, waiting, "decided", "health")
    [told] = await desk.told(CLOSED, consultation=given)
    assert (told["opinion"], told["because"]) == ("agree", "given")


async def test_a_cancelled_approval_needs_no_opinion(desk: Alone):
    asked = request()
    await desk.hear(asked)
    made = (await ask(desk, asked.approval)).json()
    await desk.hear(cancellation(asked))

    assert problem(await give(desk, made["id"], AGREE)) == (409, "approval-cancelled")
    await look(desk)
    await closed_for(desk, made["id"], "cancelled")


async def test_what_is_open_is_waited_for_however_often_we_look(desk: Alone):
    _, asked = await begun(desk)

    await look(desk)

    assert not await desk.told(CLOSED, consultation=asked)
    assert (await give(desk, asked, AGREE)).status_code == 200


async def test_nobody_is_late_any_more_with_what_is_not_wanted(desk: Alone):
    approval, asked = await begun(desk)
    set_clock(desk, at("2026-11-05"))
    await tick(desk, handlers(steps("2,3")))
    assert (await decide(desk, approval, {"verdict": "granted"})).status_code == 200

    await look(desk)
    await ticks.turn(desk.app, settle_steps)

    cards = await desk.rows(
        "SELECT state FROM card WHERE approval = :id AND department = 'fire'", id=approval
    )
    assert [one.state for one in cards] == ["settled"]


async def look(desk: Alone) -> None:
    """Two replicas look at the same moment, and once more."""
    work = end_unwanted(desk.app.state.timekeeper)
    await asyncio.gather(ticks.turn(desk.app, work), ticks.turn(desk.app, work))
    await ticks.turn(desk.app, work)


async def closed_for(desk: Alone, asked: str, because: str, whose: str = "fire") -> None:
    """Both departments see it closed, and why; the asked one's system is told, once."""
    for department in ("market", whose):
        seen = await desk.officer(department).get(f"/consultations/{asked}")
        assert (seen["because"], seen["opinion"]) == (because, None)
        assert seen["closed_at"]
    [told] = await desk.told(CLOSED, consultation=asked)
    assert (told["because"], told["opinion"]) == (because, None)
    partner = await desk.told("partner.fire.consultation.closed", consultation=asked)
    assert [one["because"] for one in partner] == [because] * (whose == "fire")


async def test_when_it_is_handed_over_the_opinion_is_not_wanted_any_more(desk: Alone):
    approval, asked = await begun(desk)
    body = {"kind": "misrouted", "to": "health", "reason_code": "x"}

    await desk.officer("market").post(f"/approvals/{approval}/transfers", body)

    assert problem(await give(desk, asked, AGREE)) == (409, "consultation-closed")
    [told] = await desk.told(CLOSED, consultation=asked)
    assert (told["opinion"], told["because"]) == (None, "handed_over")
