"""The swift way and the long way of deciding leave the same behind."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.alone import Alone
from tests.approval.conftest import DIGEST, request

RESULT = {"digest": DIGEST, "valid_until": "2031-11-23"}
LEFT_BEHIND = (
    "SELECT state, reason_code, decided_by, decided_at IS NOT NULL, issued_at IS NOT NULL, version "
    "FROM approval WHERE id = :id",
    "SELECT evidence, department, digest, valid_until FROM result WHERE approval = :id",
    "SELECT subject, version, payload FROM outbox WHERE aggregate = :aggregate ORDER BY pos",
    "SELECT status, headers, body FROM idempotency WHERE route LIKE :route",
)
VARYING = {"approval", "application", "holder", "id", "time", "subject", "number", "issuer_number"}
VARYING |= {
    "receipt",
    "verification_code",
    "opened_at",
    "accepted_at",
    "decided_at",
    "issued_at",
    "correlationid",
    "sequence",
}


@pytest.mark.parametrize("verdict", ["granted", "refused"])
async def test_both_ways_leave_the_same_behind(desk: Alone, verdict: str):
    swift = await _decided(desk, verdict)
    pool, desk.app.state.pool = desk.app.state.pool, Closed()
    try:
        long = await _decided(desk, verdict)
    finally:
        desk.app.state.pool = pool

    assert swift == long


class Closed:
    """A pool that is out of reach, as after the database restarted."""

    async def fetchrow(self, *_: Any) -> None:
        raise OSError


async def test_almost_every_decision_goes_the_swift_way(desk: Alone, monkeypatch):
    async def long(*_: Any, **__: Any) -> None:
        raise AssertionError("went the long way")

    monkeypatch.setattr("services.approval.desk.actions.decide", long)

    await _decided(desk, "granted")


async def _decided(desk: Alone, verdict: str) -> list[Any]:
    asked = request()
    await desk.hear(asked)
    body: dict[str, Any] = {"verdict": verdict}
    if verdict == "granted":
        body["result"] = RESULT | {"issuer_number": f"N{asked.approval}"}
    else:
        body["reason_code"] = "not-enough"
    officer = desk.person("officer", "wang", department="market")
    answer = await officer("PUT", f"/approvals/{asked.approval}/decision", json=body)
    assert answer.status_code == 200, answer.text
    wanted = {
        "id": asked.approval,
        "aggregate": f"approval:{asked.approval}",
        "route": f"%{asked.approval}%",
    }
    found = [_plain(answer.json()), answer.headers["etag"]]
    async with desk.app.state.sessions() as session:
        for query in LEFT_BEHIND:
            rows = (await session.execute(text(query), wanted)).all()
            found += [[_plain(value) for value in row] for row in rows]
    return found


def _plain(value: Any) -> Any:
    """Without what differs from one approval to the next."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key not in VARYING}
    return value
