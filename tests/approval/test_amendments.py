"""A desk is told what it must no longer ask, in whatever order and however often."""

from datetime import date
from typing import Any

import pytest

from services.contracts import (
    ApprovalAmended,
    ApprovalRequested,
    DepartmentChanged,
    SparedEvidence,
)
from tests.alone import Alone, letter
from tests.approval.conftest import cancellation, decide, request, result, state
from tests.refusals import problem

TOLD = "partner.fire.approval.amended"


def amendment(asked: ApprovalRequested, *evidence: str, **more: Any) -> ApprovalAmended:
    return ApprovalAmended(
        approval=asked.approval,
        application=asked.application,
        member=asked.member,
        item=asked.item,
        department=asked.department,
        retired="signboard",
        effective=date(2026, 12, 1),
        spared=tuple(
            SparedEvidence(evidence=one, retired="signboard", **more)
            for one in evidence or ("sign-permit",)
        ),
    )


async def spared(desk: Alone, asked: ApprovalRequested) -> list[str]:
    shown = await desk.officer(asked.department).get(f"/approvals/{asked.approval}")
    return [one["evidence"] for one in shown["spared"]]


async def test_the_desk_reads_what_it_must_no_longer_ask_and_where_to_look_instead(desk: Alone):
    asked = request()
    await desk.hear(asked)

    await desk.hear(amendment(asked, instead="register", register_name="招牌备案系统"))

    shown = await desk.officer("market").get(f"/approvals/{asked.approval}")
    assert shown["spared"] == [
        {
            "evidence": "sign-permit",
            "retired": "signboard",
            "instead": "register",
            "register_name": "招牌备案系统",
        }
    ]


@pytest.mark.parametrize("first", ["request", "amendment"])
async def test_request_and_amendment_may_come_in_either_order(desk: Alone, first: str):
    asked = request("fire")
    said = [asked, amendment(asked)] if first == "request" else [amendment(asked), asked]

    for one in said:
        await desk.hear(one)

    assert await spared(desk, asked) == ["sign-permit"]
    [opened] = await desk.told("partner.fire.approval.opened", approval=asked.approval)
    told = [*opened["spared"]]
    for one in await desk.told(TOLD, approval=asked.approval):
        told += one["spared"]
    assert [one["evidence"] for one in told] == ["sign-permit"], "once, whichever way"
    assert await state(desk, asked.approval) == "accepted"


async def test_a_partner_hears_of_it_once_even_where_both_come_at_the_same_moment(desk: Alone):
    asked = [request("fire") for _ in range(12)]

    await desk.hear_at_once(*(one for each in asked for one in (amendment(each), each)))

    for one in asked:
        assert await spared(desk, one) == ["sign-permit"]
        [opened] = await desk.told("partner.fire.approval.opened", approval=one.approval)
        amended = await desk.told(TOLD, approval=one.approval)
        assert len(opened["spared"]) + len(amended) == 1


async def test_what_one_amendment_spares_no_later_or_repeated_one_takes_back(desk: Alone):
    asked = request("fire")
    first, second = letter(amendment(asked), 2), letter(amendment(asked, "a", "sign-permit"), 3)
    await desk.hear(asked)

    await desk.hear_at_once(first, second, first, second)
    await desk.hear(first, second)

    assert await spared(desk, asked) == ["a", "sign-permit"]
    assert 1 <= len(await desk.told(TOLD, approval=asked.approval)) <= 2


async def test_a_request_may_bring_along_what_was_spared_before_it_was_its_turn(desk: Alone):
    gone = SparedEvidence(evidence="sign-permit", retired="signboard")
    asked = request("fire", spared=(gone,))

    await desk.hear(asked)

    assert await spared(desk, asked) == ["sign-permit"]
    [opened] = await desk.told("partner.fire.approval.opened", approval=asked.approval)
    assert [one["evidence"] for one in opened["spared"]] == ["sign-permit"]
    assert not await desk.told(TOLD, approval=asked.approval)


async def test_a_refusal_on_an_older_reading_is_told_that_less_is_asked(desk: Alone):
    """Or a file is refused for want of a paper that nobody issues any more."""
    asked = request()
    await desk.hear(asked)
    path = f"/approvals/{asked.approval}"
    read = (await desk.officer("market")("GET", path)).headers["etag"]
    await desk.hear(amendment(asked))
    refusal = {"verdict": "refused", "reason_code": "no-sign-permit"}

    late = await decide(desk, asked.approval, refusal, headers={"if-match": read})

    assert problem(late) == (412, "stale")
    assert await state(desk, asked.approval) == "accepted"


async def test_what_is_decided_stays_as_it_is_and_no_system_is_told_of_it(desk: Alone):
    asked = request("fire")
    await desk.hear(asked)
    done = {"verdict": "granted", "result": result("N-1")}
    before = (await decide(desk, asked.approval, done, department="fire")).json()

    await desk.hear(amendment(asked))

    shown = await desk.officer("fire").get(f"/approvals/{asked.approval}")
    assert (shown["state"], shown["version"]) == ("granted", before["version"])
    assert not await desk.told(TOLD, approval=asked.approval)


async def test_an_amendment_of_what_was_cancelled_before_it_opened_brings_nothing_back(
    desk: Alone,
):
    asked = request("fire")
    await desk.hear(cancellation(asked, "retired"))

    await desk.hear(amendment(asked))
    await desk.hear(asked)

    assert await state(desk, asked.approval) == "cancelled"
    assert not await desk.told(TOLD, approval=asked.approval)


@pytest.mark.parametrize("accepts", ["automatic", "window"])
async def test_a_retired_item_ends_its_open_approval_accepted_or_not(desk: Alone, accepts: str):
    asked = request("fire", accepts=accepts)
    await desk.hear(asked)

    await desk.hear(cancellation(asked, "retired"))

    assert await state(desk, asked.approval) == "cancelled"
    [told] = await desk.told("partner.fire.approval.cancelled", approval=asked.approval)
    assert told["reason"] == "retired"


async def test_another_departments_amendments_are_as_absent_as_none(desk: Alone):
    asked = request("market")
    await desk.hear(asked, amendment(asked))

    answer = await desk.officer("fire")("GET", f"/approvals/{asked.approval}")

    assert problem(answer) == (404, "approval-unknown")


async def test_what_was_handed_over_meanwhile_is_told_to_whom_it_lies_with(desk: Alone):
    for code in ("market", "fire"):
        await desk.hear(DepartmentChanged(code=code, version=1, name=code))
    came, went = request("market"), request("fire")
    await desk.hear(came)
    await desk.hear(went)
    for asked, to in ((came, "fire"), (went, "market")):
        wrong = {"kind": "misrouted", "to": to, "reason_code": "not-our-item"}
        await desk.officer(asked.department).post(f"/approvals/{asked.approval}/transfers", wrong)

    for one in (came, went):
        await desk.hear(amendment(one))

    [told] = await desk.told(TOLD, approval=came.approval)
    assert told["department"] == "fire"
    assert await desk.told(TOLD, approval=went.approval) == [], "its system has it no longer"
