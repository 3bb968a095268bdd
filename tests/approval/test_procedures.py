"""A special procedure begins with evidence, stops the clock, and ends; meanwhile all waits."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import Duration, SpecialProcedure
from tests.alone import Alone
from tests.approval.conftest import cancellation, decide, opened, request, state
from tests.approval.timed import at, ends, set_clock, shown
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")

SUSPENDED, RESUMED = "approval.approval.suspended", "approval.approval.resumed"
WEEK = {"value": 5, "unit": "working_day"}
VISIT = {"kind": "inspection", "evidence": "现场核查通知书〔2026〕12 号", "expected": WEEK}
GRANT = {"verdict": "granted"}


async def suspend(desk: Alone, approval: Any, **more: Any) -> Any:
    headers, sub = more.pop("headers", {}), more.pop("sub", "wang")
    department = more.pop("department", "market")
    path = f"/approvals/{approval}/suspensions"
    officer = desk.officer(department, sub)
    return await officer("POST", path, json=VISIT | more, headers=headers)


async def end(desk: Alone, approval: Any, number: int = 1, **body: Any) -> Any:
    path = f"/approvals/{approval}/suspensions/{number}/end"
    officer, key = desk.officer(body.pop("department", "market")), {"idempotency-key": str(uuid4())}
    return await officer("PUT", path, json=body, headers=key)


async def test_the_clock_stands_still_from_the_beginning_to_the_end(desk: Alone):
    approval = await opened(desk)

    begun = await suspend(desk, approval)
    assert begun.status_code == 201, begun.text
    assert (begun.json()["state"], begun.json()["number"]) == ("suspended", 1)
    assert begun.headers["etag"] == '"2"'
    assert (await shown(desk, approval))["due"] is None
    set_clock(desk, at("2026-11-11"))
    ended = await end(desk, approval)

    assert ended.json()["ended_by"] == "wang"
    assert (await shown(desk, approval))["due"] == ends("2026-11-17")
    [told] = await desk.told(SUSPENDED, approval=approval)
    assert (told["number"], told["kind"], told["expected"]) == (1, "inspection", WEEK)
    assert "evidence" not in told
    [over] = await desk.told(RESUMED, approval=approval)
    assert (over["number"], over["due"]) == (1, ends("2026-11-17"))
    assert (await decide(desk, approval, GRANT)).status_code == 200


async def test_meanwhile_nothing_is_decided(desk: Alone):
    approval = await opened(desk)
    await suspend(desk, approval)
    officer = desk.officer("market")
    gaps = {"gaps": [{"field": "area", "reason_code": "x"}], "explanation": "sha256:" + "0" * 64}

    answers = [
        await decide(desk, approval, GRANT),
        await suspend(desk, approval),
        await officer("POST", f"/approvals/{approval}/correction-requests", json=gaps),
    ]

    assert {problem(one) for one in answers} == {(409, "approval-suspended")}
    no = {"verdict": "acceptance_refused", "reason_code": "late"}
    refused = await officer("PUT", f"/approvals/{approval}/acceptance", json=no)
    assert problem(refused) == (409, "already-accepted")
    assert await state(desk, approval) == "suspended"


async def test_one_after_another_each_with_its_number(desk: Alone):
    approval = await opened(desk)
    for number, kind in enumerate(("inspection", "hearing"), start=1):
        assert (await suspend(desk, approval, kind=kind)).json()["number"] == number
        set_clock(desk, at("2026-11-04"))
        other = await end(desk, approval, 3 - number)
        assert problem(other) in ((404, "procedure-unknown"), (409, "not-suspended"))
        assert (await end(desk, approval, number)).status_code == 200

    listed = (await desk.officer("market").get(f"/approvals/{approval}/suspensions"))["items"]

    assert [(one["number"], one["kind"]) for one in listed] == [(1, "inspection"), (2, "hearing")]
    assert all(one["ended_at"] and one["evidence"] == VISIT["evidence"] for one in listed)


async def test_what_is_not_paused_is_not_resumed(desk: Alone):
    approval, waiting = await opened(desk), await opened(desk, accepts="department")

    assert problem(await end(desk, approval)) == (404, "procedure-unknown")
    assert problem(await suspend(desk, waiting)) == (409, "not-accepted")
    await suspend(desk, approval)
    await end(desk, approval)
    assert problem(await end(desk, approval)) == (409, "not-suspended")


FAULTY: list[tuple[dict[str, Any], list[str]]] = [
    ({"evidence": ""}, ["/evidence"]),
    ({"evidence": " "}, ["/evidence"]),
    ({"evidence": "a\x00b"}, ["/evidence"]),
    ({"evidence": None}, ["/evidence"]),
    ({"expected": {"value": 0}}, ["/expected"]),
    ({"expected": None}, ["/expected"]),
    ({"kind": "other"}, ["/kind"]),
    ({"kind": "lunch"}, ["/kind"]),
    ({"since": "2026-11-03T00:00:00Z"}, ["/since"]),
    ({"since": "2026-11-01T00:00:00Z"}, ["/since"]),
    ({"since": "2026-11-02T01:00:00"}, ["/since"]),
    ({"explanation": "because"}, ["/explanation"]),
    ({"note": "x"}, ["/note"]),
]


@pytest.mark.parametrize(("wrong", "where"), FAULTY)
async def test_a_pause_that_lacks_something_is_none(desk: Alone, wrong, where):
    approval = await opened(desk)

    answer = await suspend(desk, approval, **wrong)

    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == where
    assert await state(desk, approval) == "accepted"
    assert not await desk.rows("SELECT 1 FROM pause WHERE approval = :id", id=approval)


async def test_the_items_own_list_adds_kinds_and_bounds_their_time(desk: Alone):
    own = (
        SpecialProcedure(kind="other", name="公示"),
        SpecialProcedure(kind="testing", longest=Duration(value=10)),
    )
    approval = await opened(desk, special_procedures=own)

    too_long = await suspend(desk, approval, kind="testing", expected={"value": 11})
    listed = await suspend(desk, approval, kind="other")

    assert [one["pointer"] for one in too_long.json()["errors"]] == ["/expected"]
    assert listed.status_code == 201
    await end(desk, approval)
    days = {"value": 10, "unit": "natural_day"}
    assert (await suspend(desk, approval, kind="testing", expected=days)).status_code == 201
    await end(desk, approval, 2)
    unbounded = await suspend(desk, approval, kind="hearing", expected={"value": 90})
    assert unbounded.status_code == 201, "the law does not bound it"


async def test_a_pause_may_be_entered_after_it_began(desk: Alone):
    approval = await opened(desk)
    set_clock(desk, at("2026-11-05"))

    await suspend(desk, approval, since="2026-11-03T01:00:00Z")
    late = await end(desk, approval, until="2026-11-02T23:00:00Z")
    future = await end(desk, approval, until="2026-11-06T00:00:00Z")
    done = await end(desk, approval, until="2026-11-04T01:00:00Z")

    assert [one.json()["errors"][0]["pointer"] for one in (late, future)] == ["/until", "/until"]
    assert done.json()["ended_at"] == "2026-11-04T01:00:00Z"
    assert (await shown(desk, approval))["due"] == ends("2026-11-10")
    assert await state(desk, approval) == "accepted"


async def test_an_older_reading_pauses_nothing(desk: Alone):
    approval = await opened(desk)

    stale = await suspend(desk, approval, headers={"if-match": '"7"'})
    fresh = await suspend(desk, approval, headers={"if-match": '"1"'})

    assert (problem(stale), fresh.status_code) == ((412, "stale"), 201)


async def test_another_department_pauses_and_reads_nothing(desk: Alone):
    approval = await opened(desk)
    await suspend(desk, approval)

    for one in (approval, uuid4()):
        answers = [
            await suspend(desk, one, department="health"),
            await end(desk, one, department="health"),
            await desk.officer("health")("GET", f"/approvals/{one}/suspensions"),
        ]
        assert {problem(answer) for answer in answers} == {(404, "approval-unknown")}


@pytest.mark.parametrize(("reason", "ended"), [("withdrawn", True), ("stopped", False)])
async def test_a_cancellation_meets_a_pause(desk: Alone, reason: str, ended: bool):
    asked = request()
    await desk.hear(asked)
    await suspend(desk, asked.approval)

    await desk.hear(cancellation(asked, reason))

    assert (await state(desk, asked.approval) == "cancelled") is ended
    refused = await end(desk, asked.approval)
    assert refused.status_code == (409 if ended else 200)


@pytest.mark.parametrize("round", range(5))
async def test_deciding_pausing_and_correcting_at_once_is_one_of_them(desk: Alone, round: int):
    """Whoever comes first is answered; the others are told where it stands, and nothing is half."""
    approval = await opened(desk)
    gaps = {"gaps": [{"field": "area", "reason_code": "x"}], "explanation": "sha256:" + "0" * 64}
    path = f"/approvals/{approval}/correction-requests"

    answers = await asyncio.gather(
        *(decide(desk, approval, GRANT, sub=f"d-{n}") for n in range(4)),
        *(suspend(desk, approval, sub=f"s-{n}") for n in range(4)),
        *(desk.officer("market", f"c-{n}")("POST", path, json=gaps) for n in range(4)),
    )

    assert sum(one.is_success for one in answers) == 1
    assert {one.status_code for one in answers} <= {200, 201, 409}
    told = [
        len(await desk.told(subject, approval=approval))
        for subject in (
            "approval.approval.decided",
            SUSPENDED,
            "approval.approval.correction_requested",
        )
    ]
    assert sum(told) == 1
    pauses = await desk.rows("SELECT 1 FROM pause WHERE approval = :id", id=approval)
    assert len(pauses) == told[1]
    [row] = await desk.rows("SELECT state, version FROM approval WHERE id = :id", id=approval)
    ended = dict(zip(("granted", "suspended", "correcting"), told, strict=True))
    assert (ended[row.state], row.version) == (1, 2)
