"""What crosses the gateway, in both directions, over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
import httpx
import pytest

from tests.gateway.servers import Issuer, Server, Upstream, wait_for

CORRELATION = "019ab3c4-7d10-7a51-9c0e-5b1f6a2d9e01"


def sent(answer: httpx.Response) -> dict[str, str]:
    """The headers that reached the upstream."""
    return {name: value for name, value in answer.json()["headers"]}


async def test_a_request_reaches_its_service_without_the_prefix(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/items", params={"q": "消防", "limit": "5"})

    assert answer.status_code == 200
    assert answer.json()["raw_path"] == "/items"
    assert answer.json()["query"] == "q=%E6%B6%88%E9%98%B2&limit=5"
    assert answer.headers["etag"] == '"7"'


async def test_only_listed_headers_reach_a_service(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    tricks = {
        "Connection": "close, X-Forwarded-Host, Authorization",
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "X_Forwarded_User": "root",
        "Forwarded": "for=10.0.0.1",
        "X-User": "root",
        "X-Real-IP": "10.0.0.1",
        "Cookie": "a=b",
        "TE": "trailers",
        "Proxy-Authorization": "Basic eDp5",
    }
    wanted = {
        "Accept": "application/json",
        "Accept-Language": "en",
        "If-None-Match": '"6"',
        "If-Match": '"7"',
        "Idempotency-Key": "k-1",
        "Last-Event-ID": "4",
        **issuer.bearer("bureau"),
    }

    reached = sent(await client.get("/api/items/a", headers=tricks | wanted))

    ours = {"host", "x-correlation-id", "x-forwarded-prefix"}
    assert set(reached) == {name.lower() for name in wanted} | ours
    assert reached["authorization"] == wanted["Authorization"]
    assert reached["x-forwarded-prefix"] == "/api"


async def test_only_listed_headers_reach_the_client(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/items")

    assert "server" not in answer.headers
    assert "x-internal" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_correlation_id_is_made_here_and_echoed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/items")

    assert str(UUID(answer.headers["x-correlation-id"])) == sent(answer)["x-correlation-id"]


async def test_a_callers_correlation_id_is_taken_over_if_it_is_a_uuid(
    client: httpx.AsyncClient,
) -> None:
    own = await client.get("/api/items", headers={"X-Correlation-Id": CORRELATION})
    forged = await client.get("/api/items", headers={"X-Correlation-Id": 'a", "level": "x'})

    assert sent(own)["x-correlation-id"] == CORRELATION
    assert UUID(sent(forged)["x-correlation-id"])


async def test_a_location_gets_the_prefix_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/items/moved")

    assert answer.headers["location"] == "/api/items/new"


async def test_an_empty_answer_stays_empty_and_the_connection_lives(
    client: httpx.AsyncClient,
) -> None:
    for _ in range(3):
        answer = await client.get("/api/items/empty")
        assert (answer.status_code, answer.content) == (204, b"")
        assert "content-length" not in answer.headers


async def test_a_head_request_is_a_get_without_its_content(client: httpx.AsyncClient) -> None:
    answer = await client.head("/api/items")

    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 100
    assert (await client.get("/api/items")).status_code == 200


async def test_a_large_answer_is_streamed_whole(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/items/large")

    assert answer.content == b"x" * 3_000_000
    assert answer.headers["content-length"] == "3000000"
    assert answer.headers["content-disposition"] == "attachment"


@pytest.mark.parametrize("query", ["?length", ""])
async def test_an_answer_that_breaks_off_does_not_look_whole(
    client: httpx.AsyncClient, query: str
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get(f"/api/items/cut{query}")


async def test_a_body_arrives_with_a_length_of_our_own(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"a":'
        yield b"1}"

    answer = await client.post("/api/items/a", content=chunks())

    assert answer.json()["size"] == 7
    assert sent(answer)["content-length"] == "7"
    assert "transfer-encoding" not in sent(answer)


@pytest.mark.parametrize("size", [10, 64 * 1024, 64 * 1024 + 1, 3_000_000])
async def test_an_upload_arrives_whole(
    client: httpx.AsyncClient, issuer: Issuer, size: int
) -> None:
    answer = await client.post(
        "/api/uploads", files={"file": b"x" * size}, headers=issuer.bearer("citizen")
    )

    assert answer.status_code == 200
    assert answer.json()["size"] == int(sent(answer)["content-length"]) > size


async def test_an_upload_of_unknown_length_arrives_whole(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 10_000

    answer = await client.post("/api/uploads", content=chunks(), headers=issuer.bearer("citizen"))

    assert answer.json()["size"] == 200_000
    assert "content-length" not in sent(answer)


async def test_an_upload_refused_in_the_middle_gets_its_answer(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await client.post(
        "/api/uploads/refused", files={"file": b"x" * 5_000_000}, headers=issuer.bearer("citizen")
    )

    assert answer.status_code == 422
    assert answer.json() == {"title": "not this one"}


async def test_events_arrive_one_by_one(gateway: Server, issuer: Issuer) -> None:
    arrived = []
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{gateway.url}/api/applications/1/events", headers=issuer.bearer("citizen")
        ) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.content:
            if line.startswith(b"data:"):
                arrived.append(time.monotonic() - float(line[5:]))
            if len(arrived) == 3:
                break

    assert max(arrived) < 0.45


async def test_a_stream_outlives_the_time_an_answer_has(gateway: Server, issuer: Issuer) -> None:
    began = time.monotonic()
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{gateway.url}/api/applications/1/events", headers=issuer.bearer("citizen")
        ) as answer,
    ):
        while time.monotonic() - began < 1.5:
            assert await answer.content.readline()


async def test_a_client_that_leaves_a_stream_frees_the_service(
    gateway: Server, issuer: Issuer, upstream: Upstream
) -> None:
    before = upstream.hang_ups
    async with aiohttp.ClientSession() as session:
        answer = await session.get(
            f"{gateway.url}/api/applications/1/events", headers=issuer.bearer("citizen")
        )
        await answer.content.readline()
        answer.close()

    await asyncio.to_thread(wait_for, lambda: upstream.hang_ups > before)


async def test_a_caller_has_a_few_streams_and_no_more(gateway: Server, issuer: Issuer) -> None:
    url = f"{gateway.url}/api/applications/1/events"
    li, zhao = issuer.bearer(sub="li"), issuer.bearer(sub="zhao")
    async with aiohttp.ClientSession() as session:
        one = await session.get(url, headers=li)
        two = await session.get(url, headers=li)
        three = await session.get(url, headers=li)
        other = await session.get(url, headers=zhao)
        assert [each.status for each in (one, two, three, other)] == [200, 200, 429, 200]
        assert (await three.json(content_type=None))["type"] == "/problems/too-many-streams"

        one.close()
        await asyncio.sleep(0.2)
        assert (await session.get(url, headers=li)).status == 200


async def test_an_answer_that_takes_too_long_is_a_504(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/items/slow")

    assert answer.status_code == 504
    assert answer.json()["type"] == "/problems/service-too-slow"
