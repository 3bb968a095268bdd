"""Decided, issued, delivered: the third act is written down once, whoever says so first."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.approval.audit.rules import digest_of
from services.contracts import DelegationChanged, ResultOpened
from tests.alone import Alone, letter
from tests.approval.chain import acts
from tests.approval.conftest import decide, opened, request, result
from tests.approval.ends import end
from tests.approval.handed_down import POINT, clerk, right
from tests.refusals import problem

DELIVERED = "approval.approval.delivered"
POST = {"way": "post", "evidence": "EMS-1234567890123"}
WINDOW = {"way": "window", "evidence": "送达回证〔2026〕17 号"}
GRANT: dict[str, Any] = {"verdict": "granted"}
REFUSE = {"verdict": "refused", "reason_code": "not-enough"}


async def deliver(desk: Alone, approval: Any, body: Any = POST, **more: Any):
    officer = desk.officer(more.pop("department", "market"), more.pop("sub", "wang"))
    return await officer("PUT", f"/approvals/{approval}/delivery", json=body, **more)


async def issued(desk: Alone, **more: Any) -> UUID:
    asked = request(**more)
    await desk.hear(asked)
    body = GRANT | {"result": result(f"N-{asked.approval}")}
    done = await decide(desk, asked.approval, body, department=asked.department)
    assert done.status_code == 200
    return asked.approval


async def number_of(desk: Alone, approval: UUID) -> str:
    [row] = await desk.rows("SELECT number FROM result WHERE approval = :id", id=approval)
    return str(row.number)


async def opening(desk: Alone, approval: UUID, at: datetime | None = None) -> ResultOpened:
    number = await number_of(desk, approval)
    return ResultOpened(
        number=number,
        approval=approval,
        application=uuid4(),
        opened_at=at or datetime.now(UTC),
    )


async def test_a_delivery_is_told_entered_and_shown(desk: Alone):
    approval = await issued(desk)

    answer = await deliver(desk, approval)

    assert (answer.status_code, answer.json()["by"]) == (200, "authority")
    [told] = await desk.told(DELIVERED, approval=approval)
    assert (told["way"], told["by"], told["result"]) == (
        "post",
        "authority",
        await number_of(desk, approval),
    )
    assert told["decided_at"] <= told["issued_at"] <= told["delivered_at"]
    assert "evidence" not in told
    act = (await acts(desk, approval))[-1]
    assert (act["act"], act["actor"]) == ("delivered", "wang")
    assert act["evidence_digest"] == digest_of(approval, POST["evidence"])
    assert POST["evidence"] not in str(act), "the number of a mailing leads to whom it went to"
    market = desk.officer("market")
    assert (await market.get(f"/approvals/{approval}"))["delivered_at"] is not None
    assert (await market.get(f"/approvals/{approval}/delivery"))["said_by"] == "wang"


async def test_the_day_on_which_it_arrived_may_be_said_afterwards(desk: Alone):
    approval = await issued(desk)
    [row] = await desk.rows("SELECT issued_at FROM approval WHERE id = :id", id=approval)
    early, late = row.issued_at - timedelta(seconds=1), datetime.now(UTC) + timedelta(hours=1)

    for wrong in (early, late):
        answer = await deliver(desk, approval, POST | {"delivered_at": wrong.isoformat()})
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/delivered_at"]
    answer = await deliver(desk, approval, POST | {"delivered_at": row.issued_at.isoformat()})

    assert datetime.fromisoformat(answer.json()["delivered_at"]) == row.issued_at


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"way": "post"}, ["/evidence"]),
        (POST | {"evidence": ""}, ["/evidence"]),
        (POST | {"evidence": "a\x00b"}, ["/evidence"]),
        (POST | {"way": "pigeon"}, ["/way"]),
        (POST | {"delivered_at": "2026-11-24T10:00:00"}, ["/delivered_at"]),
        (POST | {"note": "x"}, ["/note"]),
    ],
)
async def test_a_delivery_that_lacks_something_is_none(desk: Alone, body, where):
    approval = await issued(desk)

    answer = await deliver(desk, approval, body)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == where
    assert await desk.told(DELIVERED, approval=approval) == []


async def test_it_is_decided_and_issued_first(desk: Alone):
    waiting, granted = await opened(desk), await opened(desk)
    await decide(desk, granted, GRANT)

    assert problem(await deliver(desk, waiting)) == (409, "not-decided")
    assert problem(await deliver(desk, granted)) == (409, "nothing-to-deliver")
    await desk.officer("market").put(f"/approvals/{granted}/result", result(f"L-{granted}"))
    assert (await deliver(desk, granted)).status_code == 200


async def test_a_refusal_and_a_grant_that_issues_nothing_are_delivered_themselves(desk: Alone):
    refused, plain = await opened(desk), await opened(desk, issues=None)
    unaccepted = await opened(desk, accepts="department")
    await decide(desk, refused, REFUSE)
    await decide(desk, plain, GRANT)
    no = {"verdict": "acceptance_refused", "reason_code": "outside-area"}
    await desk.officer("market").put(f"/approvals/{unaccepted}/acceptance", no)

    for approval in (refused, plain, unaccepted):
        assert (await deliver(desk, approval)).status_code == 200
        [told] = await desk.told(DELIVERED, approval=approval)
        assert told["result"] is None


async def test_what_has_ended_is_not_delivered(desk: Alone):
    approval = await issued(desk)
    await end(desk, await number_of(desk, approval))

    assert problem(await deliver(desk, approval)) == (409, "delivers-no-longer")
    await desk.hear(await opening(desk, approval))
    assert await desk.told(DELIVERED, approval=approval) == []


async def test_opened_before_it_ended_it_was_delivered_whenever_that_is_heard(desk: Alone):
    approval = await issued(desk)
    said = await opening(desk, approval)
    await end(desk, await number_of(desk, approval))

    await desk.hear(said)

    [told] = await desk.told(DELIVERED, approval=approval)
    assert datetime.fromisoformat(told["delivered_at"]) == said.opened_at


async def test_it_is_delivered_once(desk: Alone):
    approval = await issued(desk)
    key = {"idempotency-key": str(uuid4())}

    first = await deliver(desk, approval, headers=key)
    again = await deliver(desk, approval, headers=key)
    other = await deliver(desk, approval, WINDOW)

    assert first.json() == again.json()
    assert problem(other) == (409, "already-delivered")
    assert other.json()["delivered_at"] is not None
    assert len(await desk.told(DELIVERED, approval=approval)) == 1


async def test_its_holder_delivers_it_by_opening_it_once(desk: Alone):
    approval = await issued(desk)
    said = letter(await opening(desk, approval))

    await desk.hear(said)
    await desk.hear(said)
    await desk.hear(await opening(desk, approval))

    [told] = await desk.told(DELIVERED, approval=approval)
    assert (told["way"], told["by"]) == ("electronic", "holder")
    assert (await acts(desk, approval))[-1]["actor"] == "holder"


async def test_another_number_or_an_unknown_approval_delivers_nothing(desk: Alone):
    approval = await issued(desk)
    said = await opening(desk, approval)

    await desk.hear(said.model_copy(update={"number": "OV20260101-0000000000000"}))
    await desk.hear(said.model_copy(update={"approval": uuid4()}))

    assert await desk.told(DELIVERED, approval=approval) == []


async def test_window_post_and_holder_at_once_deliver_once(desk: Alone):
    await desk.connect()
    for _ in range(5):
        approval = await issued(desk)
        said = [await opening(desk, approval) for _ in range(3)]

        answers = await asyncio.gather(
            *(deliver(desk, approval, body) for body in (POST, WINDOW, POST)),
            desk.hear_at_once(*said),
        )

        assert sum(one.status_code == 200 for one in answers[:3]) <= 1
        assert len(await desk.told(DELIVERED, approval=approval)) == 1
        assert [one["act"] for one in await acts(desk, approval)] == ["decided", "delivered"]
        rows = await desk.rows("SELECT 1 FROM delivery WHERE approval = :id", id=approval)
        assert len(rows) == 1


async def test_an_older_version_delivers_nothing(desk: Alone):
    approval = await issued(desk)

    stale = await deliver(desk, approval, headers={"if-match": '"1"'})

    assert stale.status_code == 412
    assert (await deliver(desk, approval, headers={"if-match": '"2"'})).status_code == 200


async def test_another_department_delivers_nothing_and_reads_nothing(desk: Alone):
    approval = await issued(desk)
    await deliver(desk, approval)

    for one in (approval, uuid4()):
        said = await deliver(desk, one, department="health")
        read = await desk.officer("health")("GET", f"/approvals/{one}/delivery")
        assert problem(said) == problem(read) == (404, "approval-unknown")


# --- the window -----------------------------------------------------------------------------------


@pytest.fixture
async def entitled(desk: Alone) -> AsyncIterator[DelegationChanged]:
    """The township may accept the item."""
    given = right("hall-item")
    await desk.hear(given)
    yield given
    await desk.rows("DELETE FROM point_right")


async def at_window(desk: Alone, approval: Any, body: Any = WINDOW, point: str | None = POINT):
    person = clerk(desk, point)
    return await person("PUT", f"/approvals/{approval}/delivery", json=body)


async def test_a_window_that_may_accept_the_item_hands_it_over(desk: Alone, entitled):
    approval = await issued(desk, item="hall-item", point=POINT)

    answer = await at_window(desk, approval)

    assert (answer.status_code, answer.json()["by"]) == (200, "window")
    [told] = await desk.told(DELIVERED, approval=approval)
    assert (told["by"], told["way"]) == ("window", "window")
    assert (await acts(desk, approval))[-1]["point"] == POINT


async def test_any_other_window_finds_nothing(desk: Alone, entitled):
    approval = await issued(desk, item="hall-item", point=POINT)
    foreign = await issued(desk, item="hall-item")

    elsewhere = await at_window(desk, approval, point="park")
    not_here = await at_window(desk, foreign)
    await desk.hear(right("hall-item", version=2, ends_on=date(2020, 1, 1)))
    over = await at_window(desk, approval)

    assert problem(elsewhere) == problem(not_here) == problem(over) == (404, "approval-unknown")
    assert problem(await at_window(desk, approval, point=None)) == (404, "approval-unknown")


async def test_a_window_speaks_of_its_own_counter_only(desk: Alone, entitled):
    approval = await issued(desk, item="hall-item", point=POINT)

    answer = await at_window(desk, approval, POST)

    assert [one["pointer"] for one in answer.json()["errors"]] == ["/way"]
