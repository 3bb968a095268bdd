"""Single officers, inspectors and applicants of the stories, who do one thing after another."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from deploy.example.demo import expectations
from deploy.example.demo.checks import Wrong
from deploy.example.demo.door import Door, Refused
from deploy.example.demo.journey import Journey

PATIENCE = 40.0
"""Seconds until what must happen by itself is given up."""
T = TypeVar("T")
Json = dict[str, Any]


async def until(look: Callable[[], Awaitable[T | None]], otherwise: str) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE
    while not (found := await look()):
        if time.monotonic() > deadline:
            raise Wrong(otherwise)
        await asyncio.sleep(0.2)
    return found


async def refused(request: Awaitable[Any], slug: str) -> None:
    """The platform must say no to this, and for this reason."""
    try:
        await request
    except Refused as no:
        if no.slug != slug:
            raise Wrong(f"refused as {no.slug}, expected {slug}") from no
    else:
        raise Wrong(f"was not refused as {slug}")


def same(what: str, said: object, wanted: object) -> None:
    if said != wanted:
        raise Wrong(f"{what} is {said}, expected {wanted}")


class Officer:
    """Somebody of a department.  What they write is about one filing."""

    def __init__(self, door: Door, department: str, journey: Journey) -> None:
        self.door, self.department, self.journey = door, department, journey

    async def find(self, member: str, *states: str) -> Json:
        """The member's approval, as soon as it lies here in one of these states."""

        async def look() -> Json | None:
            if not self.journey.application:
                return None  # on its way
            about = {"application": self.journey.application}
            page = await self.door.get("approvals", params=about)
            mine = (one for one in page["items"] if one["member"] == member)
            return next((one for one in mine if one["state"] in states), None)

        return await until(look, f"{member} does not become {' or '.join(states)} at its desk")

    async def make(self, approval: Json) -> Json:
        """The certificate: its content is what was filled in, and a number of this desk's own."""
        here = f"dossiers/{approval['id']}"
        dossier = await until(lambda: readable(self.door, here), "the dossier does not open")
        number = f"{self.department[:3].upper()}{approval['id'].replace('-', '')[-16:].upper()}"
        kind = expectations.evidence_types()[approval["issues"]]
        content = {code: dossier["fields"].get(code, number) for code in kind["content"]}
        stored = await self.door.put(f"{here}/result", {"content": content})
        return {"digest": stored["digest"], "issuer_number": number}


async def readable(door: Door, path: str) -> Json | None:
    """bundle hears of what approval does a moment later."""
    try:
        return dict(await door.get(path))
    except Refused as no:
        if no.status != httpx.codes.NOT_FOUND:
            raise
        return None


async def notice(door: Door, journey: Journey, kind: str) -> Json:
    """The applicant is told, once."""

    async def look() -> list[Json]:
        page = await door.get("notices", params={"limit": 100})
        about = (one for one in page["items"] if one["application"] == journey.application)
        return [one for one in about if one["kind"] == kind]

    told = await until(look, f"no notice of kind {kind}")
    same(f"notices of kind {kind}", len(told), 1)
    return told[0]
