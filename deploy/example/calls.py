"""Requests to the public API, insisted on until they are done or refused for good."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import httpx

from deploy.example import district

PATIENCE = 60.0
"""Seconds that one request may be answered "later" before it counts as a problem."""
SLOWEST_IMPORT = 300.0
LATER = {409, 429, 502, 503, 504}


class Call(Protocol):
    """One request; as a text it says what it is about."""

    @property
    def size(self) -> int:
        """How many records it brings."""
        ...

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response: ...


class LoadFailed(Exception):
    """Records were refused; each line names the file, the record and the problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Put:
    """One PUT of one record."""

    file: str
    code: str
    path: str
    body: dict[str, Any]

    @property
    def size(self) -> int:
        return 1

    def __str__(self) -> str:
        return f"{self.file}: {self.code}: PUT /api/{self.path}"

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response:
        return await client.put(f"/api/{self.path}", json=self.body)


@dataclass(frozen=True)
class Import:
    """One file of items: all of it, or nothing."""

    table: district.Table
    key: str = field(default_factory=lambda: str(uuid4()))
    """Tried again under the same key, a request whose answer was lost is not done twice."""

    @property
    def size(self) -> int:
        return len(self.table.records)

    def __str__(self) -> str:
        return f"{self.table.file}: POST /api/items/imports"

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response:
        content = json.dumps({"items": self.table.records}, ensure_ascii=False).encode()
        return await client.post(
            "/api/items/imports",
            files={"file": ("items.json", content, "application/json")},
            headers={"Idempotency-Key": self.key},
            timeout=SLOWEST_IMPORT,
        )


def wait(response: httpx.Response) -> float | None:
    """How long to wait before asking again, or nothing where asking again would not help."""
    after = response.headers.get("retry-after")
    if response.status_code not in LATER or (response.status_code == 409 and after is None):
        return None
    return min(float(after), 5.0) if after and after.isdigit() else 0.5


async def send(client: httpx.AsyncClient, call: Call) -> str | None:
    """Do it; the problem, if there is one.

    A bundle may be published before its service has heard of an item: `Retry-After` says so.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE
    pause: float | None
    while True:
        try:
            response = await call.ask(client)
        except httpx.TransportError as error:
            problem, pause = f"{type(error).__name__} {error}".strip(), 0.5
        else:
            if response.is_success:
                return None
            problem, pause = explain(response), wait(response)
        if pause is None or asyncio.get_running_loop().time() + pause > deadline:
            return f"{call}: {problem}"
        await asyncio.sleep(pause)


def explain(response: httpx.Response) -> str:
    """A problem document in one line."""
    try:
        problem = response.json()
    except ValueError:
        return f"{response.status_code} {response.text[:200]}"
    faults = [
        f"{fault.get('pointer', '')} {fault.get('detail', '')}".strip()
        for fault in problem.get("errors") or ()
    ]
    said = [str(problem.get("title", "")), str(problem.get("detail") or ""), *faults]
    return f"{response.status_code} " + "; ".join(part for part in said if part)
