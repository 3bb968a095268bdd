"""An item that others need, about to be retired: a sign permit, its dependents, its decisions."""

import itertools
from datetime import date
from typing import Any

import httpx

from tests.catalog.editing import evidence, item
from tests.platform import Person
from tests.refusals import problem

RETIRED, PUBLISHED = "catalog.item.retired", "catalog.item.published"
DAY = date(2026, 12, 1)
LAW = "国发〔2021〕7号"
TEXT = {"code": "sign-text", "text": "本人承诺招牌设置符合容貌标准。", "version": 1}
numbers = itertools.count(1)


class Signs:
    """A sign permit that a food permit and a fire check ask for; nobody else's codes."""

    def __init__(self, bureau: Person) -> None:
        self.bureau, self.number = bureau, next(numbers)
        for name in ("sign", "food", "fire", "paper", "plan", "licence"):
            setattr(self, name, f"{name}-{self.number}")

    async def open(self, **more: Any) -> "Signs":
        for code in (self.paper, self.plan, self.licence):
            await self.bureau.put(f"/evidence-types/{code}", evidence())
        wants_plan = [{"evidence": self.plan, "legal_basis": LAW}]
        await self.put(self.sign, issues=self.paper, requirements=wants_plan, **more)
        for code in (self.food, self.fire):
            await self.put(code, requirements=[self.need(), *wants_plan])
        return self

    def need(self, **more: Any) -> dict[str, Any]:
        return {"evidence": self.paper, "source": "item", "legal_basis": LAW} | more

    async def put(self, code: str, **more: Any) -> Any:
        return await self.bureau.put(f"/items/{code}", item() | more)

    def body(self, mode: str = "cancelled", **more: Any) -> dict[str, Any]:
        dropped = {code: {"action": "drop"} for code in (self.food, self.fire)}
        return {
            "mode": mode,
            "effective": DAY.isoformat(),
            "legal_basis": LAW,
            "dispositions": dropped,
        } | more

    async def retire(self, body: Any = None, query: str = "", **more: Any) -> httpx.Response:
        path = f"/items/{self.sign}/retirement{query}"
        return await self.bureau("PUT", path, json=self.body() if body is None else body, **more)

    async def asks(self, code: str) -> list[dict[str, Any]]:
        record = (await self.bureau.get(f"/items/{code}"))["record"]
        return [one for one in record["requirements"] if one["evidence"] == self.paper]


def faults(answer: httpx.Response) -> set[tuple[str, str]]:
    assert problem(answer) == (422, "retirement-faulty"), answer.text
    return {(one["pointer"], one["fault"]) for one in answer.json()["errors"]}


def faults_of(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["fault"] for one in answer.json()["errors"]}
