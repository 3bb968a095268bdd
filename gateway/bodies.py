"""Reading a request's body: how large, how slow and how deep it may be."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable

from starlette.types import Message, Receive, Scope

from gateway.headers import RawHeaders, header
from gateway.protocol import ARRIVED_MARK
from gateway.refusals import BodyTooDeep, BodyTooLarge, BodyTooSlow, ClientGone

STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
ROUND = bytes.maketrans(b"[{]}", b"(())")
NOT_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))

DRAIN_SECONDS = 2.0
DRAIN_BYTES = 128 * 1024 * 1024


class Body:
    """A request's body on its way in: whole, or a beginning whose rest is still arriving.

    Its time runs from the first read to the last.
    """

    def __init__(
        self, scope: Scope, receive: Receive, limit: int, seconds: float, upload: bool
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._limit = limit
        self.upload = upload
        self._deadline = asyncio.get_running_loop().time() + seconds
        length = header(scope["headers"], b"content-length")
        self.declared = int(length) if length else None
        self.complete = not declares_body(scope["headers"])
        self.start = b""
        self.at_end: Callable[[], None] = lambda: None
        self._received = 0
        if self.declared is not None and self.declared > limit:
            raise too_large(limit)

    async def read(self, enough: int) -> bytes:
        """Read until the body is complete, or more than `enough` bytes of it are here."""
        parts = []
        while not self.complete and self._received <= enough:
            parts.append(await self._next())
        self.start = b"".join(parts)
        return self.start

    async def stream(self) -> AsyncIterator[bytes]:
        """Everything, beginning with what was read already."""
        if self.start:
            yield self.start
        while not self.complete:
            if chunk := await self._next():
                yield chunk
        self.at_end()

    async def _next(self) -> bytes:
        if ARRIVED_MARK in self._scope:
            # Nearly every body comes with its head, and a clock costs more than this read.
            message = await self._receive()
        else:
            message = await self._in_time()
        if message["type"] == "http.disconnect":
            raise ClientGone()
        chunk: bytes = message.get("body", b"")
        self._received += len(chunk)
        if self._received > self._limit:
            raise too_large(self._limit)
        self.complete = not message.get("more_body", False)
        return chunk

    async def _in_time(self) -> Message:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._receive()
        except TimeoutError:
            raise BodyTooSlow() from None


def declares_body(headers: RawHeaders) -> bool:
    length = header(headers, b"content-length")
    return length not in (b"", b"0") or bool(header(headers, b"transfer-encoding"))


def too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"上限为 {limit} 字节。", f"At most {limit} bytes.", limit=limit)


def check_depth(body: bytes, deepest: int) -> None:
    """Refuse JSON that would exhaust a parser's stack, without parsing it.

    A body with few brackets cannot be deep, and most bodies end there.  JSON is UTF-8, where no
    NUL occurs; without that check UTF-16 could dress brackets up as parts of a string.
    """
    if b"\x00" in body:
        raise BodyTooDeep()
    if body.count(b"{") + body.count(b"[") <= deepest:
        return
    brackets = STRINGS.sub(b"", body).translate(ROUND, delete=NOT_BRACKETS)
    for _ in range(deepest):
        # Takes the innermost level away, everywhere at once.
        brackets = brackets.replace(b"()", b"")
    # What is left beside pairs was never closed: no JSON, but harmless unless there is much of it.
    if b"()" in brackets or brackets.count(b"(") > deepest:
        raise BodyTooDeep(f"最多 {deepest} 层。", f"At most {deepest} levels.")


async def drain(receive: Receive) -> None:
    """Let a client finish speaking after its answer has been sent, for a moment.

    Closing while it still sends makes the network drop the answer before the client has read it.
    """
    taken = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while taken < DRAIN_BYTES:
                message = await receive()
                taken += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
