"""Reading a request's body: how large, how slow and how deep it may be."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable

from starlette.types import Receive

from gateway.headers import RawHeaders, header
from gateway.refusals import BodyTooDeep, BodyTooLarge, BodyTooSlow, ClientGone
from services.chassis.errors import Refusal

STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
ROUND = bytes.maketrans(b"[{]}", b"(())")
NOT_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))

DRAIN_SECONDS = 2.0
DRAIN_BYTES = 128 * 1024 * 1024


class Body:
    """A request's body on its way in: whole, or a beginning whose rest is still arriving.

    Its time runs from the first read to the last.  A failure in the middle of a stream is kept in
    `failure`, because the client library that pulls on the stream wraps it beyond recognition.
    """

    def __init__(
        self, receive: Receive, headers: RawHeaders, limit: int, seconds: float, upload: bool
    ) -> None:
        self._receive = receive
        self._limit = limit
        self.upload = upload
        self._deadline = asyncio.get_running_loop().time() + seconds
        length = header(headers, b"content-length")
        self.declared = int(length) if length else None
        self.complete = not declares_body(headers)
        self.start = b""
        self.failure: Exception | None = None
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
        try:
            if self.start:
                yield self.start
            while not self.complete:
                if chunk := await self._next():
                    yield chunk
        except (Refusal, ClientGone) as failure:
            self.failure = failure
            raise
        self.at_end()

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow() from None
        if message["type"] == "http.disconnect":
            raise ClientGone()
        chunk: bytes = message.get("body", b"")
        self._received += len(chunk)
        if self._received > self._limit:
            raise too_large(self._limit)
        self.complete = not message.get("more_body", False)
        return chunk


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
