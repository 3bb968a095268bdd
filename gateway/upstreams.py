"""A service's replicas: one connection pool, taken in turn, and what may be tried again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping

import aiohttp
from yarl import URL

from gateway.refusals import ConnectionBroke, ServiceDown

log = logging.getLogger(__name__)

REST = 1.0
"""Seconds a replica that refused a connection is left alone, as long as another one answers."""

KEEP_ALIVE = 3.0
"""Seconds an idle connection is kept; less than uvicorn's five, so that the service never closes
one in the moment we send a request into it."""

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, aiohttp.ClientResponseError)


class Upstream:
    """One service.  It decides which replica answers, and never sends an effect twice."""

    def __init__(self, service: str, replicas: tuple[str, ...], connect_seconds: float) -> None:
        self.service = service
        self._replicas = list(replicas)
        self._resting_until = dict.fromkeys(self._replicas, 0.0)
        self._turn = 0
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            auto_decompress=False,
        )
        # aiohttp would repeat a PUT by itself, even one whose If-Match its first run invalidated.
        self._session._retry_connection = False

    async def close(self) -> None:
        await self._session.close()

    async def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | AsyncIterator[bytes] | None = None,
    ) -> aiohttp.ClientResponse:
        """The first answer a replica gives.

        A replica that refuses the connection has seen nothing: the next one is asked.  A connection
        that breaks later may have carried the request: only what changes nothing the second
        time is sent once more.
        """
        repeatable = _repeatable(method, headers) and not isinstance(body, AsyncIterator)
        for replica in self._in_turn():
            try:
                return await self._ask(replica, method, target, headers, body)
            except NOT_SENT:
                self._resting_until[replica] = asyncio.get_running_loop().time() + REST
                log.warning("replica unreachable", extra={"upstream": self.service})
            except BROKEN as broke:
                if not repeatable:
                    raise ConnectionBroke() from broke
                repeatable = False
        raise ServiceDown(retry_after=1)

    async def _ask(
        self,
        replica: str,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | AsyncIterator[bytes] | None,
    ) -> aiohttp.ClientResponse:
        url = URL(replica + target, encoded=True)
        return await self._session.request(
            method, url, headers=headers, data=body, allow_redirects=False
        )

    def _in_turn(self) -> Iterator[str]:
        """Every replica once, the resting ones last, and the first one again."""
        self._turn = (self._turn + 1) % len(self._replicas)
        turned = self._replicas[self._turn :] + self._replicas[: self._turn]
        if len(turned) > 1:
            now = asyncio.get_running_loop().time()
            turned.sort(key=lambda replica: self._resting_until[replica] > now)
        yield from turned
        yield turned[0]


def _repeatable(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a second run answers as the first would have; after an If-Match it would not."""
    return method in ("GET", "HEAD") or (method == "PUT" and "If-Match" not in headers)
