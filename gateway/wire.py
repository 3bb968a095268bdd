"""One kept-alive connection to a service, and what the service answers on it.

As much of HTTP/1.1 as stands between two programs of ours: one exchange at a time, no redirects, no
cookies, no encodings, no second try.  A client library that can do all of that spent a third of the
time of a request here (decision 0043).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import cast

import httptools

from gateway.headers import header
from gateway.refusals import ConnectionBroke

HIGH_WATER = 128 * 1024
"""Bytes of an answer that may wait here for a client that reads slowly."""

Content = bytes | AsyncIterator[bytes] | None


class Answer:
    """A service's answer: its head, and its content as it comes."""

    def __init__(self, wire: "Wire") -> None:
        self.status = 0
        """0 until the head is here."""
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = False
        self.waiting: list[bytes] = []
        """What has come and was not taken yet."""
        self._wire = wire

    @property
    def length(self) -> int | None:
        declared = header(self.headers, b"content-length")
        return int(declared) if declared else None

    @property
    def kind(self) -> bytes:
        """Its media type without parameters."""
        return header(self.headers, b"content-type").partition(b";")[0].strip().lower()

    async def next(self) -> bytes:
        """What has come since the last time; nothing at the end."""
        while not self.waiting and not self.complete:
            await self._wire.news()
        taken = b"".join(self.waiting)
        self.waiting.clear()
        if not self.complete:
            self._wire.go_on()
        return taken

    async def read(self) -> bytes:
        """All of it.  Who is interrupted meanwhile leaves no answer behind that nobody reads."""
        parts = []
        try:
            while part := await self.next():
                parts.append(part)
        except BaseException:
            self.close()
            raise
        return b"".join(parts)

    def close(self) -> None:
        """Nobody wants the rest: the service hears so by the end of the connection."""
        if not self.complete:
            self._wire.hang_up()


class Wire(asyncio.Protocol):
    """One connection.  Whoever holds it asks once, and has the answer before anybody else asks."""

    def __init__(self, free: Callable[["Wire"], None], lost: Callable[["Wire"], None]) -> None:
        self._free = free
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._answer: Answer | None = None
        self._news: asyncio.Future[None] | None = None
        self._failure: Exception | None = None
        self._upload: asyncio.Task[None] | None = None
        self._kept_alive = False
        self._unread = 0
        self._paused = False
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport

    @property
    def closed(self) -> bool:
        return self._transport.is_closing()

    async def ask(self, head: bytes, content: Content) -> Answer:
        """Send one request; its answer, as soon as the answer's head is here."""
        answer = self._answer = Answer(self)
        try:
            if content is None or isinstance(content, bytes):
                self._transport.write(head + content if content else head)
            else:
                self._transport.write(head)
                chunked = b"\r\ntransfer-encoding: chunked\r\n" in head
                self._upload = self._loop.create_task(self._send(answer, content, chunked))
            while not answer.status:
                await self.news()
        except BaseException:
            self.hang_up()
            raise
        return answer

    async def news(self) -> None:
        """Returns when more of the answer has come."""
        if self._failure is not None:
            raise self._failure
        self._news = self._loop.create_future()
        await self._news

    def go_on(self) -> None:
        """What waited was taken: there is room again."""
        self._unread = 0
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def hang_up(self) -> None:
        if self._upload is not None:
            self._upload.cancel()
        self._transport.abort()

    async def _send(self, answer: Answer, content: AsyncIterator[bytes], chunked: bool) -> None:
        """An upload, at the service's pace, while its answer is waited for already."""
        try:
            async for part in content:
                await self._writable.wait()
                self._transport.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            if chunked:
                self._transport.write(b"0\r\n\r\n")
        except Exception as failure:
            # Why the upload ended is the answer, unless the service's own has begun.
            self._fail(ConnectionBroke() if answer.status else failure)

    def _fail(self, failure: Exception) -> None:
        self._failure = self._failure or failure
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _end(self) -> None:
        """The answer is complete.  What was not sent to its end cannot be followed by a request."""
        self._answer = None
        self.go_on()
        sent = self._upload is None or self._upload.done()
        self._upload = None if sent else self._upload
        if sent and self._kept_alive and not self.closed:
            self._free(self)
        else:
            self.hang_up()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._upload is not None:
            self._upload.cancel()
        self._fail(ConnectionBroke())
        self._lost(self)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        answer = self._answer
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(ConnectionBroke())
            self.hang_up()
        else:
            if answer is not None and answer.complete:
                self._end()
        self._wake()

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._answer is None or self._answer.complete:
            raise ConnectionBroke()  # an answer to nothing that was asked

    def on_header(self, name: bytes, value: bytes) -> None:
        assert self._answer is not None
        if not self._answer.status:  # what follows the content is no head, and nobody's news
            self._answer.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        assert self._answer is not None
        status = self._parser.get_status_code()
        if status < 200:
            self._answer.headers.clear()  # of an interim answer, which says nothing
        else:
            self._answer.status = status

    def on_body(self, body: bytes) -> None:
        assert self._answer is not None
        self._answer.waiting.append(body)
        self._unread += len(body)
        if self._unread > HIGH_WATER and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        assert self._answer is not None
        self._answer.complete = self._answer.status != 0
        self._kept_alive = self._parser.should_keep_alive()


def request_head(method: str, target: bytes, host: bytes, headers: Mapping[bytes, bytes]) -> bytes:
    """A request down to the empty line.

    A line break in any of it would begin a request of a caller's own; the door's parser lets none
    pass, and none passes here.
    """
    lines = [b"%b %b HTTP/1.1" % (method.encode(), target), b"host: " + host]
    lines += [b"%b: %b" % field for field in headers.items()]
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    if not head.count(b"\n") == head.count(b"\r") == len(lines) + 1:
        raise ValueError("a line break in a request's head")
    return head
