"""Every act is done at the time the service was told, and acts under a moved clock say so."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local import clock as stack
from services.chassis import development
from tests.alone import Alone
from tests.approval.chain import acts
from tests.approval.conftest import DECIDED, DIGEST, ISSUED, opened
from tests.approval.test_swift import Closed
from tests.approval.timed import at, set_clock

pytestmark = pytest.mark.usefixtures("own_time")

NOON = at("2027-03-11", 12)


def granted() -> dict[str, Any]:
    result = {"digest": DIGEST, "issuer_number": f"N{uuid4()}"}
    return {"verdict": "granted", "result": result}


async def decided(desk: Alone, approval: UUID, way: str) -> None:
    """The long way is the one that is left where the swift one is out of reach."""
    pool = desk.app.state.pool
    desk.app.state.pool = pool if way == "swift" else Closed()
    try:
        await desk.officer("market").put(f"/approvals/{approval}/decision", granted())
    finally:
        desk.app.state.pool = pool


async def moments(desk: Alone, approval: UUID) -> set[datetime | None]:
    [row] = await desk.rows("SELECT decided_at, issued_at FROM approval WHERE id = :i", i=approval)
    return {row.decided_at, row.issued_at}


@pytest.mark.parametrize("way", ["swift", "long"])
async def test_a_decision_is_made_at_the_time_the_clock_shows(desk: Alone, way: str):
    set_clock(desk, NOON)
    approval = await opened(desk)
    await decided(desk, approval, way)

    assert await moments(desk, approval) == {NOON}
    [told] = await desk.told(DECIDED, approval=approval)
    [issued] = await desk.told(ISSUED, approval=approval)
    [act] = await acts(desk, approval)
    assert datetime.fromisoformat(told["decided_at"]) == NOON
    assert (issued["valid_from"], issued["number"][:10]) == ("2027-03-11", "OV20270311")
    assert datetime.fromisoformat(act["at"]) == NOON


async def test_days_later_the_certificate_is_issued_days_later(desk: Alone):
    set_clock(desk, NOON)
    approval, officer = await opened(desk), desk.officer("market")
    await officer.put(f"/approvals/{approval}/decision", {"verdict": "granted"})
    set_clock(desk, NOON + timedelta(days=9))

    await officer.put(f"/approvals/{approval}/result", granted()["result"])

    assert await moments(desk, approval) == {NOON, NOON + timedelta(days=9)}
    [issued] = await desk.told(ISSUED, approval=approval)
    assert issued["valid_from"] == "2027-03-20"


async def test_a_proposal_is_made_then_too(desk: Alone):
    set_clock(desk, NOON)
    approval = await opened(desk, four_eyes=True)

    await desk.officer("market").put(f"/approvals/{approval}/proposal", {"verdict": "granted"})

    [row] = await desk.rows("SELECT proposed_at FROM proposal WHERE approval = :i", i=approval)
    assert row.proposed_at == NOON


@pytest.mark.parametrize("way", ["swift", "long"])
async def test_an_act_under_a_moved_clock_says_so(desk: Alone, way: str, tmp_path):
    stack.move(tmp_path, timedelta(days=2))
    file = str(stack.file_in(tmp_path))
    desk.app.state.clock = development.clock(file, "http://127.0.0.1:1")
    approval = await opened(desk)

    await decided(desk, approval, way)

    [act] = await acts(desk, approval)
    assert act["clock_ahead_seconds"] == 2 * 24 * 3600
    ready = await desk.client.get("/health/ready")
    assert ready.json()["clock"] == "ahead by 172800 s"


async def test_an_act_in_real_time_says_nothing_of_it(desk: Alone):
    approval = await opened(desk)

    await desk.officer("market").put(f"/approvals/{approval}/decision", granted())

    [act] = await acts(desk, approval)
    assert "clock_ahead_seconds" not in act
    assert "clock" not in (await desk.client.get("/health/ready")).json()
