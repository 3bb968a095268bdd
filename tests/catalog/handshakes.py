"""A small district for the tests of delegations, and the people of both its levels."""

from datetime import timedelta
from typing import Any

import httpx

from services.catalog.delegations.cases import day
from services.chassis.ticks import utc
from tests.alone import Alone
from tests.catalog.editing import item
from tests.platform import Person

TODAY = day(utc())
SOON = (TODAY + timedelta(days=60)).isoformat()
CAPACITY = {"people": 3, "trained": 2, "training": ["township-window"]}
MACHINE = {"equipment": [{"code": "self-service", "count": 1}]}
POINTS = {
    "county-hall": ("hall", None, "430799"),
    "east": ("township", "county-hall", "430799101"),
    "east-village": ("village", "east", "430799101"),
    "east-kiosk": ("kiosk", "east-village", "430799101"),
    "west": ("township", "county-hall", "430799102"),
    "the-park": ("park", "county-hall", "430799"),
    "far": ("township", None, "430600101"),
}
INSTANT = {
    "instant": {"rule": "true", "commitment": "promise"},
    "commitments": [{"code": "promise", "text": "承诺属实。"}],
    "regulator": "market",
    "supervision": [{"kind": "inspect", "within": {"value": 30, "unit": "working_day"}}],
}
ITEMS = {
    "licence": {},
    "licence-two": {},
    "service": {"kind": "20"},
    "swift": INSTANT,
    "coercion": {"kind": "03"},
    "lent": {"power_source": "entrusted", "entrusted_by": "upper"},
    "of-the-township": {"kind": "20", "level": "township"},
    "in-parts": {"kind": "20", "situations": [{"code": c, "name": c} for c in ("a", "b", "c")]},
    "fire-item": {"department": "fire"},
}


class District:
    """Speaks for both levels; every step reads the version first, as a person would."""

    def __init__(self, catalog: Alone) -> None:
        self.catalog = catalog
        self.bureau = catalog.person("bureau", "li")
        self.officer = catalog.officer("market", "wang")
        self.other = catalog.officer("fire", "zhao")
        self.east = catalog.person("clerk", "chen", point="east")
        self.west = catalog.person("clerk", "zhou", point="west")

    async def open(self) -> "District":
        for code in ("upper", "fire"):
            await self.bureau.put(f"/departments/{code}", {"name": code, "region": "430700"})
        for code, (kind, parent, region) in POINTS.items():
            record = {"kind": kind, "parent": parent, "region": region, "name": code}
            await self.bureau.put(f"/service-points/{code}", record)
        for code, more in ITEMS.items():
            await self.item(code, **more)
        return self

    async def item(self, code: str, **more: Any) -> str:
        record = item(region="430799", legal_basis="示例条例第一条", **more)
        await self.bureau.put(f"/items/{code}", record)
        return code

    async def offer(self, what: str, who: Person | None = None, **more: Any) -> httpx.Response:
        """`what`: `item/point/right`."""
        return await (who or self.officer)("POST", "/delegations/offers", json=batch(what, **more))

    async def request(self, what: str, who: Person | None = None, **more: Any) -> httpx.Response:
        body = batch(what, **{"capacity": CAPACITY} | more)
        return await (who or self.east)("POST", "/delegations/requests", json=body)

    async def step(
        self, who: Person, what: str, step: str, match: str | None = None, **body: Any
    ) -> httpx.Response:
        if match is None:
            match = (await self.bureau("GET", f"/delegations/{what}")).headers["etag"]
        headers = {"if-match": match, "idempotency-key": f"{what}-{step}-{match}-{who.sub}"}
        return await who("PUT", f"/delegations/{what}/{step}", json=body, headers=headers)

    async def take(self, who: Person, what: str, step: str, **body: Any) -> dict[str, Any]:
        answer = await self.step(who, what, step, **body)
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return answer.json()

    async def agreed(self, what: str, **more: Any) -> dict[str, Any]:
        assert (await self.offer(what, **more)).status_code == 201
        return await self.take(self.people_of(what), what, "acceptance", capacity=means(what))

    async def tried(self, what: str, until: str, **more: Any) -> dict[str, Any]:
        await self.agreed(what, **more)
        return await self.take(self.officer, what, "trial", until=until)

    async def active(self, what: str, until: str, **more: Any) -> dict[str, Any]:
        await self.tried(what, until, **more)
        return await self.take(self.officer, what, "activation")

    def people_of(self, what: str) -> Person:
        _, point, _ = what.split("/")
        return self.east if point.startswith("east") else self.west


def means(what: str) -> dict[str, Any]:
    return MACHINE if "kiosk" in what else CAPACITY


def batch(what: str, **more: Any) -> dict[str, Any]:
    item, point, right = what.split("/")
    body = {"items": [item], "points": [point], "rights": [right], "mode": "entrust"}
    return body | more


def problem(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.json()["type"].removeprefix("/problems/")


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(one["pointer"], one.get("fault", "")) for one in answer.json()["errors"]]


async def point(district: District, code: str, kind: str, parent: str | None = None) -> str:
    """A point more, below another."""
    record = {"kind": kind, "parent": parent, "region": "430799101", "name": code}
    await district.bureau.put(f"/service-points/{code}", record)
    return code
