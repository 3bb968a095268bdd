"""Several replicas of one service: turns, failures, and what may be sent twice."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from tests.gateway.servers import (
    ROLES,
    Issuer,
    Server,
    Upstream,
    closed_port,
    everywhere,
    serving,
    wait_for,
)


class Breaking:
    """Accepts a connection, reads a request and hangs up without a word."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(head.split(b"\r\n")[0])
        writer.close()

    def count(self, method: str) -> int:
        return sum(one.startswith(f"{method} /items".encode()) for one in self.requests)


@pytest.fixture
def second() -> Iterator[tuple[Upstream, Server]]:
    upstream = Upstream(ROLES, "second")
    server = Server(upstream.app)
    yield upstream, server
    server.stop()


async def test_replicas_take_turns(
    issuer: Issuer, upstream: Upstream, second: tuple[Upstream, Server]
) -> None:
    both = f"{upstream.url}, {second[1].url}/"
    with serving(issuer, **everywhere(both)) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            names = [(await client.get("/api/items")).json()["server"] for _ in range(20)]

    assert 5 < names.count("second") < 15


async def test_a_replica_that_is_gone_is_not_noticed_by_anybody(
    issuer: Issuer, upstream: Upstream, second: tuple[Upstream, Server]
) -> None:
    both = f"{upstream.url},{second[1].url}"
    with serving(issuer, **everywhere(both)) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            for _ in range(4):
                assert (await client.get("/api/items")).status_code == 200
            await asyncio.to_thread(second[1].stop)
            headers = issuer.bearer("citizen")
            answers = [
                await client.post("/api/applications", json={}, headers=headers) for _ in range(12)
            ]

    assert [one.status_code for one in answers] == [200] * 12
    assert {one.json()["server"] for one in answers} == {"only"}


async def test_a_service_that_is_down_is_a_503_that_says_when_to_come_back(
    issuer: Issuer,
) -> None:
    with serving(issuer, **everywhere(closed_port())) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            answer = await client.get("/api/items", headers=issuer.bearer())

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/service-down"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "headers", "times", "status"),
    [
        ("GET", {}, 1, 200),
        ("PUT", {}, 1, 200),
        ("PUT", {"If-Match": '"1"'}, 1, 502),
        ("POST", {"Idempotency-Key": "k"}, 1, 502),
        ("DELETE", {}, 1, 502),
    ],
)
async def test_what_may_have_arrived_is_sent_again_only_if_that_changes_nothing(
    issuer: Issuer,
    upstream: Upstream,
    method: str,
    headers: dict[str, str],
    times: int,
    status: int,
) -> None:
    breaking = Breaking()
    async with await asyncio.start_server(breaking, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        # The one that breaks stands second: turns begin there.
        both = f"{upstream.url},http://127.0.0.1:{port}"
        calm = everywhere(upstream.url)
        with serving(issuer, **(calm | {"catalog_url": both}), refresh_seconds=600) as gateway:
            async with httpx.AsyncClient(base_url=gateway.url) as client:
                for _ in range(20):
                    answer = await client.request(
                        method, "/api/items/a", headers=headers | issuer.bearer("bureau")
                    )
                    if breaking.count(method):
                        break

    assert breaking.count(method) == times
    assert answer.status_code == status
    if status == 502:
        assert answer.json()["type"] == "/problems/connection-broke"


async def test_a_put_that_breaks_everywhere_is_tried_twice_at_most(issuer: Issuer) -> None:
    breaking = Breaking()
    async with await asyncio.start_server(breaking, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with serving(issuer, **everywhere(url)) as gateway:
            async with httpx.AsyncClient(base_url=gateway.url) as client:
                answer = await client.put("/api/items/a", headers=issuer.bearer("bureau"))

    assert answer.status_code == 502
    assert breaking.count("PUT") == 2


async def test_streams_end_when_the_gateway_is_told_to_stop(
    issuer: Issuer, upstream: Upstream
) -> None:
    with serving(issuer, **everywhere(upstream.url)) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            url = "/api/applications/1/events"
            async with client.stream("GET", url, headers=issuer.bearer("citizen")) as answer:
                lines = answer.aiter_lines()
                await anext(lines)
                gateway.server.should_exit = True
                await asyncio.wait_for(_until_the_end(lines), 1)
        await asyncio.to_thread(wait_for, lambda: not gateway.thread.is_alive(), 1)


async def _until_the_end(lines: object) -> None:
    try:
        async for _ in lines:  # type: ignore[attr-defined]
            pass
    except httpx.RemoteProtocolError:
        return
