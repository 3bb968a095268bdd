"""What relied on a result is told when the one that took its place ends."""

import asyncio

import pytest

from tests.alone import Alone
from tests.approval.conftest import ISSUED, opened, request, result
from tests.approval.ends import end
from tests.approval.holding import asked_for, granted, held, replaced

pytestmark = pytest.mark.usefixtures("monday")


async def test_what_relied_on_a_result_hears_when_what_replaced_it_ends(desk: Alone):
    one, other = await held(desk), await held(desk)
    relying = [await opened(desk, relies_on=(each.number,)) for each in (one, other)]
    number = await replaced(desk, one)

    assert (await end(desk, number)).status_code == 201

    market = desk.officer("market")
    flags = [(await market.get(f"/approvals/{each}"))["flags"] for each in relying]
    assert [[flag["result"] for flag in each] for each in flags] == [[number], []]


async def test_what_opens_on_a_result_whose_successor_has_ended_is_flagged_at_once(desk: Alone):
    one = await held(desk)
    number = await replaced(desk, one)
    await end(desk, number)

    approval = await opened(desk, relies_on=(one.number,))

    shown = await desk.officer("market").get(f"/approvals/{approval}")
    assert [flag["result"] for flag in shown["flags"]] == [number]


async def test_what_counts_still_is_relied_on_whatever_becomes_of_its_renewal(desk: Alone):
    one = await held(desk)
    approval = await opened(desk, relies_on=(one.number,))
    renewal = await asked_for(desk, one, "renewal")
    await granted(desk, renewal, result(one.issuer_number, valid_until="2031-12-31"))
    [told] = await desk.told(ISSUED, approval=renewal)

    assert (await end(desk, told["number"])).status_code == 201

    later_on = await opened(desk, relies_on=(one.number,))
    for each in (approval, later_on):
        assert (await desk.officer("market").get(f"/approvals/{each}"))["flags"] == []


async def test_ending_a_successor_and_opening_on_the_earlier_at_once_leaves_nobody_out(desk: Alone):
    await desk.connect()
    for _ in range(6):
        one = await held(desk)
        number = await replaced(desk, one)
        asked = request(relies_on=(one.number,))

        await asyncio.gather(end(desk, number), desk.hear(asked))

        shown = await desk.officer("market").get(f"/approvals/{asked.approval}")
        assert [flag["result"] for flag in shown["flags"]] == [number]
