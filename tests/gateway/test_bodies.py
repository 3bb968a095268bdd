"""How large, how slow and how deep: bodies and headers that do not end as they should."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.bodies import check_depth
from gateway.refusals import BodyTooDeep
from tests.gateway.servers import Issuer, Server, Upstream, speak

HEAD = b"POST /api/items/a HTTP/1.1\r\nHost: x\r\n"


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize("encoding", ["length", "chunked"])
async def test_ten_megabytes_of_json_are_refused_with_a_413(
    client: httpx.AsyncClient, upstream: Upstream, encoding: str
) -> None:
    upstream.seen.clear()
    body = json.dumps({"a": "x" * 10_000_000}).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    answer = await client.post("/api/items/a", content=body if encoding == "length" else chunks())

    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"
    assert answer.json()["limit"] == 1024 * 1024
    assert not upstream.seen


async def test_a_body_announced_too_large_is_refused_before_it_is_sent(gateway: Server) -> None:
    lines = b"Content-Length: 10000000\r\nExpect: 100-continue\r\n\r\n"

    answer = await speak(gateway, HEAD + lines)

    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_is_asked_for_where_the_client_waits_for_that(gateway: Server) -> None:
    lines = b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"

    answer = await speak(gateway, HEAD + lines, b"{}", pause=0.1)

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")


async def test_a_megabyte_of_json_passes(client: httpx.AsyncClient) -> None:
    body = b'"' + b"x" * (1024 * 1024 - 2) + b'"'

    answer = await client.post("/api/items/a", content=body)

    assert answer.json()["size"] == 1024 * 1024


async def test_an_upload_over_twenty_megabytes_is_refused(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    files = {"file": b"x" * (20 * 1024 * 1024 + 1)}

    answer = await client.post("/api/uploads", files=files, headers=issuer.bearer("citizen"))

    assert answer.status_code == 413


async def test_an_endless_upload_is_refused_in_the_middle(
    client: httpx.AsyncClient, issuer: Issuer, upstream: Upstream
) -> None:
    upstream.seen.clear()

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b"x" * 65_536

    answer = await client.post("/api/uploads", content=chunks(), headers=issuer.bearer("citizen"))

    assert answer.status_code == 413
    assert not upstream.seen


async def test_only_an_upload_may_be_large(client: httpx.AsyncClient, issuer: Issuer) -> None:
    files = {"file": b"x" * 2_000_000}

    answer = await client.post("/api/applications", files=files, headers=issuer.bearer("citizen"))

    assert answer.status_code == 413


@pytest.mark.parametrize(("levels", "status"), [(32, 200), (33, 400), (100_000, 400)])
async def test_json_is_at_most_so_deep(client: httpx.AsyncClient, levels: int, status: int) -> None:
    answer = await client.post("/api/items/a", content=nested(levels))

    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 40,
        b'{"a":"' + b"[" * 40 + b'"}' + b"[" * 40,
        b'"unfinished' + b"[" * 40,
        b'["\\""' + b",[" * 40,
        b"[" * 64 + b"]" * 64,
        b"[" * 33 + b"]" * 33,
        "[".encode("utf-16-le") * 40,
        f'["∀",{"[" * 40}{"]" * 40},"∀"]'.encode("utf-16-le"),  # ∀ has the byte of a quote
    ],
)
def test_depth_is_not_hidden_by_strings_or_encodings(body: bytes) -> None:
    with pytest.raises(BodyTooDeep):
        check_depth(body, 32)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'"' + b"[" * 100 + b'"',
        b'["\\"' + b"[" * 100 + b'"]',
        b"[[],[]," + b"[]," * 100 + b"[]]",
        b"[]," * 100 + b"[",
    ],
)
def test_brackets_in_strings_and_side_by_side_are_not_deep(body: bytes) -> None:
    check_depth(body, 32)


def test_the_depth_of_a_megabyte_is_checked_in_no_time() -> None:
    began = time.thread_time()
    for body in (b'"\\' * 500_000, b'["' * 500_000, b"[]" * 500_000, b'"a",' * 250_000):
        with contextlib.suppress(BodyTooDeep):
            check_depth(body, 32)

    assert time.thread_time() - began < 1


async def test_a_slow_body_is_a_408(gateway: Server, upstream: Upstream) -> None:
    upstream.seen.clear()

    answer = await speak(gateway, HEAD + b"Content-Length: 100\r\n\r\n", b"{", b" ", pause=0.3)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"/problems/body-too-slow" in answer
    assert not upstream.seen


async def test_a_slow_upload_is_a_408(gateway: Server, issuer: Issuer, upstream: Upstream) -> None:
    upstream.seen.clear()
    head = f"POST /api/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {issuer.token()}\r\n"
    whole = head.encode() + b"Content-Length: 1000000\r\n\r\n"

    answer = await speak(gateway, whole, b"x" * 200_000, b"x", pause=0.3)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert not upstream.seen


async def test_a_client_that_gives_up_in_its_body_troubles_nobody(
    gateway: Server, client: httpx.AsyncClient
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.close()

    assert (await client.get("/api/items")).status_code == 200
