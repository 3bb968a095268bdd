"""One request below `/api` while it is inside: what is known of it, and the way to answer it."""

from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from gateway.bodies import Body, declares_body, drain
from gateway.headers import HEADERS_OF_EVERY_ANSWER, RawHeaders, header
from gateway.policy import Operation
from gateway.quota import Allowance
from gateway.refusals import STATUS
from services.chassis import problems
from services.chassis.errors import Refusal
from services.chassis.identity import Principal

HANG_UP = (b"connection", b"close")
BODILESS = (204, 304)
CHALLENGE = b'Bearer realm="onevisit"'


class Visit:
    """Filled station by station.  Every answer leaves through `start` and has its headers."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, caller: str) -> None:
        self.scope = scope
        self.receive = receive
        self.headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.caller = caller
        """Whom this request is counted against: an address, or a token's subject."""
        self.principal: Principal | None = None
        self.operation: Operation | None = None
        self.allowance: Allowance | None = None
        self.body: Body | None = None
        self.status = 0
        """0 until an answer has begun."""
        self._send = send

    @property
    def method(self) -> str:
        """HEAD is answered as GET; the server leaves the content away."""
        method: str = self.scope["method"]
        return "GET" if method == "HEAD" else method

    def unread(self) -> bool:
        """Whether the client may still be sending a body that nobody is going to read."""
        if self.body is not None:
            return not self.body.complete
        return declares_body(self.headers)

    async def start(self, status: int, headers: RawHeaders) -> None:
        self.status = status
        sent = [*headers, *HEADERS_OF_EVERY_ANSWER]
        if self.allowance is not None:
            sent += self.allowance.headers
        await self._send({"type": "http.response.start", "status": status, "headers": sent})

    async def write(self, chunk: bytes, *, last: bool = False) -> None:
        await self._send({"type": "http.response.body", "body": chunk, "more_body": not last})

    async def say(self, status: int, content: bytes, headers: RawHeaders) -> None:
        """A whole answer.  A client that is still sending gets it before the connection closes."""
        sent = list(headers)
        if status not in BODILESS:
            sent.append((b"content-length", b"%d" % len(content)))
        if not self.unread():
            await self.start(status, sent)
            return await self.write(content, last=True)
        await self.start(status, [*sent, HANG_UP])
        await self.write(content)
        await drain(self.receive)
        await self.write(b"", last=True)

    async def say_document(self, status: int, document: Any) -> None:
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await self.say(status, orjson.dumps(document, default=str), headers)

    async def refuse(self, refusal: Refusal, status: int | None = None) -> None:
        """A refusal as a problem document in the caller's language."""
        accept = header(self.headers, b"accept-language").decode("latin-1")
        status = status or STATUS.get(type(refusal))
        status, body = problems.document(refusal, accept, self.scope["path"], status)
        language = b"zh-CN" if problems.language(accept) == "zh" else b"en"
        headers = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-language", language),
            (b"cache-control", b"no-store"),
        ]
        if refusal.retry_after is not None:
            headers.append((b"retry-after", b"%d" % refusal.retry_after))
        if status == 401:
            headers.append((b"www-authenticate", CHALLENGE))
        if status == 405:
            headers.append((b"allow", str(refusal.members.get("allow", "")).encode()))
        await self.say(status, orjson.dumps(body, default=str), headers)
