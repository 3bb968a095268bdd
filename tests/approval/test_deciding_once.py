"""One decision, however often it is sent, by how many people, and however early."""

import asyncio

from services.approval.desk import arrivals
from tests.alone import Alone
from tests.approval.conftest import (
    DECIDED,
    GRANT,
    ISSUED,
    REFUSE,
    decide,
    opened,
    request,
    result,
    state,
)
from tests.refusals import problem


async def test_fifty_officers_deciding_at_once_make_one_decision_and_one_event(desk: Alone):
    approval = await opened(desk)

    answers = await asyncio.gather(
        *(decide(desk, approval, GRANT if n % 2 else REFUSE, sub=f"officer-{n}") for n in range(50))
    )

    codes = [answer.status_code for answer in answers]
    assert (codes.count(200), codes.count(409)) == (1, 49)
    [told] = await desk.told(DECIDED, approval=approval)
    [winner] = [answer.json() for answer in answers if answer.is_success]
    assert told["verdict"] == winner["state"] == await state(desk, approval)
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert problem(refused) == (409, "already-decided")
    assert refused.json()["verdict"] == winner["state"]


async def test_one_decision_sent_fifty_times_with_one_key_is_one_answer(desk: Alone):
    approval = await opened(desk)
    body = GRANT | {"result": result("FIFTY")}

    answers = await asyncio.gather(*(decide(desk, approval, body, key="once") for _ in range(50)))

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert sum("idempotent-replay" not in answer.headers for answer in answers) == 1
    assert len(await desk.told(DECIDED, approval=approval)) == 1
    assert len(await desk.told(ISSUED, approval=approval)) == 1


async def test_a_replay_is_answered_as_before_whatever_happened_since(desk: Alone):
    approval = await opened(desk)
    first = await decide(desk, approval, GRANT, key="kept")
    officer = desk.officer("market")
    await officer("PUT", f"/approvals/{approval}/result", json=result("SINCE"))

    again = await decide(desk, approval, GRANT, key="kept", headers={"if-match": '"7"'})
    other = await decide(desk, approval, REFUSE, key="kept")

    assert (again.status_code, again.text) == (200, first.text)
    assert again.headers["etag"] == first.headers["etag"]
    assert problem(other) == (422, "key-reused")


async def test_another_officers_equal_key_is_another_key(desk: Alone):
    approval = await opened(desk)
    await decide(desk, approval, GRANT, key="common", sub="wang")

    answer = await decide(desk, approval, GRANT, key="common", sub="zhao")

    assert problem(answer) == (409, "already-decided")


async def test_a_decision_needs_a_key(desk: Alone):
    approval = await opened(desk)
    officer = desk.officer("market")

    answer = await desk.client.put(
        f"/approvals/{approval}/decision", json=GRANT, headers=officer.headers
    )

    assert problem(answer) == (422, "key-missing")
    assert await state(desk, approval) == "accepted"


async def test_a_refused_request_leaves_its_key_free(desk: Alone):
    approval = await opened(desk)
    assert problem(await decide(desk, approval, {"verdict": "refused"}, key="free"))[0] == 422

    assert (await decide(desk, approval, REFUSE, key="free")).status_code == 200


async def test_a_decision_before_its_approval_is_asked_to_come_again(desk: Alone):
    asked = request()

    early = await decide(desk, asked.approval, GRANT, key="early")
    await desk.hear(asked)
    again = await decide(desk, asked.approval, GRANT, key="early")

    assert problem(early) == (404, "approval-unknown")
    assert int(early.headers["retry-after"]) >= 1
    assert again.status_code == 200


async def test_a_decision_that_overtakes_its_approval_waits_for_it(desk: Alone, monkeypatch):
    monkeypatch.setattr(arrivals, "PATIENCE", 30)
    asked, waiting = request(), desk.app.state.swift.arrivals

    early = asyncio.create_task(decide(desk, asked.approval, GRANT))
    while not waiting.awaited(asked.approval):
        await asyncio.sleep(0.005)
    await desk.hear(asked)
    answer = await early

    assert answer.status_code == 200
    assert len(await desk.told(DECIDED, approval=asked.approval)) == 1
    assert not waiting.awaited(asked.approval)


async def test_of_many_who_wait_for_the_same_one_no_more_wait_either(desk: Alone, monkeypatch):
    monkeypatch.setattr(arrivals, "PATIENCE", 30)
    monkeypatch.setattr(arrivals, "MOST", 2)
    asked, waiting = request(), desk.app.state.swift.arrivals

    early = [asyncio.create_task(decide(desk, asked.approval, GRANT, key=k)) for k in "ab"]
    while waiting.awaited(asked.approval) < 2:
        await asyncio.sleep(0.005)
    third = await asyncio.wait_for(decide(desk, asked.approval, GRANT, key="c"), 10)
    await desk.hear(asked)
    answers = await asyncio.gather(*early)

    assert problem(third) == (404, "approval-unknown")
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_not_everybody_may_wait(desk: Alone, monkeypatch):
    monkeypatch.setattr(arrivals, "PATIENCE", 30)
    monkeypatch.setattr(arrivals, "MOST", 0)

    answer = await decide(desk, request().approval, GRANT)

    assert problem(answer) == (404, "approval-unknown")
