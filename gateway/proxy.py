"""One request through to its service and the answer back: whole where small, else as it flows."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping

import aiohttp

from gateway.bodies import Body, check_depth
from gateway.headers import answer_headers, header, request_headers
from gateway.policy import Operation
from gateway.protocol import STREAM_MARK
from gateway.refusals import ConnectionBroke, ServiceTooSlow, TooManyStreams
from gateway.routes import Destination, Service
from gateway.settings import Settings
from gateway.upstreams import BROKEN, Upstream
from gateway.visit import BODILESS, HANG_UP, Visit
from services.chassis import telemetry

EVENT_STREAM = "text/event-stream"


class Proxy:
    """Carries requests that the door has let in."""

    def __init__(self, settings: Settings, upstreams: Mapping[Service, Upstream]) -> None:
        self._settings = settings
        self._upstreams = upstreams
        self._open_streams: Counter[str] = Counter()

    async def forward(self, visit: Visit, target: Destination, operation: Operation) -> None:
        """Read the body, ask the service, relay its answer."""
        assert target.service is not None
        body = visit.body = self._body(visit, operation)
        content = await self._content(body)
        headers = request_headers(visit.headers, telemetry.correlation_id.get())
        if not isinstance(content, bytes | None) and body.declared is not None:
            headers["Content-Length"] = str(body.declared)

        query = visit.scope["query_string"].decode("latin-1")
        wire = f"{target.wire}?{query}" if query else target.wire
        upstream = self._upstreams[target.service]
        response, whole = await self._ask(upstream, visit.method, wire, headers, body, content)

        passed = answer_headers(response.raw_headers)
        if whole is not None:
            if visit.unread():
                # The service answered in the middle of an upload; the rest of it is for nobody.
                response.close()
            return await visit.say(response.status, whole, passed)
        if visit.unread():
            passed.append(HANG_UP)
        await self._stream(visit, response, passed)

    def _body(self, visit: Visit, operation: Operation) -> Body:
        limits = self._settings
        upload = operation.upload
        if upload is None:
            kind = header(visit.headers, b"content-type")
            upload = kind.startswith(b"multipart/form-data")
        if upload:
            size, seconds = limits.upload_bytes, limits.upload_seconds
        else:
            size, seconds = limits.json_bytes, limits.body_seconds
        return Body(visit.receive, visit.headers, size, seconds, upload)

    async def _content(self, body: Body) -> bytes | AsyncIterator[bytes] | None:
        """The whole body, or for a large upload its stream."""
        if body.complete:
            return None
        if body.upload:
            await body.read(enough=self._settings.buffered_bytes)
            return body.start if body.complete else body.stream()
        check_depth(await body.read(enough=self._settings.json_bytes), self._settings.json_depth)
        return body.start

    async def _ask(
        self,
        upstream: Upstream,
        method: str,
        wire: str,
        headers: dict[str, str],
        body: Body,
        content: bytes | AsyncIterator[bytes] | None,
    ) -> tuple[aiohttp.ClientResponse, bytes | None]:
        """The service's answer, with its content if that is small.

        While an upload is under way its own clock runs; the service's begins at its end.
        """
        seconds = self._settings.answer_seconds
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds if body.complete else None) as clock:
                body.at_end = lambda: clock.reschedule(loop.time() + seconds)
                response = await upstream.send(method, wire, headers, content)
                return response, await response.read() if self._is_small(response) else None
        except TimeoutError:
            raise ServiceTooSlow() from None
        except (ConnectionBroke, *BROKEN) as broke:
            raise body.failure or ConnectionBroke() from broke

    def _is_small(self, response: aiohttp.ClientResponse) -> bool:
        if response.content_type == EVENT_STREAM:
            return False
        length = response.content_length
        small = length is not None and length <= self._settings.buffered_bytes
        return small or response.status in BODILESS

    async def _stream(
        self,
        visit: Visit,
        response: aiohttp.ClientResponse,
        headers: list[tuple[bytes, bytes]],
    ) -> None:
        """Relay as it comes, until either side ends it; a client that leaves frees the service."""
        endless = response.content_type == EVENT_STREAM
        if endless:
            self._admit_stream(visit.caller, response)
            visit.scope[STREAM_MARK] = True
        elif response.content_length is not None:
            headers.append((b"content-length", b"%d" % response.content_length))
        idle = None if endless else self._settings.answer_seconds
        pump = asyncio.create_task(_pump(visit, response, headers, idle))
        leaving = asyncio.create_task(_departure(visit))
        try:
            await asyncio.wait({pump, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if pump.done() and (pump.result() or endless):
                await visit.write(b"", last=True)
        finally:
            pump.cancel()
            leaving.cancel()
            response.close()
            if endless:
                self._release_stream(visit.caller)

    def _admit_stream(self, caller: str, response: aiohttp.ClientResponse) -> None:
        """An open stream costs a connection for hours, so each caller has a few and no more."""
        most = self._settings.streams_per_caller
        if self._open_streams[caller] >= most:
            response.close()
            raise TooManyStreams(f"最多 {most} 个。", f"At most {most}.", retry_after=5)
        self._open_streams[caller] += 1

    def _release_stream(self, caller: str) -> None:
        self._open_streams[caller] -= 1
        if not self._open_streams[caller]:
            del self._open_streams[caller]


async def _pump(
    visit: Visit,
    response: aiohttp.ClientResponse,
    headers: list[tuple[bytes, bytes]],
    idle: float | None,
) -> bool:
    """Whether everything came.  A short answer is left unfinished, so that the client sees it."""
    await visit.start(response.status, headers)
    if visit.scope["method"] == "HEAD":
        return True
    try:
        while True:
            async with asyncio.timeout(idle):
                chunk = await response.content.readany()
            if not chunk:
                return True
            await visit.write(chunk)
    except (TimeoutError, *BROKEN):
        return False


async def _departure(visit: Visit) -> None:
    """Returns when the client is gone (or when the server wants the stream to end)."""
    while (await visit.receive())["type"] != "http.disconnect":
        pass
