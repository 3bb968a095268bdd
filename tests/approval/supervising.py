"""Items with supervision plans, told by hand, and grants that open duties."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.approval.audit.actions import sequence
from services.approval.supervision import reactions as supervision
from services.approval.supervision.opening import look
from services.chassis import ticks
from services.contracts import DepartmentChanged, DutyPlan, ItemPublished, ItemRecord
from tests.alone import Alone
from tests.approval.conftest import DIGEST, ISSUED, request
from tests.platform import Person

VERIFY = {"kind": "verify_commitment", "within": {"value": 60, "unit": "natural_day"}}
INSPECT = {
    "kind": "inspect",
    "within": {"value": 30, "unit": "natural_day"},
    "after": "verify_commitment",
}


def drawn(share: float) -> dict[str, Any]:
    return {"kind": "random_check", "within": {"value": 20}, "share": share}


def item(code: str, *plan: dict[str, Any], version: int = 1, **more: Any) -> ItemPublished:
    record = {
        "code": code,
        "name": code,
        "department": "market",
        "region": "430700",
        "promised": {"value": 5},
        "regulator": "enforcement",
        "supervision": [DutyPlan(**one) for one in plan],
    }
    return ItemPublished(code=code, version=version, item=ItemRecord(**record | more))


def new_item() -> str:
    return f"item-{uuid4().hex}"


async def granted(desk: Alone, item: str, **more: Any) -> UUID:
    """A grant of the item, with its result; chained, and looked at."""
    asked = request(item=item, **more)
    await desk.hear(asked)
    result = {"digest": DIGEST, "issuer_number": f"号{uuid4()}"}
    body = {"verdict": "granted", "result": result}
    officer = desk.officer(asked.department)
    await officer.put(f"/approvals/{asked.approval}/decision", body)
    return asked.approval


async def look_at_grants(desk: Alone) -> None:
    while await ticks.turn(desk.app, sequence):
        pass
    while await ticks.turn(desk.app, look(desk.app.state.timekeeper)):
        pass


async def let_time_run_out(desk: Alone) -> None:
    while await ticks.turn(desk.app, supervision.overdue(desk.app.state.timekeeper, (2, 3))):
        pass


REGULATORS = ("enforcement", "fire", "health")


async def supervised(desk: Alone, *plan: dict[str, Any], **more: Any) -> UUID:
    """A grant of a new item with this plan, where there are departments to argue over it."""
    code = new_item()
    await desk.hear(*(DepartmentChanged(code=d, version=1, name=d) for d in REGULATORS))
    await desk.hear(item(code, *plan))
    approval = await granted(desk, code, **more)
    await look_at_grants(desk)
    return approval


def inspector(desk: Alone, sub: str = "chen", department: str = "enforcement") -> Person:
    return desk.person("inspector", sub, department=department)


async def duties(desk: Alone, approval: UUID) -> list[Any]:
    found = "SELECT * FROM supervision WHERE approval = :id ORDER BY id"
    return await desk.rows(found, id=approval)


async def duty(desk: Alone, approval: UUID) -> str:
    [one] = await duties(desk, approval)
    return f"/supervisions/{one.id}"


async def number_of(desk: Alone, approval: UUID) -> str:
    [event] = await desk.told(ISSUED, approval=approval)
    return str(event["number"])


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=4, tzinfo=UTC)
