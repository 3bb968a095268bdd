"""An answer that is all there leaves in one write; nothing is kept back that somebody waits for."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from services.chassis.one_write import OneWrite

written: list[bytes] = []


class Noting:
    """A real transport, and a note of each write."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def write(self, data: bytes) -> None:
        written.append(bytes(data))
        self.transport.write(data)


class Noted(OneWrite):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Noting(transport))  # type: ignore[arg-type]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"]
    if path == "/asked":
        await receive()
    headers = [(b"content-length", b"0" if path == "/empty" else b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if path == "/broken":
        raise RuntimeError("on purpose")
    body = b"" if path == "/empty" else b"hello"
    if path == "/slow":
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": body[:2], "more_body": True})
        await asyncio.sleep(0.2)
        body = body[2:]
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(app, http=Noted, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    written.clear()
    with socket.create_server(("127.0.0.1", 0)) as door:
        serving = asyncio.create_task(server.serve([door]))
        reader, writer = await asyncio.open_connection(*door.getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            server.should_exit = True
            await serving


def asks(path: str, method: str = "GET", more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode()


def said() -> list[bytes]:
    """What was written, write by write, the heads shortened."""
    return [
        re.sub(rb"HTTP/1.1 (\d+) .*?\r\n\r\n", rb"<\1>", one, flags=re.DOTALL) for one in written
    ]


async def test_head_and_body_leave_together_on_every_request_of_a_connection() -> None:
    async with connected() as (reader, writer):
        for _ in range(3):
            writer.write(asks("/"))
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 OK\r\n")

    assert said() == [b"<200>hello"] * 3


async def test_a_head_does_not_wait_for_a_body_that_comes_later() -> None:
    async with connected() as (reader, writer):
        writer.write(asks("/slow"))
        await reader.readuntil(b"\r\n\r\n")
        assert said() == [b"<200>"]
        await reader.readuntil(b"hello")

    assert said() == [b"<200>", b"he", b"llo"]


async def test_answers_without_a_body_and_pipelined_ones_keep_their_order() -> None:
    async with connected() as (reader, writer):
        writer.write(asks("/", "HEAD") + asks("/empty") + asks("/") + asks("/?last"))
        await reader.readuntil(b"hello")
        await reader.readuntil(b"hello")

    assert b"".join(said()) == b"<200><200><200>hello<200>hello"


async def test_an_answer_and_the_refusal_of_what_follows_it_keep_their_order() -> None:
    async with connected() as (reader, writer):
        writer.write(asks("/", "HEAD"))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(asks("/"))
        await reader.readuntil(b"hello")
        writer.write(b"no HTTP at all\r\n\r\n")
        await reader.read()

    assert [one[:5] for one in said()] == [b"<200>", b"<200>", b"<400>"]


async def test_a_body_is_asked_for_before_the_answer_begins() -> None:
    async with connected() as (reader, writer):
        writer.write(asks("/asked", "POST", "Content-Length: 2\r\nExpect: 100-continue\r\n"))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"{}")
        await reader.readuntil(b"hello")


async def test_the_head_of_an_answer_that_fails_is_out_before_the_connection_ends() -> None:
    async with connected() as (reader, writer):
        writer.write(asks("/broken"))
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
