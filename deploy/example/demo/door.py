"""The platform as everybody outside sees it: the gateway's public paths, and nothing else."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx

LATER = {429, 502, 503, 504}
PATIENCE = 30.0


class Refused(Exception):
    """The platform said no; `problem` is its problem document."""

    def __init__(self, request: str, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        faults = [
            f"{fault.get('pointer', '')} {fault.get('detail', '')}".strip()
            for fault in problem.get("errors") or ()
        ]
        said = [problem.get("title", ""), problem.get("detail") or "", *faults]
        super().__init__(f"{request}: {status} " + "; ".join(part for part in said if part))

    @property
    def slug(self) -> str:
        return str(self.problem.get("type", "")).rpartition("/")[2]


class Door:
    """One caller's way in.  Waits out short outages; a repeat carries the same Idempotency-Key."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client, self.token = client, token

    async def get(self, path: str, **request: Any) -> Any:
        return await self.call("GET", path, **request)

    async def put(self, path: str, body: Any, **request: Any) -> Any:
        return await self.call("PUT", path, json=body, **request)

    async def post(self, path: str, body: Any = None, **request: Any) -> Any:
        return await self.call("POST", path, json=body, **request)

    async def call(self, method: str, path: str, **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                answer = await self.client.request(
                    method, f"/api/{path}", headers=headers, **request
                )
            except httpx.TransportError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.5)
                continue
            if answer.is_success:
                return answer.json() if answer.content else None
            if answer.status_code not in LATER or asyncio.get_running_loop().time() > deadline:
                raise Refused(f"{method} /api/{path}", answer.status_code, _document(answer))
            await asyncio.sleep(_pause(answer))

    async def stream(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Server-sent events, each one's data as JSON; ends when the platform ends it."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/event-stream"}
        quiet = httpx.Timeout(10, read=60)
        async with self.client.stream(
            "GET", f"/api/{path}", headers=headers, timeout=quiet
        ) as told:
            if not told.is_success:
                await told.aread()
                raise Refused(f"GET /api/{path}", told.status_code, _document(told))
            data: list[str] = []
            async for line in told.aiter_lines():
                if line.startswith("data:"):
                    data.append(line[5:].strip())
                elif not line and data:
                    yield json.loads("\n".join(data))
                    data = []


def _pause(answer: httpx.Response) -> float:
    after = answer.headers.get("retry-after", "")
    return min(float(after), 5.0) if after.isdigit() else 0.5


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        return dict(answer.json())
    except ValueError:
        return {"title": answer.text[:200]}
