"""One issuer, one upstream and one gateway for all tests that need nothing special."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.gateway.servers import (
    ROLES,
    Issuer,
    Server,
    Upstream,
    all_up,
    everywhere,
    serving,
    wait_for,
)


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.server.stop()


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    upstream = Upstream(ROLES, "only")
    server = Server(upstream.app)
    upstream.url = server.url
    yield upstream
    server.stop()


@pytest.fixture(scope="session")
def gateway(issuer: Issuer, upstream: Upstream) -> Iterator[Server]:
    """In front of one upstream that plays all four services; quick to lose its patience."""
    settings = {
        "head_seconds": 0.6,
        "write_seconds": 0.6,
        "body_seconds": 0.8,
        "upload_seconds": 0.8,
        "answer_seconds": 1.0,
        "rate_limit": 1_000_000,
        "streams_per_caller": 2,
    }
    with serving(issuer, **everywhere(upstream.url), **settings) as server:
        wait_for(lambda: all_up(server))
        yield server


@pytest.fixture
async def client(gateway: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False, timeout=10) as client:
        yield client
