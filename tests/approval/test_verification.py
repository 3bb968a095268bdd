"""Anybody verifies a certificate by number and code, and learns nothing else."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.approval.desk.rules.codes import code
from tests.alone import Alone
from tests.approval.conftest import DIGEST, ISSUED, request


async def issued(desk: Alone, **more: Any) -> Any:
    asked = request()
    await desk.hear(asked)
    result = {"digest": DIGEST, "issuer_number": f"秘密{uuid4()}"} | more
    body = {"verdict": "granted", "result": result}
    await desk.officer("market").put(f"/approvals/{asked.approval}/decision", body)
    [event] = await desk.told(ISSUED, approval=asked.approval)
    return event


async def verified(desk: Alone, number: str, given: str) -> Any:
    return await desk.client.get(f"/results/{number}/verification", params={"code": given})


async def test_number_and_code_tell_that_it_is_genuine(desk: Alone):
    result = await issued(desk, valid_until="2031-11-23")

    answer = await verified(desk, result["number"], code(result["number"], DIGEST))

    assert answer.status_code == 200
    assert answer.json() == {
        "number": result["number"],
        "evidence": "licence",
        "department": "market",
        "region": "430700",
        "standing": "valid",
        "replaced_as": None,
        "valid_from": result["valid_from"],
        "valid_until": "2031-11-23",
        "digest": DIGEST,
    }
    assert "秘密" not in answer.text, "the issuer's number may be a person's"


async def test_a_code_may_be_typed_as_people_type(desk: Alone):
    result = await issued(desk)
    right = code(result["number"], DIGEST)
    typed = f" {right[:4].lower()}-{right[4:8]} {right[8:]} "

    assert (await verified(desk, result["number"], typed)).status_code == 200


async def test_a_wrong_code_and_a_wrong_number_look_the_same(desk: Alone):
    result = await issued(desk)
    right = code(result["number"], DIGEST)

    other = await verified(desk, "OV20261124-0000000000000", right)
    wrong = await verified(desk, result["number"], "A" * 12)

    assert (other.status_code, wrong.status_code) == (404, 404)
    ours = ("trace_id", "instance")
    told = [{k: v for k, v in one.json().items() if k not in ours} for one in (other, wrong)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("today", "standing"),
    [("2026-01-01", "not-yet"), ("2027-01-01", "valid"), ("2028-12-31", "valid")]
    + [("2029-01-01", "expired")],
)
async def test_it_says_whether_it_is_in_force(desk: Alone, today: str, standing: str):
    result = await issued(desk, valid_from="2027-01-01", valid_until="2028-12-31")
    clock = desk.app.state.clock
    desk.app.state.clock = lambda: datetime.fromisoformat(f"{today}T04:00:00").replace(tzinfo=UTC)
    try:
        answer = await verified(desk, result["number"], code(result["number"], DIGEST))
    finally:
        desk.app.state.clock = clock

    assert answer.json()["standing"] == standing
