"""What every service tells its operator, asked of all four at once and answered as one list."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from gateway.headers import request_headers
from gateway.refusals import MethodNotAllowed
from gateway.routes import Service
from gateway.upstreams import Upstream
from gateway.visit import Visit
from services.chassis import telemetry
from services.chassis.errors import Refusal

Answer = tuple[int, Any]


class Operations:
    """Merges `/operations/parked`, `/operations/stuck` and `/operations/lag`."""

    def __init__(self, upstreams: Mapping[Service, Upstream], seconds: float) -> None:
        self._upstreams = upstreams
        self._seconds = seconds

    async def answer(self, visit: Visit, path: str) -> None:
        """One list; services that did not answer are named, so that silence is not taken for
        health."""
        if visit.method != "GET":
            raise MethodNotAllowed(allow="GET, HEAD")
        headers = request_headers(visit.headers, telemetry.correlation_id.get())
        services = list(self._upstreams)
        answers = await asyncio.gather(*(self._ask(one, path, headers) for one in services))
        items: list[Any] = []
        missing: list[str] = []
        for service, (status, content) in zip(services, answers, strict=True):
            if status != 200:
                missing.append(service)
            elif path.endswith("/lag"):
                items.append(content)
            else:
                items += content["items"]
        await visit.say_document(200, {"items": items, "missing": missing})

    async def _ask(self, service: Service, path: str, headers: dict[str, str]) -> Answer:
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._upstreams[service].send("GET", path, headers)
                return response.status, orjson.loads(await response.read())
        except (Refusal, TimeoutError, aiohttp.ClientError, orjson.JSONDecodeError):
            return 0, None
