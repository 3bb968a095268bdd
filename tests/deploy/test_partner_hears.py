"""What a partner's own account hears of decisions that its own system did not make."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import nats
import pytest

import services.approval.main
from services.approval.main import ApprovalSettings
from services.chassis import envelope
from services.contracts import Duration
from tests.alone import Alone, alone, databases
from tests.approval.conftest import SIGNING_KEYS, decide, request, result
from tests.approval.supervising import number_of
from tests.approval.test_instant import instantly
from tests.deploy.conftest import Hub
from tests.platform import eventually

END = {"kind": "withdrawn_by_authority", "reason_codes": ["law-changed"], "legal_basis": "第八条"}


@pytest.fixture
async def desk(hub: Hub, postgres, templates, signer) -> AsyncIterator[Alone]:
    """Approval with its own login, its ticks and its relay; fire and health are partners."""
    async with AsyncExitStack() as stack:
        fresh = await stack.enter_async_context(databases(postgres))
        settings = ApprovalSettings(
            database_url=await fresh("approval"),
            nats_url=hub.url("approval"),
            oidc_issuer=signer.issuer,
            signing_keys=SIGNING_KEYS,
            log_level="CRITICAL",
            partners="fire,health",
        )
        app = services.approval.main.make(settings)
        made = await stack.enter_async_context(alone(app, signer))
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield made


class System:
    """The department's own system: it pulls from its durable consumer, and acknowledges."""

    def __init__(self, connection: nats.NATS) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []

    async def hears(self, kind: str, approval: UUID) -> dict[str, Any]:
        stream = self.connection.jetstream(prefix="partner.API")
        bound = await stream.pull_subscribe_bind("fire", "PARTNER_fire")

        async def told() -> Any:
            await self._pull(bound)
            return self.about(kind, approval)

        await eventually(told)
        [one] = self.about(kind, approval)
        return one

    def about(self, kind: str, approval: UUID) -> list[dict[str, Any]]:
        wanted = [one["data"] for one in self.heard if one.get("type") == f"partner.{kind}"]
        return [data for data in wanted if data.get("approval") == str(approval)]

    async def _pull(self, bound: Any) -> None:
        try:
            messages = await bound.fetch(20, timeout=0.3)
        except nats.errors.TimeoutError:
            return
        for one in messages:
            if one.data.startswith(b"{"):  # other tests write here, too: not always events
                self.heard.append(json.loads(one.data))
            await one.ack_sync(timeout=3)


@pytest.fixture
async def fire(hub: Hub) -> AsyncIterator[System]:
    connection = await nats.connect(hub.url("fire"))
    yield System(connection)
    await connection.close()


async def opened(hub: Hub, desk: Alone, asked: Any) -> UUID:
    bundle = await hub.connect("bundle")
    sealed = envelope.seal(asked, 1, "")
    await bundle.jetstream().publish(sealed.subject, sealed.payload.encode())
    await bundle.close()

    async def there() -> Any:
        return await desk.rows("SELECT 1 FROM approval WHERE id = :id", id=asked.approval)

    await eventually(there)
    return UUID(str(asked.approval))


def later(desk: Alone, days: int) -> None:
    desk.app.state.clock = lambda: datetime.now(UTC) + timedelta(days=days)


async def test_a_deemed_acceptance_and_a_deemed_consent_are_heard_once(hub, desk, fire: System):
    silent = await opened(hub, desk, request("fire", accepts="department"))
    limits = {"legal": Duration(value=5), "deemed_consent": True}
    consented = await opened(hub, desk, request("fire", **limits))

    later(desk, 40)

    accepted = await fire.hears("approval.accepted", silent)
    decided = await fire.hears("approval.decided", consented)
    assert (accepted["by"], accepted["department"]) == ("law", "fire")
    assert (decided["by"], decided["verdict"], decided["issued"]) == ("law", "granted", False)
    assert decided["reason_code"] == "deemed-consent"
    [row] = await desk.rows("SELECT * FROM approval WHERE id = :id", id=consented)
    assert (row.state, row.decided_by) == ("granted", "law")
    late = await decide(desk, consented, {"verdict": "granted"}, department="fire")
    assert late.status_code == 409
    issue = await desk.officer("fire")("PUT", f"/approvals/{consented}/result", json=result("L-1"))
    assert issue.status_code == 200, "its certificate is still the desk's to issue"
    assert len(fire.about("approval.decided", consented)) == 1


async def test_what_a_rule_grants_and_what_people_decide_is_heard(hub, desk, fire: System):
    by_rule = await opened(hub, desk, instantly(department="fire"))
    by_hand = await opened(hub, desk, request("fire"))
    no = {"verdict": "refused", "reason_code": "not-enough"}
    assert (await decide(desk, by_hand, no, department="fire")).status_code == 200

    rule = await fire.hears("approval.decided", by_rule)
    hand = await fire.hears("approval.decided", by_hand)

    assert (rule["by"], rule["verdict"], rule["issued"]) == ("rule", "granted", True)
    assert (hand["by"], hand["verdict"], hand["reason_code"]) == ("desk", "refused", "not-enough")


async def test_what_it_said_itself_it_is_not_told_again(hub, desk, fire: System):
    approval = await opened(hub, desk, request("fire"))
    said = {"approval": str(approval), "verdict": "granted"}
    document = {"specversion": "1.0", "id": f"own-{approval}", "type": "in.decision"}
    document |= {"source": "/theirs", "data": said}
    await fire.connection.request("in.decision", json.dumps(document).encode(), timeout=3)

    await fire.hears("answer.accepted", approval)

    assert fire.about("approval.decided", approval) == []


async def test_an_ending_is_heard_by_who_relied_on_the_result(hub, desk, fire: System):
    first = await opened(hub, desk, request("market"))
    await decide(desk, first, {"verdict": "granted", "result": result(f"M-{first}")})
    number = await number_of(desk, first)
    relying = await opened(hub, desk, request("fire", relies_on=[number]))
    other = await opened(hub, desk, request("fire"))

    ended = await desk.officer("market")("POST", f"/results/{number}/endings", json=END)
    assert ended.status_code == 201, ended.text

    flagged = await fire.hears("approval.flagged", relying)
    assert (flagged["result"], flagged["granted"]) == (number, False)
    assert flagged["kind"] == "withdrawn_by_authority"
    assert fire.about("approval.flagged", other) == []
