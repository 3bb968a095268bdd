"""uvicorn's HTTP protocol, whose answers leave in one write; for uvicorn's `--http`.

uvicorn writes an answer's head and its body apart: two system calls, two packets, and whoever reads
them may wake up twice.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWrite(HttpToolsProtocol):
    """Every answer's head waits for what is written after it, or for the loop's next turn.

    An answer that is all there costs one write.  A stream's head goes out as soon as the stream has
    something else to wait for, and what it says later goes out at once.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._line = _Line(transport, self.loop)
        self.transport = cast(asyncio.Transport, self._line)

    def on_response_complete(self) -> None:
        self._line.head_comes = True
        super().on_response_complete()


class _Line:
    """A transport that keeps the first write of each answer back for a moment."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self.head_comes = True
        """Whether what is written next begins an answer."""
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif self.head_comes:
            self.head_comes, self._head = False, data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head and not self._transport.is_closing():
            head, self._head = self._head, b""
            self._transport.write(head)
