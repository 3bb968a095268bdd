"""An approval opens once and ends once, in whatever order and however often bundle is heard."""

import asyncio
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from services.approval.desk import hearing, reactions
from services.approval.desk.actions import APPROVAL
from services.approval.desk.rules import Accepts, State
from services.chassis.envelope import read
from services.chassis.ticks import utc
from services.contracts import ApprovalRequested
from tests.alone import Alone, letter
from tests.approval.conftest import (
    ACCEPTED,
    DECIDED,
    OPENED,
    cancellation,
    decide,
    opened,
    request,
    state,
)
from tests.refusals import problem

EXAMPLES = Path(__file__).parent.parent / "contracts"
TOLD = "partner.fire.approval.opened"
CANCELLED = "partner.fire.approval.cancelled"


async def test_each_requested_member_opens_one_approval_however_often_it_is_heard(desk: Alone):
    application = request().application
    asked = [request(department, application=application) for department in ("market", "health")]
    asked.append(request("market", application=application, member="second"))
    letters = [letter(one) for one in asked]

    await desk.hear(*letters)
    await desk.hear(*letters)
    await desk.hear_at_once(*letters)

    for one in asked:
        assert len(await desk.told(OPENED, approval=one.approval)) == 1
        assert len(await desk.told(ACCEPTED, approval=one.approval)) == 1
    listed = await desk.officer("market").get(f"/approvals?application={application}")
    assert sorted(one["member"] for one in listed["items"]) == ["licence", "second"]


async def test_the_same_request_under_another_event_id_opens_nothing_more(desk: Alone):
    asked = request()

    await desk.hear_at_once(*(letter(asked) for _ in range(8)))

    assert len(await desk.told(OPENED, approval=asked.approval)) == 1


async def test_of_two_requests_for_one_approval_in_a_batch_the_first_counts(desk: Alone):
    first = request(item_name="first")
    second = first.model_copy(update={"item_name": "second"})

    await desk.hear(first, second)

    assert len(await desk.told(OPENED, approval=first.approval)) == 1
    shown = await desk.officer("market").get(f"/approvals/{first.approval}")
    assert shown["item_name"] == "first"


@pytest.mark.parametrize("example", [one.name for one in EXAMPLES.glob("*approval.requested*")])
async def test_what_opens_is_taken_for_what_is_written(desk: Alone, example: str):
    """Nobody reads it back: what goes on from it must not find another thing in the row later."""
    heard = read(orjson.loads((EXAMPLES / example).read_bytes()), ApprovalRequested)
    async with desk.app.state.sessions.begin() as tx:
        [taken] = await hearing.open_all(tx, [reactions._opened(heard, utc())])
        written = (await tx.execute(select(APPROVAL).where(APPROVAL.c.id == taken.id))).one()

        assert vars(taken) == written._asdict()
        assert {type(one) for one in vars(taken).values()} >= {State, Accepts, dict, list}
        await tx.rollback()


async def test_a_request_brings_the_desk_all_it_must_know(desk: Alone):
    approval = await opened(desk, acr="2", relies_on=("OV1", "OV2"), item_name="核验")

    shown = await desk.officer("market").get(f"/approvals/{approval}")

    assert (shown["acr"], shown["relies_on"], shown["item_name"]) == ("2", ["OV1", "OV2"], "核验")
    assert (shown["state"], shown["issues"]) == ("accepted", "licence")
    assert shown["promise"] == {"value": 5, "unit": "working_day"}
    assert "holder" not in shown, "a desk reads who it is in the dossier, where that is noted"


async def test_a_partner_hears_of_its_own_approvals_and_of_no_others(desk: Alone):
    fire = await opened(desk, "fire")
    market = await opened(desk, "market")

    [told] = await desk.told(TOLD, approval=fire)

    assert (told["department"], told["accepted"], told["issues"]) == ("fire", True, "licence")
    assert not await desk.rows(
        "SELECT 1 FROM outbox WHERE subject LIKE 'partner.%' AND aggregate = :of",
        of=f"approval:{market}",
    )


@pytest.mark.parametrize("reason", ["withdrawn", "stopped"])
async def test_a_cancellation_that_comes_first_leaves_a_mark(desk: Alone, reason: str):
    asked = request("fire")

    await desk.hear(cancellation(asked, reason))
    await desk.hear(asked)

    assert await state(desk, asked.approval) == "cancelled"
    assert not await desk.told(OPENED, approval=asked.approval)
    assert not await desk.told(TOLD, approval=asked.approval), "nobody was asked, nobody is told"
    assert not await desk.told(CANCELLED, approval=asked.approval)


async def test_a_mark_is_no_approval_to_any_reader(desk: Alone):
    asked = request("fire")
    await desk.hear(cancellation(asked))
    officer = desk.officer("fire")

    one = await officer("GET", f"/approvals/{asked.approval}")
    listed = await officer.get(f"/approvals?application={asked.application}")
    decision = await decide(desk, asked.approval, {"verdict": "granted"}, department="fire")

    assert problem(one) == problem(decision) == (404, "approval-unknown")
    assert listed["items"] == []


@pytest.mark.parametrize(
    ("accepts", "reason", "ends"),
    [
        ("department", "stopped", "cancelled"),
        ("department", "withdrawn", "cancelled"),
        ("automatic", "withdrawn", "cancelled"),
        ("automatic", "stopped", "accepted"),
    ],
)
async def test_a_stop_spares_what_is_accepted_and_a_withdrawal_spares_nothing_undecided(
    desk: Alone, accepts: str, reason: str, ends: str
):
    asked = request("fire", accepts=accepts)
    await desk.hear(asked)

    told = letter(cancellation(asked, reason))
    await desk.hear(told)
    await desk.hear(told)

    assert await state(desk, asked.approval) == ends
    heard = await desk.told(CANCELLED, approval=asked.approval)
    assert [one["reason"] for one in heard] == ([reason] if ends == "cancelled" else [])


async def test_a_desk_that_accepted_keeps_its_own_decision_after_a_stop(desk: Alone):
    asked = request(accepts="department")
    await desk.hear(asked)
    await desk.officer("market").put(f"/approvals/{asked.approval}/acceptance")
    await desk.hear(cancellation(asked, "stopped"))

    answer = await decide(desk, asked.approval, {"verdict": "granted"})

    assert answer.status_code == 200
    assert len(await desk.told(DECIDED, approval=asked.approval)) == 1


async def test_a_decision_stands_after_a_cancellation_that_crossed_it(desk: Alone):
    asked = request("fire")
    await desk.hear(asked)
    await decide(desk, asked.approval, {"verdict": "granted"}, department="fire")

    await desk.hear(cancellation(asked))

    assert await state(desk, asked.approval) == "granted"
    assert not await desk.told(CANCELLED, approval=asked.approval)


async def test_request_and_cancellation_at_the_same_moment_end_cancelled(desk: Alone):
    """Whichever transaction is first, the other waits for its row and then finds it."""
    asked = [request("fire") for _ in range(12)]

    await asyncio.gather(
        *(desk.hear(one) for one in asked), *(desk.hear(cancellation(one)) for one in asked)
    )

    for one in asked:
        assert await state(desk, one.approval) == "cancelled"
        opened = await desk.told(TOLD, approval=one.approval)
        ended = await desk.told(CANCELLED, approval=one.approval)
        assert len(opened) == len(ended), "a partner that was told to begin is told to end"


async def test_a_decision_and_a_withdrawal_at_the_same_moment_have_one_outcome(desk: Alone):
    asked = [request() for _ in range(8)]
    await desk.hear(*asked)

    answers = await asyncio.gather(
        *(decide(desk, one.approval, {"verdict": "granted"}) for one in asked),
        *(desk.hear(cancellation(one)) for one in asked),
    )

    for one, answer in zip(asked, answers, strict=False):
        ends = await state(desk, one.approval)
        told = await desk.told(DECIDED, approval=one.approval)
        assert (answer.status_code, ends, len(told)) in [(200, "granted", 1), (409, "cancelled", 0)]
