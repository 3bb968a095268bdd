"""More time is asked by one, consented to by another, once, within what the law allows."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import Duration
from tests.alone import Alone
from tests.approval.conftest import DIGEST, decide, opened
from tests.approval.timed import at, ends, set_clock, shown
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")

EXTENDED = "approval.approval.extended"
MORE = {"length": {"value": 10}, "reason_code": "complex-case", "explanation": DIGEST}


async def licence(desk: Alone, **more: Any) -> Any:
    return await opened(desk, licensing_law=True, **more)


async def ask(desk: Alone, approval: Any, sub: str = "wang", **more: Any) -> Any:
    officer = desk.officer(more.pop("department", "market"), sub)
    return await officer("PUT", f"/approvals/{approval}/extension", json=MORE | more)


async def consent(desk: Alone, approval: Any, sub: str = "head", **more: Any) -> Any:
    officer = desk.officer(more.pop("department", "market"), sub)
    return await officer("PUT", f"/approvals/{approval}/extension/consent", json={}, **more)


async def test_another_person_consents_and_the_applicant_is_told_why(desk: Alone):
    approval = await licence(desk)

    asked = await ask(desk, approval)
    assert (asked.status_code, asked.json()["consented_by"]) == (200, None)
    assert (await shown(desk, approval))["due"] == ends("2026-11-09")
    same = await consent(desk, approval, "wang")
    done = await consent(desk, approval)

    assert problem(same) == (409, "same-person")
    assert (done.json()["asked_by"], done.json()["consented_by"]) == ("wang", "head")
    assert (await shown(desk, approval))["due"] == ends("2026-11-23")
    [told] = await desk.told(EXTENDED, approval=approval)
    assert (told["reason_code"], told["explanation"]) == ("complex-case", DIGEST)
    assert told["due"] == ends("2026-11-23")


async def test_once_is_all(desk: Alone):
    approval = await licence(desk)
    await ask(desk, approval)
    answers = await asyncio.gather(*(consent(desk, approval, f"head-{n}") for n in range(6)))

    assert sorted(one.status_code for one in answers) == [200] + [409] * 5
    for late in (await ask(desk, approval), await consent(desk, approval)):
        assert problem(late) == (409, "already-extended")
    gone = await desk.officer("market")("DELETE", f"/approvals/{approval}/extension")
    assert problem(gone) == (409, "already-extended")
    assert len(await desk.told(EXTENDED, approval=approval)) == 1


async def test_nobody_consents_to_what_nobody_asked_for(desk: Alone):
    approval = await licence(desk)
    path = f"/approvals/{approval}/extension"
    officer = desk.officer("market")

    early = await consent(desk, approval)
    absent = await officer("GET", path)
    await ask(desk, approval)
    assert (await officer.get(path))["reason_code"] == "complex-case"
    gone = await officer("DELETE", path)
    again = await officer("DELETE", path)

    assert problem(early) == problem(absent) == problem(again) == (404, "extension-unknown")
    assert gone.status_code == 204
    assert problem(await consent(desk, approval)) == (404, "extension-unknown")


async def test_without_a_law_there_is_nothing_to_extend(desk: Alone):
    plain = await opened(desk)
    own = await opened(desk, extension=Duration(value=3), legal=Duration(value=9))

    assert problem(await ask(desk, plain)) == (409, "no-extension")
    long = await ask(desk, own, length={"value": 4})
    assert [one["pointer"] for one in long.json()["errors"]] == ["/length"]
    assert (await ask(desk, own, length={"value": 3})).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"length": {"value": 11}}, ["/length"]),
        ({"length": {"value": 0}}, ["/length"]),
        ({"length": {"value": 1, "unit": "year"}}, ["/length/unit"]),
        ({"reason_code": "Because!"}, ["/reason_code"]),
        ({"explanation": None}, ["/explanation"]),
        ({"note": "x"}, ["/note"]),
    ],
)
async def test_a_wish_that_lacks_something_is_none(desk: Alone, wrong, where):
    approval = await licence(desk)

    answer = await ask(desk, approval, **wrong)

    assert [one["pointer"] for one in answer.json()["errors"]] == where
    assert not await desk.rows("SELECT 1 FROM extension_request WHERE approval = :id", id=approval)


async def test_when_the_time_has_run_out_it_is_too_late(desk: Alone):
    approval, asked = await licence(desk), await licence(desk)
    await ask(desk, asked)
    set_clock(desk, at("2026-11-10"))

    assert problem(await ask(desk, approval)) == (409, "time-ran-out")
    assert problem(await consent(desk, asked)) == (409, "time-ran-out")


async def test_only_what_runs_is_extended(desk: Alone):
    waiting, over = await licence(desk, accepts="department"), await licence(desk)
    await decide(desk, over, {"verdict": "granted"})

    assert problem(await ask(desk, waiting)) == (409, "not-accepted")
    assert problem(await ask(desk, over)) == (409, "already-decided")


async def test_another_department_sees_nothing_of_it(desk: Alone):
    approval = await licence(desk)
    await ask(desk, approval)

    for one in (approval, uuid4()):
        path, stranger = f"/approvals/{one}/extension", desk.officer("health")
        answers = [
            await ask(desk, one, department="health"),
            await consent(desk, one, department="health"),
            await stranger("GET", path),
            await stranger("DELETE", path),
        ]
        assert {problem(answer) for answer in answers} == {(404, "approval-unknown")}


async def test_an_older_reading_extends_nothing(desk: Alone):
    approval = await licence(desk)
    await ask(desk, approval)

    stale = await consent(desk, approval, headers={"if-match": '"9"'})
    fresh = await consent(desk, approval, headers={"if-match": '"1"'})

    assert (problem(stale), fresh.status_code) == ((412, "stale"), 200)
    assert fresh.headers["etag"] == '"2"'
