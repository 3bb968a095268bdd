"""A department, and no other, decides its approval: once, with reasons, at once or later."""

import asyncio
from uuid import uuid4

import pytest

from services.approval.desk import arrivals
from tests.alone import Alone
from tests.approval.conftest import (
    ACCEPTED,
    DECIDED,
    ISSUED,
    decide,
    opened,
    request,
    result,
    state,
)
from tests.refusals import problem

GRANT = {"verdict": "granted"}
REFUSE = {"verdict": "refused", "reason_code": "not-enough"}


async def test_another_department_finds_nothing_by_any_way(desk: Alone):
    asked = request("market")
    await desk.hear(asked)
    path, stranger = f"/approvals/{asked.approval}", desk.officer("health")
    absent = f"/approvals/{uuid4()}"

    for one in (path, absent):
        answers = [
            await stranger("GET", one),
            await stranger("PUT", f"{one}/acceptance", json={}),
            await stranger("PUT", f"{one}/decision", json=GRANT),
            await stranger("PUT", f"{one}/result", json=result("N")),
        ]
        assert {problem(answer) for answer in answers} == {(404, "approval-unknown")}
    for query in (f"application={asked.application}", "limit=100", "state=accepted&limit=100"):
        page = await stranger.get(f"/approvals?{query}")
        assert all(one["department"] == "health" for one in page["items"])
    assert await state(desk, asked.approval) == "accepted"


async def test_another_departments_result_is_as_absent_as_none(desk: Alone):
    approval = await opened(desk)
    await decide(desk, approval, GRANT | {"result": result("READ-1")})
    [told] = await desk.told(ISSUED, approval=approval)

    own = await desk.officer("market").get(f"/results/{told['number']}")

    assert (own["issuer_number"], own["approval"]) == ("READ-1", str(approval))
    for number in (told["number"], "OV20260101-0000000000000"):
        assert problem(await desk.officer("health")("GET", f"/results/{number}")) == (
            404,
            "not-found",
        )


@pytest.mark.parametrize("role", ["citizen", "bureau", "inspector", "operator"])
async def test_only_desks_come_near_an_approval(desk: Alone, role: str):
    approval = await opened(desk)
    somebody = desk.person(role, "somebody", department="market")

    answer = await somebody("PUT", f"/approvals/{approval}/decision", json=GRANT)

    assert problem(answer) == (403, "excluded")
    assert (await desk.client.get("/approvals")).status_code == 401


async def test_an_officer_without_a_department_is_kept_out(desk: Alone):
    nobody = desk.person("officer", "nobody")

    assert problem(await nobody("GET", "/approvals")) == (403, "excluded")


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


@pytest.mark.parametrize(
    ("issues", "decision", "where"),
    [
        ("licence", {"verdict": "refused"}, "/reason_code"),
        ("licence", REFUSE | {"result": result("N")}, "/result"),
        (None, GRANT | {"result": result("N")}, "/result"),
        (
            "licence",
            GRANT | {"result": result("N", valid_from="2026-03-02", valid_until="2026-03-01")},
            "/result/valid_until",
        ),
        ("licence", GRANT | {"result": result("")}, "/result/issuer_number"),
        ("licence", GRANT | {"result": result("N\x00")}, "/result/issuer_number"),
        (
            "licence",
            GRANT | {"result": {"digest": "md5:1", "issuer_number": "N"}},
            "/result/digest",
        ),
        ("licence", {"verdict": "perhaps"}, "/verdict"),
        ("licence", REFUSE | {"reason_code": "Free text!"}, "/reason_code"),
        ("licence", GRANT | {"note": "hello"}, "/note"),
    ],
)
async def test_a_decision_that_lacks_something_changes_nothing(
    desk: Alone, issues, decision, where
):
    approval = await opened(desk, issues=issues)

    answer = await decide(desk, approval, decision)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [where]
    assert await state(desk, approval) == "accepted"
    assert not await desk.told(DECIDED, approval=approval)


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


async def test_lookup_comes_before_conflict_and_conflict_before_the_etag(desk: Alone):
    approval = await opened(desk)
    stale = {"if-match": '"9"'}

    foreign = await decide(desk, approval, GRANT, department="health", headers=stale)
    early = await decide(desk, approval, GRANT, headers=stale)
    assert (await decide(desk, approval, GRANT, headers={"if-match": '"1"'})).status_code == 200
    late = await decide(desk, approval, GRANT, headers=stale)

    assert problem(foreign) == (404, "approval-unknown")
    assert problem(early) == (412, "stale")
    assert problem(late) == (409, "already-decided")


async def test_where_the_department_accepts_acceptance_comes_first_and_once(desk: Alone):
    approval = await opened(desk, accepts="department")
    officer = desk.officer("market")
    assert not await desk.told(ACCEPTED, approval=approval)

    assert problem(await decide(desk, approval, GRANT)) == (409, "not-accepted")
    answers = await asyncio.gather(
        *(officer("PUT", f"/approvals/{approval}/acceptance", json={}) for _ in range(8))
    )
    assert {(one.status_code, one.json()["state"]) for one in answers} == {(200, "accepted")}
    assert len(await desk.told(ACCEPTED, approval=approval)) == 1

    assert (await decide(desk, approval, GRANT)).status_code == 200
    late = await officer("PUT", f"/approvals/{approval}/acceptance", json={})
    assert problem(late) == (409, "already-decided")


async def test_one_certificates_number_is_given_once(desk: Alone):
    first, second, other_paper = [await opened(desk) for _ in range(2)] + [
        await opened(desk, issues="permit")
    ]
    body = GRANT | {"result": result("SAME")}

    assert (await decide(desk, first, body)).status_code == 200
    taken = await decide(desk, second, body)
    assert problem(taken) == (409, "number-taken")
    assert "SAME" not in taken.text, "a certificate's number may be a person's"
    assert await state(desk, second) == "accepted"
    assert not await desk.told(DECIDED, approval=second)

    assert (await decide(desk, other_paper, body)).status_code == 200
    assert (await decide(desk, second, GRANT | {"result": result("NEXT")})).status_code == 200


async def test_one_number_wanted_by_eight_at_once_goes_to_one(desk: Alone):
    approvals = [await opened(desk) for _ in range(8)]
    body = GRANT | {"result": result("WANTED")}

    answers = await asyncio.gather(*(decide(desk, one, body) for one in approvals))

    assert sorted(one.status_code for one in answers) == [200] + [409] * 7


async def test_a_certificate_that_takes_time_is_issued_later_and_once(desk: Alone):
    approval = await opened(desk)
    officer, path = desk.officer("market"), f"/approvals/{approval}/result"
    early = await officer("PUT", path, json=result("LATER"))
    await decide(desk, approval, GRANT)
    assert not await desk.told(ISSUED, approval=approval)

    answers = await asyncio.gather(
        *(officer("PUT", path, json=result(f"LATER-{n}")) for n in range(8))
    )

    assert problem(early) == (409, "not-granted")
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    lost = next(one for one in answers if one.status_code == 409)
    assert problem(lost) == (409, "already-issued")
    [told] = await desk.told(ISSUED, approval=approval)
    assert told["number"].startswith("OV")
    assert told["valid_until"] is None


async def test_nothing_is_issued_for_a_refusal_or_for_what_issues_nothing(desk: Alone):
    officer = desk.officer("market")
    refused, bare = await opened(desk), await opened(desk, issues=None)
    await decide(desk, refused, REFUSE)
    await decide(desk, bare, GRANT)

    answers = [
        await officer("PUT", f"/approvals/{one}/result", json=result("NOT"))
        for one in (refused, bare)
    ]

    assert [problem(one) for one in answers] == [(409, "not-granted"), (422, "decision-faulty")]


async def test_a_decisions_events_tell_what_the_others_count_by(desk: Alone):
    approval = await opened(desk, "fire", bundle="restaurant", promise={"value": 3})
    await decide(
        desk,
        approval,
        GRANT | {"result": result("TOLD", valid_until="2099-01-01")},
        department="fire",
    )

    [decided] = await desk.told(DECIDED, approval=approval)
    [issued] = await desk.told(ISSUED, approval=approval)

    assert (decided["bundle"], decided["item"]) == ("restaurant", "licence-check")
    assert decided["opened_at"] <= decided["accepted_at"] <= decided["decided_at"]
    assert decided["promise"] == {"value": 3, "unit": "working_day"}
    assert (issued["evidence"], issued["digest"]) == ("licence", result("TOLD")["digest"])
    assert issued["valid_until"] == "2099-01-01"
    assert "wang" not in str(decided), "who decided is read at the desk, not told to everybody"


async def test_the_desks_list_is_paged_and_filtered(desk: Alone):
    application = uuid4()
    for n in range(5):
        await opened(desk, "health", application=application, member=f"m-{n}")
    officer = desk.officer("health")
    page = await officer.get(f"/approvals?application={application}&limit=3")
    rest = await officer.get(f"/approvals?application={application}&cursor={page['next']}")
    await decide(desk, page["items"][0]["id"], GRANT, department="health")
    open_ones = await officer.get(f"/approvals?application={application}&state=accepted")

    listed = [one["id"] for one in [*page["items"], *rest["items"]]]
    assert listed == sorted(listed)
    assert len(set(listed)) == 5
    assert len(open_ones["items"]) == 4
