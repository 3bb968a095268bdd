"""The load's own HTTP/1.1 client: kept-alive connections, one request at a time on each.

It shares two cores with what it measures, so it does only what this load needs: whole bodies of a
known length, no redirects, no encodings, no pipelining.
"""

import asyncio
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

PATIENCE = 60.0


class WireBroke(Exception):
    """The connection ended, or the answer was of a kind this client does not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and its body, whole."""

    status: int
    body: bytes


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.received = b""
        self.waiting: asyncio.Future[Answer] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._fail("the gateway closed the connection")

    def data_received(self, data: bytes) -> None:
        self.received += data
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _content_length(self.received[:head])
        if length is None:
            self._fail("an answer without a length")
        elif len(self.received) >= head + 4 + length:
            answer = Answer(int(self.received[9:12]), self.received[head + 4 :])
            self.received = b""
            if self.waiting and not self.waiting.done():
                self.waiting.set_result(answer)

    def _fail(self, why: str) -> None:
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(WireBroke(why))

    async def ask(self, request: bytes) -> Answer:
        if self.transport is None:
            raise WireBroke("not connected")
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.waiting


def _content_length(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return None


class Wire:
    """Connections to the gateway, as many as are busy at once."""

    def __init__(self, gateway: str) -> None:
        self.where = urlsplit(gateway)
        self.idle: list[_Line] = []

    async def ask(self, method: str, path: str, token: str, key: str, body: bytes) -> Answer:
        head = (
            f"{method} /api/{path} HTTP/1.1\r\nHost: {self.where.netloc}\r\n"
            f"Authorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        async with asyncio.timeout(PATIENCE):
            line = await self._line()
            answer = await line.ask(head.encode("ascii") + body)
        self.idle.append(line)
        return answer

    async def _line(self) -> _Line:
        while self.idle:
            line = self.idle.pop()
            if line.transport is not None:
                return line
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(_Line, self.where.hostname, self.where.port)
        return made

    def close(self) -> None:
        for line in self.idle:
            if line.transport is not None:
                line.transport.close()
