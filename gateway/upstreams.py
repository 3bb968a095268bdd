"""A service's replicas: connections to each, taken in turn, and what may be tried again."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from gateway.refusals import ConnectionBroke, ServiceDown
from gateway.wire import Answer, Content, Wire, request_head

log = logging.getLogger(__name__)

REST = 1.0
"""Seconds a replica that refused a connection is left alone, as long as another one answers."""

KEEP_ALIVE = 3.0
"""Seconds an idle connection is kept; less than uvicorn's five, so that the service never closes
one in the moment we send a request into it."""


class NotConnected(Exception):
    """Nothing was sent."""


class Replica:
    """One address of a service, and the connections to it that nobody is using."""

    def __init__(self, url: str, connect_seconds: float) -> None:
        where = urlsplit(url)
        self.host = where.netloc.encode()
        self.prefix = where.path.encode()
        self.resting_until = 0.0
        self._name, self._port = where.hostname or "", where.port
        self._ssl = where.scheme == "https"
        self._connect_seconds = connect_seconds
        self._idle: dict[Wire, float] = {}
        self._wires: set[Wire] = set()
        self._loop = asyncio.get_running_loop()

    async def wire(self) -> Wire:
        """The connection that was used last, so that those a quiet hour needs no more fall asleep;
        or a new one."""
        now = self._loop.time()
        while self._idle:
            wire, since = self._idle.popitem()
            if now - since < KEEP_ALIVE and not wire.closed:
                return wire
            wire.hang_up()
        return await self._connect()

    async def _connect(self) -> Wire:
        port = self._port or (443 if self._ssl else 80)
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, wire = await self._loop.create_connection(
                    lambda: Wire(self._free, self._lost), self._name, port, ssl=self._ssl or None
                )
        except OSError as error:
            raise NotConnected() from error
        self._wires.add(wire)
        return wire

    def close(self) -> None:
        for wire in list(self._wires):
            wire.hang_up()

    def _free(self, wire: Wire) -> None:
        self._idle[wire] = self._loop.time()

    def _lost(self, wire: Wire) -> None:
        self._idle.pop(wire, None)
        self._wires.discard(wire)


class Upstream:
    """One service.  It decides which replica answers, and never sends an effect twice."""

    def __init__(self, service: str, replicas: tuple[str, ...], connect_seconds: float) -> None:
        self.service = service
        self._replicas = [Replica(url, connect_seconds) for url in replicas]
        self._turn = 0

    def close(self) -> None:
        for replica in self._replicas:
            replica.close()

    async def send(
        self, method: str, target: bytes, headers: Mapping[bytes, bytes], content: Content = None
    ) -> Answer:
        """The first answer a replica gives.

        A replica that refuses the connection has seen nothing: the next one is asked.  A connection
        that breaks later may have carried the request: only what changes nothing the second
        time is sent once more.
        """
        whole = content is None or isinstance(content, bytes)
        repeatable = whole and _repeatable(method, headers)
        for replica in self._in_turn():
            try:
                wire = await replica.wire()
                head = request_head(method, replica.prefix + target, replica.host, headers)
                return await wire.ask(head, content)
            except NotConnected:
                replica.resting_until = asyncio.get_running_loop().time() + REST
                log.warning("replica unreachable", extra={"upstream": self.service})
            except ConnectionBroke:
                if not repeatable:
                    raise
                repeatable = False
        raise ServiceDown(retry_after=1)

    def _in_turn(self) -> Iterator[Replica]:
        """Every replica once, the resting ones last, and the first one again."""
        self._turn = (self._turn + 1) % len(self._replicas)
        turned = self._replicas[self._turn :] + self._replicas[: self._turn]
        if len(turned) > 1:
            now = asyncio.get_running_loop().time()
            turned.sort(key=lambda replica: replica.resting_until > now)
        yield from turned
        yield turned[0]


def _repeatable(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a second run answers as the first would have; after an If-Match it would not."""
    return method == "GET" or (method == "PUT" and b"if-match" not in headers)
