"""An instant approval is granted in the transaction that opens it, or lies at the desk."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.approval.instant import actions as instant
from services.chassis.ticks import utc
from services.contracts import ApprovalRequested
from tests.alone import Alone, letter
from tests.approval.chain import acts
from tests.approval.conftest import (
    ACCEPTED,
    DECIDED,
    DIGEST,
    ISSUED,
    OPENED,
    cancellation,
    request,
    state,
)

SIGNED = "sha256:" + "5" * 64


def instantly(facts: dict[str, Any] | None = None, **more: Any) -> ApprovalRequested:
    offer = {
        "rule": "area <= 1000.0",
        "reads": {"area": "number"},
        "acr": "2",
        "commitment": "hygiene",
        "commitment_version": 3,
        "signed": SIGNED,
        "content": DIGEST,
        "issuer_number": f"卫公证字{uuid4()}",
        "validity": {"value": 4, "unit": "year"},
    }
    offer |= {k: more.pop(k) for k in list(more) if k in offer and k != "acr"}
    facts = {"area": 300.0} if facts is None else facts
    return request(**{"acr": "2", "facts": facts, "instant": offer} | more)


async def trace(desk: Alone, asked: ApprovalRequested) -> Any:
    return await desk.officer(asked.department).get(f"/approvals/{asked.approval}/instant")


@pytest.mark.parametrize("accepts", ["automatic", "window", "department"])
async def test_a_true_rule_opens_accepts_decides_and_issues_at_once(desk: Alone, accepts: str):
    asked = instantly(accepts=accepts)

    await desk.hear(asked)

    for event in (OPENED, ACCEPTED, DECIDED, ISSUED):
        assert len(await desk.told(event, approval=asked.approval)) == 1, event
    [issued] = await desk.told(ISSUED, approval=asked.approval)
    assert (issued["digest"], issued["issuer_number"]) == (DIGEST, asked.instant.issuer_number)
    assert issued["valid_until"] > issued["valid_from"]
    why = await trace(desk, asked)
    assert (why["why"], why["facts"]) == ("granted", {"area": 300.0})
    assert (why["commitment_version"], why["signed"]) == (3, SIGNED)
    assert [one["actor"] for one in await acts(desk, asked.approval)][-1].startswith("rule:")


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("rule-false", {"facts": {"area": 1001.0}}),
        ("rule-undecidable", {"facts": {}}),
        ("identity-too-weak", {"acr": "1"}),
        ("not-signed", {"signed": None}),
        ("two-officers", {"four_eyes": True}),
    ],
)
async def test_otherwise_it_lies_at_the_desk_like_any_other(desk: Alone, why: str, changed):
    asked = instantly(**changed)

    await desk.hear(asked)

    assert (await trace(desk, asked))["why"] == why
    assert await state(desk, asked.approval) == "accepted"
    assert not await desk.told(DECIDED, approval=asked.approval)


@pytest.mark.parametrize("accepts", ["automatic", "department"])
async def test_a_number_that_is_taken_leaves_it_to_people(desk: Alone, accepts: str):
    first = instantly()
    number = first.instant.issuer_number
    second, third = instantly(issuer_number=number, accepts=accepts), instantly()

    await desk.hear(first)
    await desk.hear(second, third)

    assert (await trace(desk, second))["why"] == "number-taken"
    waits = "accepted" if accepts == "automatic" else "opened"
    assert await state(desk, second.approval) == waits
    assert not await desk.told(DECIDED, approval=second.approval)
    assert [await state(desk, one.approval) for one in (first, third)] == ["granted"] * 2
    assert not await acts(desk, second.approval)


async def test_who_broke_a_promise_is_decided_by_people(desk: Alone):
    broken, asked = uuid4(), instantly()
    async with desk.app.state.sessions.begin() as tx:
        await instant.exclude(tx, asked.holder, broken, "false-promise", utc())

    await desk.hear(asked)
    assert (await trace(desk, asked))["why"] == "excluded"

    async with desk.app.state.sessions.begin() as tx:
        await instant.readmit(tx, broken, utc())
    again = instantly(holder=asked.holder)
    await desk.hear(again)
    assert (await trace(desk, again))["why"] == "granted"


async def test_heard_again_it_is_granted_once(desk: Alone):
    asked = letter(instantly())

    await asyncio.gather(*(desk.hear(asked) for _ in range(3)))

    assert len(await desk.told(DECIDED, approval=asked.document["data"]["approval"])) == 1


async def test_a_cancellation_that_comes_first_leaves_nothing_to_grant(desk: Alone):
    asked = instantly()
    await desk.hear(cancellation(asked))

    await desk.hear(asked)

    assert not await desk.told(DECIDED, approval=asked.approval)


async def test_a_cancellation_that_comes_after_changes_nothing(desk: Alone):
    asked = instantly()
    await desk.hear(asked)

    await desk.hear(cancellation(asked))

    assert await state(desk, asked.approval) == "granted"


async def test_another_departments_trace_is_absent(desk: Alone):
    asked = instantly()
    await desk.hear(asked)

    answer = await desk.officer("fire")("GET", f"/approvals/{asked.approval}/instant")

    assert answer.status_code == 404
