"""Who works on an approval is respected by the others at the desk."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.alone import Alone
from tests.approval.conftest import DIGEST, decide, opened
from tests.refusals import problem

GRANT = {"verdict": "granted"}


async def claim(desk: Alone, approval: Any, sub: str = "wang", **more: Any) -> Any:
    headers = more.pop("headers", {})
    officer = desk.officer(more.pop("department", "market"), sub)
    return await officer("PUT", f"/approvals/{approval}/claim", json=more, headers=headers)


async def release(desk: Alone, approval: Any, sub: str = "wang", **more: Any) -> Any:
    officer = desk.officer(more.pop("department", "market"), sub)
    return await officer("DELETE", f"/approvals/{approval}/claim", **more)


async def test_whoever_claims_first_works_on_it(desk: Alone):
    approval = await opened(desk)

    answers = await asyncio.gather(*(claim(desk, approval, f"w-{n}") for n in range(6)))

    [winner] = [one.json() for one in answers if one.is_success]
    losers = [one for one in answers if not one.is_success]
    assert {problem(one) for one in losers} == {(409, "claimed-by-another")}
    assert {one.json()["officer"] for one in losers} == {winner["claimed_by"]}
    again = await claim(desk, approval, winner["claimed_by"])
    assert again.json()["version"] == winner["version"] == 2, "claiming twice is claiming once"


async def test_others_leave_it_alone_until_it_is_put_down(desk: Alone):
    approval = await opened(desk)
    await claim(desk, approval, "wang")
    zhao = desk.officer("market", "zhao")
    pause = {"kind": "hearing", "evidence": "doc-1", "expected": {"value": 5}}
    gaps = {"gaps": [{"field": "area", "reason_code": "x"}], "explanation": DIGEST}
    more = {"length": {"value": 1}, "reason_code": "x", "explanation": DIGEST}

    answers = [
        await decide(desk, approval, GRANT, sub="zhao"),
        await zhao("POST", f"/approvals/{approval}/suspensions", json=pause),
        await zhao("POST", f"/approvals/{approval}/correction-requests", json=gaps),
        await zhao("PUT", f"/approvals/{approval}/extension", json=more),
        await zhao("PUT", f"/approvals/{approval}/acceptance", json={}),
        await claim(desk, approval, "zhao"),
        await release(desk, approval, "zhao"),
    ]
    assert {problem(one) for one in answers} == {(409, "claimed-by-another")}
    assert (await zhao.get(f"/approvals/{approval}"))["claimed_by"] == "wang"

    assert (await release(desk, approval)).json()["claimed_by"] is None
    assert (await decide(desk, approval, GRANT, sub="zhao")).status_code == 200


async def test_who_works_on_it_decides(desk: Alone):
    approval = await opened(desk)
    await claim(desk, approval, "wang")

    assert (await decide(desk, approval, GRANT, sub="wang")).status_code == 200
    assert problem(await claim(desk, approval, "zhao")) == (409, "already-decided")


async def test_a_colleague_is_handed_it_or_takes_it_over_by_name(desk: Alone):
    approval = await opened(desk)
    await claim(desk, approval, "wang")

    handed = await claim(desk, approval, "wang", officer="zhao")
    wrong = await claim(desk, approval, "li", taken_from="wang")
    taken = await claim(desk, approval, "li", taken_from="zhao")

    assert handed.json()["claimed_by"] == "zhao"
    assert problem(wrong) == (409, "claimed-by-another")
    assert taken.json()["claimed_by"] == "li"


async def test_nobody_takes_over_from_nobody(desk: Alone):
    approval = await opened(desk)

    assert problem(await release(desk, approval)) == (409, "not-claimed")
    assert problem(await claim(desk, approval, "li", taken_from="zhao")) == (409, "not-claimed")


async def test_where_two_must_act_another_than_the_claimant_decides(desk: Alone):
    approval = await opened(desk, four_eyes=True)
    await claim(desk, approval, "wang")
    wang, zhao = (desk.officer("market", sub) for sub in ("wang", "zhao"))

    other = await zhao("PUT", f"/approvals/{approval}/proposal", json=GRANT)
    await wang.put(f"/approvals/{approval}/proposal", GRANT)

    assert problem(other) == (409, "claimed-by-another")
    assert (await decide(desk, approval, GRANT, sub="zhao")).status_code == 200


async def test_an_older_reading_claims_nothing(desk: Alone):
    approval = await opened(desk)
    stale = {"if-match": '"4"'}

    assert problem(await claim(desk, approval, headers=stale)) == (412, "stale")
    await claim(desk, approval, headers={"if-match": '"1"'})
    assert problem(await release(desk, approval, headers=stale)) == (412, "stale")


@pytest.mark.parametrize(
    "wrong",
    [
        {"officer": ""},
        {"officer": "a\x00"},
        {"officer": "慕容紫英"},
        {"officer": "zhao 13907364127"},
        {"taken_from": "百里屠苏"},
        {"note": "x"},
    ],
)
async def test_a_claim_that_says_nonsense_is_none(desk: Alone, wrong: Any):
    approval = await opened(desk)

    answer = await claim(desk, approval, **wrong)

    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{next(iter(wrong))}"]


async def test_another_department_claims_nothing(desk: Alone):
    approval = await opened(desk)

    for one in (approval, uuid4()):
        for answer in (
            await claim(desk, one, department="health"),
            await release(desk, one, department="health"),
        ):
            assert problem(answer) == (404, "approval-unknown")
