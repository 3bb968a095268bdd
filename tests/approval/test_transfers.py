"""A misrouted approval travels inside; a first review is forwarded: the citizen's clock runs on."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import DepartmentChanged
from tests.alone import Alone
from tests.approval.conftest import DIGEST, decide, opened
from tests.approval.timed import at, ends, reached, set_clock, shown, tick
from tests.refusals import problem

HANDED = "approval.approval.handed_over"
GRANT = {"verdict": "granted"}
WRONG = {"kind": "misrouted", "to": "health", "reason_code": "not-our-item"}
REVIEWED = {"kind": "forwarded", "to": "city-market", "opinion": "agree"}


@pytest.fixture(autouse=True)
async def departments(desk: Alone, monday: None) -> None:
    codes = ("market", "health", "fire", "city-market")
    await desk.hear(*(DepartmentChanged(code=one, version=1, name=one) for one in codes))


async def send(desk: Alone, approval: Any, body: Any, department: str = "market", **more: Any):
    officer = desk.officer(department, more.pop("sub", "wang"))
    return await officer("POST", f"/approvals/{approval}/transfers", json=body, **more)


@pytest.mark.parametrize("accepts", ["automatic", "department"])
async def test_a_misrouted_approval_goes_on_inside(desk: Alone, accepts: str):
    approval = await opened(desk, accepts=accepts)
    before = (await shown(desk, approval))["due"]

    sent = await send(desk, approval, WRONG)

    assert (sent.status_code, sent.json()["department"]) == (201, "health")
    gone = await decide(desk, approval, GRANT)
    assert problem(gone) == (404, "approval-unknown"), "as absent as none"
    assert (await shown(desk, approval, "health"))["due"] == before, "the clock runs on"
    [told] = await desk.told(HANDED, approval=approval)
    assert (told["from_department"], told["department"]) == ("market", "health")
    health = desk.officer("health")
    [one] = (await health.get(f"/approvals/{approval}/transfers"))["items"]
    assert (one["kind"], one["reason_code"], one["made_by"]) == (
        "misrouted",
        "not-our-item",
        "wang",
    )
    if accepts == "department":
        await health.put(f"/approvals/{approval}/acceptance")
    assert (await decide(desk, approval, GRANT, department="health")).status_code == 200


async def test_it_may_come_back(desk: Alone):
    approval = await opened(desk)
    await send(desk, approval, WRONG)

    back = await send(desk, approval, WRONG | {"to": "market"}, "health")

    assert back.json()["department"] == "market"
    listed = (await desk.officer("market").get(f"/approvals/{approval}/transfers"))["items"]
    assert [one["number"] for one in listed] == [1, 2]


async def test_partners_are_told_that_it_left_and_that_it_came(desk: Alone):
    approval = await opened(desk, "fire")
    sent = await send(desk, approval, WRONG | {"to": "market"}, "fire")
    assert sent.status_code == 201
    [gone] = await desk.told("partner.fire.approval.cancelled", approval=approval)
    assert gone["reason"] == "handed_over"

    await send(desk, approval, WRONG | {"to": "fire"})

    came = await desk.told("partner.fire.approval.opened", approval=approval)
    assert len(came) == 2
    assert (came[1]["department"], came[1]["due"]) == ("fire", ends("2026-11-09"))


async def test_a_first_review_is_forwarded_with_its_opinion_and_a_clock_of_its_own(desk: Alone):
    approval = await opened(desk, handling="first_review")

    week = {"value": 3, "unit": "working_day"}
    sent = await send(desk, approval, REVIEWED | {"within": week})

    assert sent.json()["department"] == "city-market"
    [told] = await desk.told(HANDED, approval=approval)
    assert (told["kind"], told["opinion"]) == ("forwarded", "agree")
    counts = {
        one["kind"]: one["due"] for one in (await shown(desk, approval, "city-market"))["counts"]
    }
    assert counts["forwarded"] == ends("2026-11-05")
    assert counts["promised"] == ends("2026-11-09")
    set_clock(desk, at("2026-11-06"))
    await tick(desk)
    assert "forwarded" in await reached(desk, approval)
    done = await decide(desk, approval, GRANT, department="city-market")
    assert done.status_code == 200


async def test_what_is_decided_here_is_not_forwarded(desk: Alone):
    approval, waiting = await opened(desk), await opened(desk, accepts="department")

    assert problem(await send(desk, approval, REVIEWED)) == (409, "decided-here")
    early = await send(desk, waiting, REVIEWED)
    assert problem(early) == (409, "not-accepted")


FAULTY: list[tuple[dict[str, Any], list[str]]] = [
    (WRONG | {"to": "market"}, ["/to"]),
    (WRONG | {"to": "nobody"}, ["/to"]),
    (WRONG | {"to": "No body"}, ["/to"]),
    (WRONG | {"reason_code": None}, ["/reason_code"]),
    (WRONG | {"opinion": "agree"}, ["/opinion"]),
    (WRONG | {"within": {"value": 3}}, ["/within"]),
    (REVIEWED | {"opinion": None}, ["/opinion"]),
    (REVIEWED | {"within": {"value": 0}}, ["/within"]),
    (REVIEWED | {"kind": "lost"}, ["/kind"]),
    (WRONG | {"note": "x"}, ["/note"]),
]


@pytest.mark.parametrize(("body", "where"), FAULTY)
async def test_a_transfer_that_lacks_something_moves_nothing(desk: Alone, body, where):
    approval = await opened(desk, handling="forward")

    answer = await send(desk, approval, body)

    assert [one["pointer"] for one in answer.json()["errors"]] == where
    seen = await desk.officer("market").get(f"/approvals/{approval}")
    assert (seen["department"], seen["version"]) == ("market", 1)


async def test_while_a_procedure_or_a_correction_is_under_way_nothing_is_sent_on(desk: Alone):
    paused, correcting, over = await opened(desk), await opened(desk), await opened(desk)
    officer = desk.officer("market")
    pause = {"kind": "hearing", "evidence": "doc-1", "expected": {"value": 5}}
    await officer.post(f"/approvals/{paused}/suspensions", pause)
    gaps = {"gaps": [{"field": "area", "reason_code": "x"}], "explanation": DIGEST}
    await officer.post(f"/approvals/{correcting}/correction-requests", gaps)
    await decide(desk, over, GRANT)

    assert problem(await send(desk, paused, WRONG)) == (409, "approval-suspended")
    assert problem(await send(desk, correcting, WRONG)) == (409, "awaiting-correction")
    assert problem(await send(desk, over, WRONG)) == (409, "already-decided")


async def test_what_people_had_begun_here_ends_with_their_part(desk: Alone):
    approval = await opened(desk, four_eyes=True, licensing_law=True)
    officer = desk.officer("market")
    await officer.put(f"/approvals/{approval}/claim")
    await officer.put(f"/approvals/{approval}/proposal", GRANT)
    more = {"length": {"value": 5}, "reason_code": "complex", "explanation": DIGEST}
    await officer.put(f"/approvals/{approval}/extension", more)

    await send(desk, approval, WRONG)

    health = desk.officer("health", "li")
    assert (await health.get(f"/approvals/{approval}"))["claimed_by"] is None
    unproposed = await decide(desk, approval, GRANT, department="health", sub="li")
    assert unproposed.status_code == 409, "another department's proposal is none"
    absent = await health("GET", f"/approvals/{approval}/extension")
    assert problem(absent) == (404, "extension-unknown")


async def test_sending_and_deciding_at_once_is_one_of_them(desk: Alone):
    for _ in range(5):
        approval = await opened(desk)

        answers = await asyncio.gather(
            *(decide(desk, approval, GRANT, sub=f"d-{n}") for n in range(3)),
            *(send(desk, approval, WRONG, sub=f"s-{n}") for n in range(3)),
        )

        assert sum(one.is_success for one in answers) == 1
        assert {one.status_code for one in answers} <= {200, 201, 404, 409}
        decided = await desk.told("approval.approval.decided", approval=approval)
        handed = await desk.told(HANDED, approval=approval)
        assert len(decided) + len(handed) == 1


async def test_another_department_sends_nothing(desk: Alone):
    approval = await opened(desk)

    for one in (approval, uuid4()):
        answer = await send(desk, one, WRONG | {"to": "market"}, "health")
        read = await desk.officer("health")("GET", f"/approvals/{one}/transfers")
        assert problem(answer) == problem(read) == (404, "approval-unknown")


async def test_an_older_name_of_a_department_is_ignored(desk: Alone):
    late = DepartmentChanged(code="tax", version=2, name="new")
    await desk.hear(late)
    await desk.hear(DepartmentChanged(code="tax", version=1, name="old"))

    [row] = await desk.rows("SELECT name, version FROM department WHERE code = 'tax'")

    assert (row.name, row.version) == ("new", 2)


async def test_a_level_s_own_clock_ends_when_it_sends_the_approval_on(desk: Alone):
    approval = await opened(desk, handling="first_review")
    await send(desk, approval, REVIEWED | {"within": {"value": 3}})

    back = WRONG | {"to": "market"}
    assert (await send(desk, approval, back, "city-market")).status_code == 201

    counted = [one["kind"] for one in (await shown(desk, approval))["counts"]]
    assert "forwarded" not in counted
    set_clock(desk, at("2026-11-06"))
    await tick(desk)
    assert "forwarded" not in await reached(desk, approval)
