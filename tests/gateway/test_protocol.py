"""Connections that do not behave: slow, huge, or with more than one reading."""

import asyncio
import contextlib
import time

import pytest

from tests.gateway.servers import Server, Upstream, speak

HEAD = b"POST /api/items/a HTTP/1.1\r\nHost: x\r\n"


async def left_alone(server: Server, *parts: bytes) -> float:
    """Seconds until the server ends a connection on which nothing more is said."""
    began = time.monotonic()
    await speak(server, *parts)
    return time.monotonic() - began


async def test_a_silent_connection_is_ended(gateway: Server) -> None:
    assert 0.5 < await left_alone(gateway) < 2.5


async def test_a_half_head_is_ended_with_a_408(gateway: Server) -> None:
    answer = await speak(gateway, b"GET /api/items HT")

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer


async def test_a_dripping_head_gets_no_more_time(gateway: Server) -> None:
    began = time.monotonic()
    drops = [b"GET /api/items HTTP/1.1\r\n"] + [b"a: b\r\n"] * 20
    with pytest.raises((ConnectionError, AssertionError)):
        await speak(gateway, *drops, pause=0.1)
        raise AssertionError

    assert time.monotonic() - began < 3


async def test_a_second_request_on_a_connection_has_the_same_time(gateway: Server) -> None:
    first = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = await speak(gateway, first, b"GET /heal", pause=0.1)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in answer


async def test_a_client_that_does_not_read_is_left(gateway: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, limit=1024)
    writer.write(b"GET /api/items/large HTTP/1.1\r\nHost: x\r\n\r\n" * 4)
    await asyncio.sleep(1.5)
    received = 0
    with contextlib.suppress(ConnectionError):
        while chunk := await asyncio.wait_for(reader.read(65_536), 1):
            received += len(chunk)
    writer.close()

    assert 0 < received < 12_000_000


@pytest.mark.parametrize(
    "header",
    [b"a: " + b"x" * 16_500 + b"\r\n", b"a: b\r\n" * 3_000],
    ids=["one large", "many small"],
)
async def test_headers_are_at_most_16_kib(gateway: Server, header: bytes) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"

    assert (await speak(gateway, head + header + b"\r\n")).startswith(b"HTTP/1.1 431 ")


async def test_a_header_without_end_is_not_waited_for(gateway: Server) -> None:
    began = time.monotonic()

    answer = await speak(gateway, b"GET / HTTP/1.1\r\na: ", b"x" * 40_000)

    assert answer.startswith(b"HTTP/1.1 431 ")
    assert time.monotonic() - began < 2


async def test_a_long_path_is_a_header_too(gateway: Server) -> None:
    answer = await speak(gateway, b"GET /api/" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_a_body_that_nobody_reads_does_not_keep_a_connection(gateway: Server) -> None:
    lines = b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    began = time.monotonic()

    answer = await speak(gateway, lines + b"x")

    assert answer.startswith(b"HTTP/1.1 405 ")
    assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("wanted", [b"websocket", b"h2c"])
async def test_an_upgrade_is_not_taken_up(
    gateway: Server, upstream: Upstream, wanted: bytes
) -> None:
    upstream.seen.clear()
    lines = b"GET /api/items HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: "

    answer = await speak(gateway, lines + wanted + b"\r\n\r\n", pause=0.2)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert "upgrade" not in dict(upstream.seen[0]["headers"])


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/wallet HTTP/1.1",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"Content-Length: +5\r\n\r\nabcde",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"X: a\r\n folded\r\n\r\n",
        b"X: a\x00b\r\n\r\n",
    ],
)
async def test_a_request_with_two_readings_is_refused(
    gateway: Server, upstream: Upstream, lines: bytes
) -> None:
    upstream.seen.clear()

    answer = await speak(gateway, HEAD + lines)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"/problems/malformed-request" in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not upstream.seen


async def test_two_transfer_codings_become_one_length(gateway: Server, upstream: Upstream) -> None:
    """The parser lets `identity, chunked` pass; what goes on is a body of a known length."""
    upstream.seen.clear()
    lines = b"Transfer-Encoding: identity, chunked\r\nConnection: close\r\n\r\n"

    answer = await speak(gateway, HEAD + lines + b"3\r\n[1]\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    reached = dict(upstream.seen[0]["headers"])
    assert reached["content-length"] == "3"
    assert "transfer-encoding" not in reached
