"""Four eyes: where the item takes two officers, nobody decides what they proposed themselves."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.alone import Alone
from tests.approval.chain import acts
from tests.approval.conftest import DIGEST, request


def officer(desk: Alone, sub: str) -> Any:
    return desk.person("officer", sub, department="market")


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


async def opened(desk: Alone, **more: Any) -> str:
    asked = request(**{"four_eyes": True} | more)
    await desk.hear(asked)
    return f"/approvals/{asked.approval}"


def grant() -> dict[str, Any]:
    return {"verdict": "granted", "result": {"digest": DIGEST, "issuer_number": f"N{uuid4()}"}}


async def test_nobody_decides_alone(desk: Alone):
    path = await opened(desk)

    answer = await officer(desk, "wang")("PUT", f"{path}/decision", json=grant())

    assert (answer.status_code, slug(answer)) == (409, "proposal-missing")


async def test_who_proposed_does_not_decide(desk: Alone):
    path = await opened(desk)
    wang = officer(desk, "wang")
    await wang.put(f"{path}/proposal", {"verdict": "granted"})

    answer = await wang("PUT", f"{path}/decision", json=grant())

    assert (answer.status_code, slug(answer)) == (409, "second-person-needed")


async def test_another_officer_decides_what_was_proposed(desk: Alone):
    path = await opened(desk)
    await officer(desk, "wang").put(f"{path}/proposal", {"verdict": "granted"})

    decided = await officer(desk, "li").put(f"{path}/decision", grant())

    assert (decided["state"], decided["decided_by"]) == ("granted", "li")
    [act] = await acts(desk, path.rpartition("/")[2])
    assert (act["proposed_by"], act["actor"]) == ("wang", "li")


@pytest.mark.parametrize(
    "proposed",
    [
        {"verdict": "refused", "reason_code": "not-enough"},
        {"verdict": "granted"},
    ],
)
async def test_another_decision_than_proposed_is_refused(desk: Alone, proposed: dict[str, Any]):
    path = await opened(desk)
    await officer(desk, "wang").put(f"{path}/proposal", proposed)
    other = {"verdict": "refused", "reason_code": "unsafe"}

    answer = await officer(desk, "li")("PUT", f"{path}/decision", json=other)

    assert (answer.status_code, slug(answer)) == (409, "proposal-differs")


async def test_a_later_proposal_replaces_the_former(desk: Alone):
    path = await opened(desk)
    await officer(desk, "wang").put(f"{path}/proposal", {"verdict": "granted"})
    no = {"verdict": "refused", "reason_code": "unsafe"}
    await officer(desk, "zhao").put(f"{path}/proposal", no)

    decided = await officer(desk, "wang").put(f"{path}/decision", no)

    assert decided["state"] == "refused"


async def test_two_officers_who_decide_at_once_make_one_decision(desk: Alone):
    path = await opened(desk)
    await officer(desk, "wang").put(f"{path}/proposal", {"verdict": "granted"})

    answers = await asyncio.gather(
        *(officer(desk, sub)("PUT", f"{path}/decision", json=grant()) for sub in ("li", "zhao"))
    )

    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_where_one_person_decides_nothing_is_proposed(desk: Alone):
    path = await opened(desk, four_eyes=False)

    answer = await officer(desk, "wang")("PUT", f"{path}/proposal", json={"verdict": "granted"})

    assert (answer.status_code, slug(answer)) == (409, "no-proposal-needed")


async def test_a_refusal_is_proposed_with_its_reason(desk: Alone):
    path = await opened(desk)

    answer = await officer(desk, "wang")("PUT", f"{path}/proposal", json={"verdict": "refused"})

    assert answer.status_code == 422


async def test_another_departments_approval_is_absent(desk: Alone):
    path = await opened(desk)
    stranger = desk.person("officer", "sun", department="fire")

    answer = await stranger("PUT", f"{path}/proposal", json={"verdict": "granted"})

    assert answer.status_code == 404
