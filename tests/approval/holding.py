"""A result somebody holds, and what is asked of it later: renewal, change, replacement."""

from datetime import date
from typing import Any
from uuid import UUID

from services.approval.deadlines import actions as deadlines
from services.approval.later import actions as later
from services.approval.main import merged
from services.contracts import ApprovalRequested, EarlierResult
from tests.alone import Alone
from tests.approval.conftest import GRANT, ISSUED, decide, request, result
from tests.approval.timed import tick as ring

STOPPED = "approval.approval.stopped"
OTHER = "sha256:" + "1" * 64
END = date(2026, 12, 31)


async def tick(desk: Alone) -> None:
    await ring(desk, merged(deadlines.HANDLERS, later.HANDLERS))


class Held:
    """A result somebody holds, until the end of the year."""

    def __init__(self, asked: ApprovalRequested, told: dict[str, Any]) -> None:
        self.asked, self.told = asked, told
        self.number = str(told["number"])
        self.issuer_number = str(told["issuer_number"])

    def later(self, kind: str, **more: Any) -> ApprovalRequested:
        about = {name: more.pop(name) for name in ("at_once", "deemed_consent") if name in more}
        earlier = EarlierResult(number=self.number, kind=kind, valid_until=END, **about)
        wanted: dict[str, Any] = {"holder": self.asked.holder, "replaces": earlier}
        return request(self.asked.department, **wanted | more)


async def held(desk: Alone, department: str = "market", **more: Any) -> Held:
    asked = request(department, **more)
    await desk.hear(asked)
    made = result(f"N-{asked.approval}", valid_from="2026-01-01", valid_until=END.isoformat())
    body = GRANT | {"result": made}
    assert (await decide(desk, asked.approval, body, department=department)).status_code == 200
    [told] = await desk.told(ISSUED, approval=asked.approval)
    return Held(asked, told)


async def asked_for(desk: Alone, one: Held, kind: str, **more: Any) -> UUID:
    asked = one.later(kind, **more)
    await desk.hear(asked)
    return asked.approval


async def granted(desk: Alone, approval: UUID, made: dict[str, Any], **more: Any) -> Any:
    return await decide(desk, approval, GRANT | {"result": made}, **more)


async def standing(desk: Alone, one: Held) -> Any:
    path = f"/results/{one.number}/verification"
    answer = await desk.client.get(path, params={"code": one.told["verification_code"]})
    return answer.json()


async def replaced(desk: Alone, one: Held) -> str:
    """Its content was changed: the number of the result that counts since."""
    approval = await asked_for(desk, one, "change")
    await granted(desk, approval, result(one.issuer_number) | {"digest": OTHER})
    [told] = await desk.told(ISSUED, approval=approval)
    return str(told["number"])
