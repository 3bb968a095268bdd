"""The swift way and the long way of deciding leave the same behind."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.approval.desk import batches
from tests.alone import Alone
from tests.approval.conftest import DECIDED, DIGEST, request

RESULT = {"digest": DIGEST, "valid_until": "2031-11-23"}
REFUSED = {"verdict": "refused", "reason_code": "not-enough"}
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

    async def fetch(self, *_: Any) -> None:
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


async def test_decisions_at_once_share_one_statement_and_one_that_is_not_in_order_stands_alone(
    desk: Alone, monkeypatch
):
    """One brings an issuer's number that is taken: it is refused, the others stand."""
    asked = [request() for _ in range(6)]
    await desk.hear(*asked)
    taken = {"verdict": "granted", "result": RESULT | {"issuer_number": f"N{uuid4()}"}}
    officer = desk.person("officer", "wang", department="market")
    first = await officer("PUT", f"/approvals/{asked[0].approval}/decision", json=taken)
    sent = counted(monkeypatch)

    answers = await asyncio.gather(
        officer("PUT", f"/approvals/{asked[1].approval}/decision", json=taken),
        *(officer("PUT", f"/approvals/{one.approval}/decision", json=REFUSED) for one in asked[2:]),
    )

    assert first.status_code == 200
    assert [answer.status_code for answer in answers] == [409, 200, 200, 200, 200]
    assert sent == [5, 1, 1, 1, 1, 1]
    for one in asked:
        [row] = await desk.rows("SELECT state FROM approval WHERE id = :i", i=one.approval)
        told = await desk.told(DECIDED, approval=one.approval)
        assert len(told) == (row.state != "accepted")


async def test_one_request_sent_many_times_at_once_has_its_effect_once(desk: Alone):
    """Within a batch, too: the key is taken by the first of them."""
    asked = request()
    await desk.hear(asked)
    officer = desk.person("officer", "wang", department="market")
    path, key = f"/approvals/{asked.approval}/decision", {"idempotency-key": "once"}
    answers = await asyncio.gather(
        *(officer("PUT", path, json=REFUSED, headers=key) for _ in range(20))
    )

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(await desk.told(DECIDED, approval=asked.approval)) == 1


async def test_of_many_officers_in_one_batch_one_decides(desk: Alone, monkeypatch):
    """Nothing but the approval's own row tells them apart: a refusal issues no number."""
    asked = request()
    await desk.hear(asked)
    sent = counted(monkeypatch)
    officers = [desk.person("officer", f"wang{n}", department="market") for n in range(20)]
    path = f"/approvals/{asked.approval}/decision"
    answers = await asyncio.gather(*(one("PUT", path, json=REFUSED) for one in officers))

    assert sorted(answer.status_code for answer in answers) == [200] + 19 * [409]
    assert len(await desk.told(DECIDED, approval=asked.approval)) == 1
    assert max(sent) > 1


async def test_who_waits_for_a_lock_holds_up_nobody_else(desk: Alone):
    held, free = request(), request()
    await desk.hear(held, free)
    officer = desk.person("officer", "wang", department="market")
    async with desk.app.state.sessions.begin() as tx:
        await tx.execute(
            text("SELECT 1 FROM approval WHERE id = :i FOR UPDATE"), {"i": held.approval}
        )
        waits = asyncio.ensure_future(
            officer("PUT", f"/approvals/{held.approval}/decision", json=REFUSED)
        )
        answer = await officer("PUT", f"/approvals/{free.approval}/decision", json=REFUSED)
        assert answer.status_code == 200
        assert not waits.done()
    assert (await waits).status_code == 200


def counted(monkeypatch) -> list[int]:
    """How many decisions each statement that writes was sent with."""
    sent: list[int] = []
    values = batches._values

    def count(decided: Any) -> Any:
        sent.append(len(decided))
        return values(decided)

    monkeypatch.setattr(batches, "_values", count)
    return sent


@pytest.mark.parametrize(("statement", "parameters"), [(batches.READ, 5), (batches.WRITE, 31)])
async def test_plans_made_on_empty_tables_look_rows_up_by_their_ids(
    desk: Alone, statement: str, parameters: int
):
    """Such a plan is kept while the tables grow."""
    async with desk.app.state.pool.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE swift AS {statement}")
        nulls = ", ".join(["NULL"] * parameters)
        plan = [row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE swift ({nulls})")]
        await connection.execute("DEALLOCATE swift; RESET plan_cache_mode")

    scans = [line for line in plan if " on approval" in line and "Scan" in line]
    assert len(scans) == 1
    assert "Index Scan using pk_approval" in scans[0]
    assert any(line.strip().startswith("Index Cond: (id = ") for line in plan)


async def test_a_parameter_that_nobody_reads_is_refused_at_this_door_as_well(desk: Alone):
    asked = request()
    await desk.hear(asked)
    officer = desk.person("officer", "wang", department="market")
    path = f"/approvals/{asked.approval}/decision"
    answer = await officer("PUT", f"{path}?try=1", key="tried", json=REFUSED)

    assert answer.status_code == 422
    assert not await desk.told(DECIDED, approval=asked.approval)
