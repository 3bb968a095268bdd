"""A result ends once, on grounds of its kind, and reaches exactly what relied on it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.approval.verification.rules import standing
from tests.alone import Alone
from tests.approval.chain import acts
from tests.approval.conftest import DIGEST, ISSUED, request, state
from tests.approval.ends import WITHDRAWN, end
from tests.approval.supervising import (
    VERIFY,
    duties,
    granted,
    item,
    look_at_grants,
    new_item,
    number_of,
    supervised,
)
from tests.approval.test_instant import instantly
from tests.refusals import problem

ENDED = "approval.result.ended"
FLAGGED = "approval.approval.flagged"
LAW = "《行政许可法》第六十九条"
REVOKED = {"kind": "revoked", "reason_codes": ["false-commitment"], "legal_basis": LAW}
STRUCK_OFF = {"kind": "deregistered", "reason_codes": ["ended-before"], "legal_basis": "第七十条"}


async def hear_holder(desk: Alone, number: str, outcome: str = "held") -> None:
    said = {"outcome": outcome, "evidence": "听证笔录第 7 号"}
    await desk.officer("market").put(f"/results/{number}/hearing", said)


async def flags(desk: Alone) -> set[tuple[UUID, str]]:
    rows = await desk.rows("SELECT approval, result FROM flag")
    return {(row.approval, row.result) for row in rows}


@pytest.fixture
async def number(desk: Alone) -> str:
    return await number_of(desk, await granted(desk, new_item()))


async def test_an_ended_result_is_told_entered_and_no_longer_stands(desk: Alone):
    approval = await supervised(desk, VERIFY)
    number = await number_of(desk, approval)

    assert (await end(desk, number)).status_code == 201

    [told] = await desk.told(ENDED, number=number)
    assert (told["kind"], told["reason_codes"]) == ("withdrawn_by_authority", ["law-changed"])
    assert (await acts(desk, approval))[-1]["ending"] == "withdrawn_by_authority"
    shown = await desk.officer("market").get(f"/results/{number}")
    assert shown["ended_as"] == "withdrawn_by_authority"
    [event] = await desk.told(ISSUED, number=number)
    given = {"code": event["verification_code"]}
    answer = await desk.client.get(f"/results/{number}/verification", params=given)
    assert answer.json()["standing"] == "ended"
    assert [one.state for one in await duties(desk, approval)] == ["closed"]


async def test_a_result_that_ended_before_its_duties_opened_has_none(desk: Alone):
    code = new_item()
    approval = await granted(desk, code)
    await look_at_grants(desk)
    assert (await end(desk, await number_of(desk, approval))).status_code == 201

    await desk.hear(item(code, VERIFY))
    await look_at_grants(desk)

    assert await duties(desk, approval) == []


def test_ended_is_ended_whatever_the_dates_say():
    from datetime import date

    assert standing(date(2027, 1, 1), None, date(2026, 1, 1), True) == "ended"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"kind": "revoked"}, ["/reason_codes", "/legal_basis"]),
        (REVOKED | {"reason_codes": []}, ["/reason_codes"]),
        (REVOKED | {"legal_basis": "  "}, ["/legal_basis"]),
        (REVOKED | {"reason_codes": ["false-commitment", "law-changed"]}, ["/reason_codes/1"]),
        (REVOKED | {"kind": "burnt"}, ["/kind"]),
    ],
)
async def test_an_ending_without_its_grounds_is_refused(
    desk: Alone, number: str, body: Any, pointers: list[str]
):
    answer = await end(desk, number, body)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers
    assert not await desk.told(ENDED, number=number)


async def test_an_unknown_result_and_anothers_look_the_same(desk: Alone, number: str):
    foreign = await end(desk, number, department="fire")
    unknown = await end(desk, "OV20261124-0000000000000")
    read = await desk.officer("fire")("GET", f"/results/{number}/endings")

    assert problem(foreign) == problem(unknown) == problem(read) == (404, "result-unknown")


async def test_whoever_entrusted_the_power_may_end_what_was_issued_in_its_name(desk: Alone):
    approval = await granted(desk, new_item(), power_source="entrusted", entrusted_by="province")
    number = await number_of(desk, approval)

    assert (await end(desk, number, department="province")).status_code == 201

    assert (await acts(desk, approval))[-1]["authority"] == "province"


@pytest.mark.parametrize("outcome", ["held", "waived", "not_asked"])
async def test_a_revocation_waits_for_the_hearing_or_its_waiver(
    desk: Alone, number: str, outcome: str
):
    assert problem(await end(desk, number, REVOKED)) == (409, "hearing-missing")

    await hear_holder(desk, number, outcome)

    assert (await end(desk, number, REVOKED)).status_code == 201
    late = {"outcome": "held", "evidence": "x"}
    answer = await desk.officer("market")("PUT", f"/results/{number}/hearing", json=late)
    assert problem(answer) == (409, "already-ended")


async def test_of_endings_at_once_one_happens(desk: Alone, number: str):
    await hear_holder(desk, number)

    answers = await asyncio.gather(
        *(end(desk, number, body) for body in (WITHDRAWN, REVOKED) for _ in range(3))
    )

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409, 409]
    assert len(await desk.told(ENDED, number=number)) == 1


async def test_the_same_request_again_is_the_same_ending(desk: Alone, number: str):
    first, again = await end(desk, number, key="k-1"), await end(desk, number, key="k-1")

    assert first.json() == again.json()


async def test_what_has_ended_is_struck_off_the_register_once(desk: Alone, number: str):
    await end(desk, number)

    assert (await end(desk, number, STRUCK_OFF)).status_code == 201
    assert problem(await end(desk, number, STRUCK_OFF)) == (409, "already-ended")
    listed = await desk.officer("market").get(f"/results/{number}/endings")
    assert [one["kind"] for one in listed] == ["withdrawn_by_authority", "deregistered"]


@pytest.mark.parametrize(
    ("reason", "excluded"), [("false-commitment", True), ("abuse-of-power", False)]
)
async def test_only_the_holders_own_doing_is_held_against_them(
    desk: Alone, reason: str, excluded: bool
):
    holder = uuid4()
    number = await number_of(desk, await granted(desk, new_item(), holder=holder))
    await hear_holder(desk, number)

    assert (await end(desk, number, REVOKED | {"reason_codes": [reason]})).status_code == 201

    asked = instantly(holder=holder)
    await desk.hear(asked)
    assert (await state(desk, asked.approval) == "granted") is not excluded


async def test_a_granted_dependent_is_looked_at_again_by_its_regulator(desk: Alone, number: str):
    code = new_item()
    await desk.hear(item(code))
    relying = await granted(desk, code, relies_on=(number,))
    await look_at_grants(desk)

    await end(desk, number)

    [review] = await duties(desk, relying)
    assert (review.kind, review.ref, review.regulator) == ("review", number, "enforcement")
    shown = await desk.officer("market").get(f"/approvals/{relying}")
    assert [one["result"] for one in shown["flags"]] == [number]
    assert shown["state"] == "granted"
    listed = await desk.officer("market").get(f"/approvals?application={shown['application']}")
    assert listed["items"][0]["flags"] == shown["flags"]


async def test_an_open_dependent_is_flagged_and_an_older_reading_cannot_decide_it(
    desk: Alone, number: str
):
    asked = request(relies_on=(number,))
    await desk.hear(asked)

    await end(desk, number)

    [told] = await desk.told(FLAGGED, approval=asked.approval)
    assert (told["granted"], told["result"]) == (False, number)
    body = {"verdict": "granted", "result": {"digest": DIGEST, "issuer_number": str(uuid4())}}
    stale = await desk.officer("market")(
        "PUT", f"/approvals/{asked.approval}/decision", json=body, headers={"if-match": '"1"'}
    )
    assert stale.status_code == 412
    assert await duties(desk, asked.approval) == []


async def test_what_opens_on_an_ended_result_is_flagged_and_left_to_people(
    desk: Alone, number: str
):
    await end(desk, number)
    asked = instantly(relies_on=(number,))

    await desk.hear(asked)

    assert (asked.approval, number) in await flags(desk)
    assert await state(desk, asked.approval) == "accepted"


async def test_what_opens_on_two_ended_results_is_flagged_for_each(desk: Alone):
    numbers = [await number_of(desk, await granted(desk, new_item())) for _ in range(2)]
    for one in numbers:
        await end(desk, one)
    asked = request(relies_on=tuple(numbers))

    await desk.hear(asked)

    told = await desk.told(FLAGGED, approval=asked.approval)
    assert sorted(one["result"] for one in told) == sorted(numbers)


async def test_an_approval_that_opens_as_its_result_ends_is_flagged_once(desk: Alone):
    for _ in range(8):
        number = await number_of(desk, await granted(desk, new_item()))
        asked = [request(relies_on=(number,)) for _ in range(3)]

        await asyncio.gather(end(desk, number), desk.hear_at_once(*asked))

        for one in asked:
            assert (one.approval, number) in await flags(desk)
            assert len(await desk.told(FLAGGED, approval=one.approval)) == 1


edges = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)
fates = st.lists(st.sampled_from(["granted", "open", "refused"]), min_size=6, max_size=6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edges, fates, st.integers(0, 5))
async def test_in_any_graph_exactly_the_dependents_are_flagged(
    desk: Alone, edges: set[tuple[int, int]], fates: list[str], ends: int
):
    """Node `a` relied on `b` for every edge with a > b; some are granted, open or refused."""
    numbers: list[str] = []
    nodes: list[UUID] = []
    for place, fate in enumerate(fates):
        relied = tuple(numbers[b] for a, b in sorted(edges) if a == place and b < a)
        nodes.append(await node(desk, fate if place != ends else "granted", relied))
        known = await desk.told(ISSUED, approval=nodes[-1])
        numbers.append(known[0]["number"] if known else f"OV-none-{uuid4()}")
    before = await desk.rows("SELECT id, state FROM approval ORDER BY id")

    await end(desk, numbers[ends])

    flagged = {one for one, number in await flags(desk) if number == numbers[ends]}
    assert flagged == {
        nodes[a] for a, b in edges if b == ends and a > b and fates[a] in ("granted", "open")
    }
    reviewed = [one for one in nodes if await duties(desk, one)]
    assert set(reviewed) == {
        nodes[a] for a, b in edges if b == ends and a > b and fates[a] == "granted"
    }
    assert await desk.rows("SELECT id, state FROM approval ORDER BY id") == before


async def node(desk: Alone, fate: str, relied: tuple[str, ...]) -> UUID:
    if fate == "granted":
        return await granted(desk, new_item(), relies_on=relied)
    asked = request(relies_on=relied)
    await desk.hear(asked)
    if fate == "refused":
        body = {"verdict": "refused", "reason_code": "no"}
        await desk.officer("market").put(f"/approvals/{asked.approval}/decision", body)
    return asked.approval
