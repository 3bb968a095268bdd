"""Hands rights over items down to the district's points: offers in bulk, and four points' answers.

All is offered; the park, a township, a village and a kiosk have answered, agreed and gone on, the
others have not yet.  What stands at a point already is left as it stands, so doing it again goes on
where it was left.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from deploy.example.calls import LoadFailed, send
from deploy.example.generator.rights import Grant, grants

MOST = 5_000
"""Rights that one offer may hold."""
AT_ONCE = 8
TRIAL = timedelta(days=180)
# The points whose people have answered, and at which point they sign in.
ANSWERING = {
    "park": "park",
    "township-05": "township-05",
    "village-05-01": "township-05",
    "kiosk-hall": "hall",
}
TRIED_OUT = {"park"}
"""Where the trial is over and went well."""
CAPACITY = {
    "people": 4,
    "trained": 2,
    "training": ["comprehensive-window"],
    "equipment": [{"code": "terminal", "count": 2}],
}
Clerks = Callable[[str], httpx.AsyncClient]
"""A client that speaks for the people of a service point."""


@dataclass(frozen=True)
class Offer:
    """Rights over items at points, offered by the bureau: all of them or none."""

    grant: Grant

    @property
    def size(self) -> int:
        return len(self.grant.items) * len(self.grant.points)

    def __str__(self) -> str:
        return f"POST /api/delegations/offers: {self.grant.right} at {self.grant.points[0]} …"

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response:
        body = {
            "items": self.grant.items,
            "points": self.grant.points,
            "rights": [self.grant.right],
            "mode": "entrust",
        }
        key = uuid5(NAMESPACE_URL, json.dumps(body))
        headers = {"Idempotency-Key": str(key)}
        return await client.post("/api/delegations/offers", json=body, headers=headers, timeout=120)


@dataclass(frozen=True)
class Step:
    """One step of one delegation, on the version that was read."""

    delegation: dict[str, Any]
    name: str
    body: dict[str, Any]

    @property
    def size(self) -> int:
        return 1

    def __str__(self) -> str:
        return f"PUT /api/{self.path}"

    @property
    def path(self) -> str:
        of = self.delegation
        return f"delegations/{of['item']}/{of['point']}/{of['right']}/{self.name}"

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response:
        version = self.delegation["version"]
        key = uuid5(NAMESPACE_URL, f"{self.path}/{version}")
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(key)}
        return await client.put(f"/api/{self.path}", json=self.body, headers=headers)


async def hand_down(bureau: httpx.AsyncClient, clerks: Clerks) -> int:
    """Offer all that is not there yet, and let four points answer; how many rights were offered."""
    offered = 0
    for grant in grants():
        for part in parts(grant):
            offer = Offer(part)
            if await _is_new(bureau, part):
                await _insist(bureau, offer)
            offered += offer.size
    for point, signs_in_at in ANSWERING.items():
        async with clerks(signs_in_at) as clerk:
            await _go_on(bureau, clerk, point)
    return offered


def parts(grant: Grant) -> list[Grant]:
    """A grant in parts that one offer can hold."""
    many = max(1, MOST // len(grant.items))
    points = grant.points
    groups = [points[start : start + many] for start in range(0, len(points), many)]
    return [Grant(group, grant.items, grant.right) for group in groups]


async def _is_new(bureau: httpx.AsyncClient, grant: Grant) -> bool:
    """An offer holds all of its rights or none: one of them tells of all."""
    path = f"/api/delegations/{grant.items[0]}/{grant.points[-1]}/{grant.right}"
    return (await bureau.get(path)).status_code == 404


async def _go_on(bureau: httpx.AsyncClient, clerk: httpx.AsyncClient, point: str) -> None:
    """The next steps at a point, one after another, until it stands where it should."""
    until = (date.today() + TRIAL).isoformat()
    taken: list[tuple[str, httpx.AsyncClient, str, dict[str, Any]]] = [
        ("offered", clerk, "acceptance", {"capacity": CAPACITY}),
        ("accepted", bureau, "trial", {"until": until}),
    ]
    if point in TRIED_OUT:
        taken.append(("trial", bureau, "activation", {}))
    for state, who, name, body in taken:
        steps = [Step(one, name, body) async for one in _standing(bureau, point, state)]
        for start in range(0, len(steps), AT_ONCE):
            await asyncio.gather(*(_insist(who, one) for one in steps[start : start + AT_ONCE]))


async def _standing(
    bureau: httpx.AsyncClient, point: str, state: str
) -> AsyncIterator[dict[str, Any]]:
    asked: dict[str, Any] = {"point": point, "state": state, "limit": 100}
    while True:
        answer = await bureau.get("/api/delegations", params=asked)
        page = answer.raise_for_status().json()
        for one in page["items"]:
            yield one
        if not page["next"]:
            return
        asked["cursor"] = page["next"]


async def _insist(client: httpx.AsyncClient, call: Offer | Step) -> None:
    if problem := await send(client, call):
        raise LoadFailed([problem])
