"""A point's right holds on its days, in its situations, and until it is withdrawn."""

import asyncio

import pytest
from sqlalchemy import text

from tests.alone import Alone
from tests.approval.conftest import DECIDED, state
from tests.approval.handed_down import clerk, right
from tests.approval.points import GRANTED, an_item, wanted
from tests.approval.timed import at, set_clock
from tests.platform import eventually
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("own_time")


@pytest.mark.parametrize(
    ("terms", "on", "holds"),
    [
        ({"state": "trial", "trial_until": "2026-12-04"}, "2026-12-04", True),
        ({"state": "trial", "trial_until": "2026-12-04"}, "2026-12-05", False),
        ({"state": "active", "ends_on": "2026-12-04"}, "2026-12-03", True),
        ({"state": "active", "ends_on": "2026-12-04"}, "2026-12-04", False),
        ({"state": "widened"}, "2026-12-04", True),
        ({"state": "trial", "trial_until": "2027-01-04", "ends_on": "2026-12-04"}, "2026-12-04", 0),
        ({"state": "offered"}, "2026-12-04", False),
        ({"state": "accepted"}, "2026-12-04", False),
        ({"state": "declined"}, "2026-12-04", False),
        ({"state": "withdrawn"}, "2026-12-04", False),
    ],
)
async def test_a_right_holds_on_its_days(desk: Alone, terms, on, holds):
    item = an_item()
    await desk.hear(right(item, "close", **terms))
    approval, window = await wanted(desk, item), clerk(desk)
    set_clock(desk, at(on))

    seen = await window("GET", f"/approvals/{approval}")
    listed = await window.get("/approvals?limit=100")
    decision = await window("PUT", f"/approvals/{approval}/decision", json=GRANTED)

    assert [seen.status_code, decision.status_code] == [200 if holds else 404] * 2
    assert (str(approval) in {one["id"] for one in listed["items"]}) is bool(holds)


@pytest.mark.parametrize(
    ("limited", "apply", "holds"),
    [
        ([], [], True),
        ([], ["renewal"], True),
        (["renewal"], ["renewal"], True),
        (["renewal", "change"], ["renewal"], True),
        (["renewal"], ["first"], False),
        (["renewal"], ["renewal", "first"], False),
        (["renewal"], [], False),
    ],
)
async def test_a_right_limited_to_situations_covers_only_those(desk: Alone, limited, apply, holds):
    item = an_item()
    await desk.hear(right(item, "close", situations=tuple(limited)))
    approval, window = await wanted(desk, item, situations=tuple(apply)), clerk(desk)

    listed = await window.get("/approvals?limit=100")
    decision = await window("PUT", f"/approvals/{approval}/decision", json=GRANTED)

    assert decision.status_code == (200 if holds else 404)
    assert (str(approval) in {one["id"] for one in listed["items"]}) is holds


async def test_a_right_by_rule_only_lets_nobody_decide_by_hand(desk: Alone):
    item = an_item()
    await desk.hear(right(item, "close", only_by_rule=True))
    approval = await wanted(desk, item)

    answer = await clerk(desk)("PUT", f"/approvals/{approval}/decision", json=GRANTED)

    assert problem(answer) == (409, "only-by-rule")
    assert await state(desk, approval) == "accepted"


async def test_a_right_is_as_catalog_told_it_last_in_whatever_order_we_hear(desk: Alone):
    item = an_item()
    gone = right(item, "close", version=6, state="withdrawn")
    await desk.hear(gone)
    await desk.hear(right(item, "close", version=5))
    approval, window = await wanted(desk, item), clerk(desk)

    answer = await window("PUT", f"/approvals/{approval}/decision", json=GRANTED)
    await desk.hear(right(item, "close", version=7))

    assert problem(answer) == (404, "approval-unknown")
    assert await window.put(f"/approvals/{approval}/decision", GRANTED)


async def test_a_withdrawn_right_leaves_the_approval_to_the_department(desk: Alone):
    item = an_item()
    await desk.hear(right(item), right(item, "close"))
    approval, window = await wanted(desk, item, accepts="department"), clerk(desk)
    await window.put(f"/approvals/{approval}/acceptance")

    await desk.hear(right(item, "close", version=2, state="withdrawn"))
    lost = await window("PUT", f"/approvals/{approval}/decision", json=GRANTED)
    await desk.hear(right(item, version=2, state="withdrawn"))
    gone = await window("GET", f"/approvals/{approval}")
    decided = await desk.officer("market").put(f"/approvals/{approval}/decision", GRANTED)

    assert problem(lost) == (403, "not-handed-down")
    assert problem(gone) == (404, "approval-unknown")
    assert (decided["acceptor"], decided["decided_point"]) == ("window", None)


async def test_a_decision_that_meets_a_withdrawal_waits_for_it_and_is_refused(desk: Alone):
    item = an_item()
    await desk.hear(right(item, "close"))
    approval, window = await wanted(desk, item), clerk(desk)

    async with desk.app.state.sessions.begin() as withdrawing:
        gone = text("UPDATE point_right SET state = 'withdrawn', version = 2 WHERE item = :item")
        await withdrawing.execute(gone, {"item": item})
        path = f"/approvals/{approval}/decision"
        deciding = asyncio.create_task(window("PUT", path, json=GRANTED))
        await eventually(lambda: waiting(desk))
        assert not deciding.done()

    assert problem(await deciding) == (404, "approval-unknown")
    assert await state(desk, approval) == "accepted"


async def waiting(desk: Alone) -> bool:
    locked = "SELECT 1 FROM pg_locks WHERE NOT granted"
    return bool(await desk.rows(locked))


async def test_deciding_and_withdrawing_at_once_is_one_before_the_other(desk: Alone):
    await desk.connect()
    for _ in range(5):
        item = an_item()
        await desk.hear(right(item, "close"))
        approvals = [await wanted(desk, item) for _ in range(6)]

        *answers, _ = await asyncio.gather(
            *(
                clerk(desk, sub=f"qin-{n}")("PUT", f"/approvals/{one}/decision", json=GRANTED)
                for n, one in enumerate(approvals)
            ),
            desk.hear(right(item, "close", version=2, state="withdrawn")),
        )

        assert {one.status_code for one in answers} <= {200, 404}
        for one, answer in zip(approvals, answers, strict=True):
            decided = await state(desk, one) == "granted"
            assert decided is (answer.status_code == 200)
            assert len(await desk.told(DECIDED, approval=one)) == decided


async def test_the_same_key_gets_the_same_answer_after_the_right_is_gone(desk: Alone):
    item = an_item()
    await desk.hear(right(item, "close"))
    approval, window = await wanted(desk, item), clerk(desk)
    path = f"/approvals/{approval}/decision"

    first = await window("PUT", path, key="once", json=GRANTED)
    await desk.hear(right(item, "close", version=2, state="withdrawn"))
    again = await window("PUT", path, key="once", json=GRANTED)
    other = await clerk(desk, "village")("PUT", path, key="once", json=GRANTED)

    assert first.json() == again.json()
    assert problem(other) == (404, "approval-unknown")
    assert len(await desk.told(DECIDED, approval=approval)) == 1
