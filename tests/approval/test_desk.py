"""A department, and no other, decides its approval; and what its events and its list tell."""

import asyncio
from uuid import uuid4

import pytest

from tests.alone import Alone
from tests.approval.conftest import (
    ACCEPTED,
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
