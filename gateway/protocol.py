"""uvicorn's HTTP protocol with the clock and the scale it lacks: slow or huge headers end here.

uvicorn waits for ever for a silent connection and for half a header, and reads headers of any
size.  Use it through `python -m gateway`, or name it as uvicorn's `http=`.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.settings import Settings
from services.chassis.one_write import OneWrite

STREAM_MARK = "gateway.stream"
"""Set in a scope whose answer has no end of its own, so that a shutdown need not wait for it."""

_PROBLEMS = {
    400: ("malformed-request", "不是有效的 HTTP 请求。 This is not a valid HTTP request."),
    408: ("slow-request", "请求头迟迟没有收全。 The request's headers did not arrive in time."),
    431: ("headers-too-large", "请求头过大。 The request's headers are too large."),
}
"""Two languages in one text: the header that would choose between them was never read."""


class PatientProtocol(OneWrite):
    """Gives a client `head_seconds` and `head_bytes` for everything before the body.

    The clock starts with the connection and again with the first byte of each later request;
    between requests uvicorn's own keep-alive timeout runs.  A client that does not read what it
    asked for is left after `write_seconds`.
    """

    head_seconds = 10.0
    head_bytes = 16 * 1024
    write_seconds = 30.0

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._in_head = self._in_body = False
        self._head_size = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._status = 400

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        self._stop_write_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._in_body:
            self._head_size += len(data)
        super().data_received(data)
        if not self._in_head:
            return
        if self._head_size > 2 * self.head_bytes:
            # The parser reports a header only when it is complete: an endless one is weighed here.
            self._refuse(431)
        elif self._head_timer is None:
            # A head that came whole, as nearly all do, was never waited for.
            self._start_clock()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.head_bytes:
            self._status = 431
            # The parser turns this into an error of its own, which ends in send_400_response.
            raise ValueError("headers too large")
        super().on_headers_complete()
        if self.parser.should_upgrade():
            # We speak nothing else, and the parser reads no further request on this connection.
            self.cycle.keep_alive = False
        self._in_head, self._in_body = False, True
        self._head_size = 0
        self._stop_clock()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_body = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_body:
            # Nobody reads the rest of that body, and no clock would ever end it.
            self.transport.close()

    def pause_writing(self) -> None:
        self._write_timer = self.loop.call_later(self.write_seconds, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stop_write_clock()
        super().resume_writing()

    def shutdown(self) -> None:
        """End the streams that would otherwise go on until the grace period is over."""
        if self.cycle is not None and self.cycle.scope.get(STREAM_MARK):
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self.transport.close()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._status)

    def _start_clock(self) -> None:
        self._head_timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def _stop_clock(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_write_clock(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self._in_head and not self._answer_under_way():
            self._refuse(408)
        else:
            self.transport.close()

    def _answer_under_way(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self, status: int) -> None:
        """Say why and hang up; in the middle of another answer just hang up."""
        self._stop_clock()
        if self.transport.is_closing():
            return
        if not self._answer_under_way() or not self.cycle.response_started:
            self.transport.write(_problem(status))
        self.transport.close()


def _problem(status: int) -> bytes:
    slug, title = _PROBLEMS[status]
    document = orjson.dumps({"type": f"/problems/{slug}", "title": title, "status": status})
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "content-type: application/problem+json\r\n"
        f"content-length: {len(document)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode("ascii") + document


def patient_protocol(settings: Settings) -> type[PatientProtocol]:
    """The protocol with limits of one's own, for uvicorn's `http=`."""
    limits = {
        "head_seconds": settings.head_seconds,
        "head_bytes": settings.head_bytes,
        "write_seconds": settings.write_seconds,
    }
    return type("PatientProtocol", (PatientProtocol,), limits)
