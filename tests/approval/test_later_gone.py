"""The earlier result ends or is replaced: what was asked of it ends too, also at one moment."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.contracts import EarlierResult
from tests.alone import Alone
from tests.approval.conftest import DECIDED, ISSUED, request, result, state
from tests.approval.ends import end
from tests.approval.holding import OTHER, STOPPED, asked_for, granted, held
from tests.platform import eventually
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")


async def test_an_ending_makes_what_is_asked_of_the_result_impossible(desk: Alone):
    one = await held(desk, "fire")
    approval = await asked_for(desk, one, "renewal")

    await end(desk, one.number, department="fire")

    assert await state(desk, approval) == "cancelled"
    [told] = await desk.told(STOPPED, approval=approval)
    assert told["because"] == "earlier_result_gone"
    [partner] = await desk.told("partner.fire.approval.cancelled", approval=approval)
    assert partner["reason"] == "earlier_result_gone"
    late = await granted(desk, approval, result(one.issuer_number), department="fire")
    assert problem(late) == (409, "approval-cancelled")


async def test_what_opens_on_a_result_that_has_ended_ends_at_once(desk: Alone):
    one = await held(desk)
    await end(desk, one.number)

    approval = await asked_for(desk, one, "replacement", at_once=True)

    assert await state(desk, approval) == "cancelled"
    assert len(await desk.told(STOPPED, approval=approval)) == 1
    assert await desk.told(DECIDED, approval=approval) == []


async def test_what_was_replaced_is_not_replaced_again(desk: Alone):
    one = await held(desk)
    first, second = await asked_for(desk, one, "change"), await asked_for(desk, one, "renewal")
    await granted(desk, first, result(one.issuer_number) | {"digest": OTHER})

    late = await granted(desk, second, result("N-2", valid_until="2031-12-31"))
    third = await asked_for(desk, one, "renewal")

    assert problem(late) == (409, "earlier-gone")
    assert await state(desk, third) == "cancelled"


async def test_another_holders_result_or_an_unknown_one_opens_nothing(desk: Alone):
    one = await held(desk)
    stranger = one.later("renewal", holder=uuid4())
    unknown = EarlierResult(number="OV20200101-0000000000000", kind="renewal")
    of_nothing = request(replaces=unknown)
    another_kind = one.later("change", issues="other-licence")

    await desk.hear(stranger, of_nothing, another_kind)

    for asked in (stranger, of_nothing, another_kind):
        assert await state(desk, asked.approval) == "cancelled"


async def test_a_grant_in_its_place_is_flagged_when_it_ends_before_its_day(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "renewal")
    await granted(desk, approval, result(one.issuer_number, valid_until="2031-12-31"))

    assert (await end(desk, one.number)).status_code == 201

    seen = await desk.officer("market").get(f"/approvals/{approval}")
    assert [flag["result"] for flag in seen["flags"]] == [one.number]


async def test_what_is_replaced_is_not_ended_any_more(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "change")
    await granted(desk, approval, result(one.issuer_number) | {"digest": OTHER})

    answer = await end(desk, one.number)

    assert problem(answer) == (409, "replaced-already")
    [told] = await desk.told(ISSUED, approval=approval)
    assert answer.json()["replaced_by"] == told["number"]
    assert (await end(desk, told["number"])).status_code == 201


async def test_ending_and_replacing_at_once_is_one_of_them(desk: Alone):
    await desk.connect()
    for _ in range(8):
        one = await held(desk)
        approval = await asked_for(desk, one, "change")
        made = result(one.issuer_number) | {"digest": OTHER}

        done, ended = await asyncio.gather(granted(desk, approval, made), end(desk, one.number))

        assert (done.is_success, ended.is_success) in {(True, False), (False, True)}
        issued = await desk.told(ISSUED, approval=approval)
        assert len(issued) == done.is_success
        assert len(await desk.told(STOPPED, approval=approval)) == ended.is_success


async def test_whoever_issues_waits_for_the_earlier_result_before_taking_the_approval(desk: Alone):
    """Else it and an ending, which takes them in this order, would wait for one another."""
    one = await held(desk)
    approval = await asked_for(desk, one, "change")
    made = result(one.issuer_number) | {"digest": OTHER}

    async def waiting() -> bool:
        return bool(await desk.rows("SELECT 1 FROM pg_locks WHERE NOT granted"))

    async with desk.app.state.sessions.begin() as tx:
        named = {"number": one.number, "id": approval}
        await tx.execute(text("SELECT 1 FROM result WHERE number = :number FOR UPDATE"), named)
        issuing = asyncio.create_task(granted(desk, approval, made))
        await eventually(waiting)
        await tx.execute(text("SELECT 1 FROM approval WHERE id = :id FOR UPDATE NOWAIT"), named)

    assert (await issuing).status_code == 200


async def test_ending_and_opening_at_once_leave_nothing_open(desk: Alone):
    await desk.connect()
    for _ in range(8):
        one = await held(desk)
        asked = one.later("renewal")

        await asyncio.gather(desk.hear(asked), end(desk, one.number))

        assert await state(desk, asked.approval) == "cancelled"
        assert len(await desk.told(STOPPED, approval=asked.approval)) == 1
