"""A receipt first; then the authority accepts, or says why it does not."""

import asyncio
import re

import pytest

from tests.alone import Alone
from tests.approval.conftest import (
    ACCEPTED,
    DECIDED,
    DIGEST,
    OPENED,
    cancellation,
    decide,
    opened,
    request,
    state,
)
from tests.refusals import problem

RECEIVED = "approval.approval.received"
REFUSED = "approval.approval.refused_acceptance"
NO = {"verdict": "acceptance_refused", "reason_code": "outside-area"}
NOT_OURS = {"verdict": "not_our_matter", "reason_code": "no-licence-needed", "refer_to": "fire"}


async def test_what_is_received_has_a_receipt_before_anybody_accepts(desk: Alone):
    waiting = await opened(desk, accepts="department")
    at_once = await opened(desk)

    [receipt] = await desk.told(RECEIVED, approval=waiting)
    assert re.fullmatch(r"RC\d{8}-[0-9A-F]{13}", receipt["receipt"])
    assert not await desk.told(ACCEPTED, approval=waiting)
    assert not await desk.told(RECEIVED, approval=at_once)
    [accepted] = await desk.told(ACCEPTED, approval=at_once)
    assert accepted["receipt"] != receipt["receipt"]
    assert accepted["by"] == "automatic"
    shown = await desk.officer("market").get(f"/approvals/{waiting}")
    assert (shown["receipt"], shown["accepts"]) == (receipt["receipt"], "department")


async def test_the_department_accepts_in_its_own_name(desk: Alone):
    approval = await opened(desk, accepts="department")

    shown = await desk.officer("market").put(f"/approvals/{approval}/acceptance")

    assert (shown["state"], shown["acceptor"]) == ("accepted", "department")
    [told] = await desk.told(ACCEPTED, approval=approval)
    assert (told["by"], told["receipt"]) == ("department", shown["receipt"])


@pytest.mark.parametrize("said", [NO, NOT_OURS | {"explanation": DIGEST}])
async def test_not_to_accept_is_an_end_with_reasons(desk: Alone, said):
    approval = await opened(desk, accepts="department")
    officer = desk.officer("market")

    shown = await officer.put(f"/approvals/{approval}/acceptance", said)
    again = await officer.put(f"/approvals/{approval}/acceptance", said)

    assert shown == again
    assert (shown["state"], shown["reason_code"]) == (said["verdict"], said["reason_code"])
    [told] = await desk.told(REFUSED, approval=approval)
    assert (told["kind"], told["refer_to"]) == (said["verdict"], said.get("refer_to"))
    assert told["explanation"] == said.get("explanation")
    answers = [
        await officer("PUT", f"/approvals/{approval}/acceptance", json={}),
        await officer("PUT", f"/approvals/{approval}/acceptance", json=said | {"reason_code": "x"}),
        await decide(desk, approval, {"verdict": "granted"}),
    ]
    assert {problem(one) for one in answers} == {(409, "acceptance-was-refused")}
    assert not await desk.told(DECIDED, approval=approval)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"verdict": "acceptance_refused"}, ["/reason_code"]),
        ({"verdict": "not_our_matter", "refer_to": "market"}, ["/reason_code", "/refer_to"]),
        ({"reason_code": "late"}, ["/reason_code"]),
        ({"refer_to": "fire"}, ["/refer_to"]),
        ({"verdict": "perhaps"}, ["/verdict"]),
        (NO | {"explanation": "because"}, ["/explanation"]),
        (NO | {"note": "hello"}, ["/note"]),
    ],
)
async def test_an_answer_that_lacks_something_changes_nothing(desk: Alone, said, where):
    approval = await opened(desk, accepts="department")

    answer = await desk.officer("market")("PUT", f"/approvals/{approval}/acceptance", json=said)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == where
    assert await state(desk, approval) == "opened"
    assert not await desk.told(REFUSED, approval=approval)


async def test_what_was_accepted_is_decided_not_refused_acceptance(desk: Alone):
    approval = await opened(desk)

    answer = await desk.officer("market")("PUT", f"/approvals/{approval}/acceptance", json=NO)

    assert problem(answer) == (409, "already-accepted")


async def test_an_older_reading_accepts_nothing(desk: Alone):
    approval = await opened(desk, accepts="department")
    officer, path = desk.officer("market"), f"/approvals/{approval}/acceptance"

    for said in ({}, NO):
        stale = await officer("PUT", path, json=said, headers={"if-match": '"7"'})
        assert problem(stale) == (412, "stale")
    assert await state(desk, approval) == "opened"
    assert (await officer("PUT", path, json={}, headers={"if-match": '"1"'})).status_code == 200


async def test_accepting_and_refusing_at_once_is_one_of_them(desk: Alone):
    approval = await opened(desk, accepts="department")
    said = [{}, NO] * 8

    answers = await asyncio.gather(
        *(
            desk.officer("market", f"w-{n}")("PUT", f"/approvals/{approval}/acceptance", json=body)
            for n, body in enumerate(said)
        )
    )

    accepted = await desk.told(ACCEPTED, approval=approval)
    refused = await desk.told(REFUSED, approval=approval)
    assert len(accepted) + len(refused) == 1
    assert {one.status_code for one in answers} == {200, 409}


async def test_a_cancellation_after_the_end_changes_nothing(desk: Alone):
    asked = request(accepts="department")
    await desk.hear(asked)
    await desk.officer("market").put(f"/approvals/{asked.approval}/acceptance", NO)

    await desk.hear(cancellation(asked))

    assert await state(desk, asked.approval) == "acceptance_refused"
    assert len(await desk.told(OPENED, approval=asked.approval)) == 1
