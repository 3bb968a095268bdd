"""Desks for a module's tests: bundle's requests are told by hand, officers come over HTTP."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

import services.approval.main
from services.approval.main import ApprovalSettings
from services.contracts import ApprovalCancelled, ApprovalRequested, Duration
from tests.alone import NOBODY, Alone, alone, databases
from tests.approval.timed import at, set_clock
from tests.platform import KEY

OPENED = "approval.approval.opened"
ACCEPTED = "approval.approval.accepted"
DECIDED = "approval.approval.decided"
ISSUED = "approval.result.issued"
DIGEST = "sha256:" + "0" * 64
GRANT: dict[str, Any] = {"verdict": "granted"}
REFUSE = {"verdict": "refused", "reason_code": "not-enough"}
SIGNING_KEYS = f"k1:{KEY}"


@pytest.fixture(scope="module")
async def desk(postgres, templates, signer) -> AsyncIterator[Alone]:
    """Fire is a partner, market and health are not."""
    async with databases(postgres) as fresh:
        settings = ApprovalSettings(
            database_url=await fresh("approval"),
            nats_url=NOBODY,
            oidc_issuer=signer.issuer,
            signing_keys=SIGNING_KEYS,
            log_level="CRITICAL",
            partners="fire",
        )
        async with alone(services.approval.main.make(settings), signer) as made:
            yield made


@pytest.fixture
def own_time(desk: Alone) -> Iterator[None]:
    """Whatever a test does to time is undone."""
    before = desk.app.state.clock
    yield
    desk.app.state.clock = before


@pytest.fixture
async def monday(desk: Alone, own_time: None) -> AsyncIterator[None]:
    """Five working days from here end with Monday the 9th; yellow comes as that day begins."""
    set_clock(desk, at("2026-11-02"))
    yield
    for table in ("alarm", "card_rise", "card_appeal", "card"):
        await desk.rows(f"DELETE FROM {table}")


def request(department: str = "market", **more: Any) -> ApprovalRequested:
    """A request for a new approval, accepted automatically, that issues a certificate."""
    wanted: dict[str, Any] = {
        "approval": uuid4(),
        "application": uuid4(),
        "bundle": "shop",
        "member": "licence",
        "item": "licence-check",
        "item_version": 1,
        "department": department,
        "region": "430700",
        "promise": Duration(value=5),
        "issues": "licence",
        "holder": uuid4(),
    }
    return ApprovalRequested(**wanted | more)


def cancellation(asked: ApprovalRequested, reason: str = "withdrawn") -> ApprovalCancelled:
    return ApprovalCancelled(
        approval=asked.approval,
        application=asked.application,
        member=asked.member,
        department=asked.department,
        reason=reason,
    )


async def opened(desk: Alone, department: str = "market", **more: Any) -> UUID:
    asked = request(department, **more)
    await desk.hear(asked)
    return asked.approval


async def state(desk: Alone, approval: UUID) -> str:
    [row] = await desk.rows("SELECT state FROM approval WHERE id = :id", id=approval)
    return str(row.state)


def result(number: str, **more: Any) -> dict[str, Any]:
    return {"digest": DIGEST, "issuer_number": number} | more


async def decide(desk: Alone, approval: UUID, body: dict[str, Any], **more: Any) -> httpx.Response:
    officer = desk.officer(more.pop("department", "market"), more.pop("sub", "wang"))
    return await officer("PUT", f"/approvals/{approval}/decision", json=body, **more)
