"""The services' own OpenAPI documents: fetched, kept fresh, and what follows from them."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from gateway.policy import Policies
from gateway.routes import SERVICES, Service
from gateway.upstreams import Upstream
from services.chassis.errors import Refusal

log = logging.getLogger(__name__)

IMPATIENT = 0.5
"""Seconds between two tries as long as a service has not shown its document yet."""

SECONDS = 5.0


class Documents:
    """Asks each service for its document, for ever; a service that is away keeps its last one."""

    def __init__(
        self, upstreams: Mapping[Service, Upstream], policies: Policies, refresh: float
    ) -> None:
        self._upstreams = upstreams
        self._policies = policies
        self._refresh = refresh
        self.known: dict[Service, dict[str, Any]] = {}

    async def run(self) -> None:
        await asyncio.gather(*(self._follow(service) for service in SERVICES))

    async def _follow(self, service: Service) -> None:
        raw = b""
        while True:
            fetched = await self._fetch(service)
            if fetched and fetched != raw:
                raw = fetched
                self._learn(service, raw)
            await asyncio.sleep(self._refresh if raw else IMPATIENT)

    def _learn(self, service: Service, raw: bytes) -> None:
        try:
            document = orjson.loads(raw)
            self._policies.learn(service, document)
        except (ValueError, TypeError, AttributeError):
            log.exception("unusable OpenAPI document", extra={"upstream": service})
            return
        self.known[service] = document
        log.info("OpenAPI document learned", extra={"upstream": service})

    async def _fetch(self, service: Service) -> bytes:
        try:
            async with asyncio.timeout(SECONDS):
                response = await self._upstreams[service].send("GET", "/openapi.json", {})
                content = await response.read()
        except (Refusal, TimeoutError, aiohttp.ClientError) as error:
            log.debug("no OpenAPI document", extra={"upstream": service, "why": repr(error)})
            return b""
        return content if response.status == 200 else b""
