"""Pages of other origins may call the API from a browser, if the operator names them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.gateway.servers import Issuer, Server, Upstream, everywhere, serving

PORTAL = "https://portal.example"


@pytest.fixture(scope="module")
def open_to_portal(issuer: Issuer, upstream: Upstream) -> Iterator[Server]:
    with serving(issuer, **everywhere(upstream.url), cors_origins=f"{PORTAL}/, ") as server:
        yield server


def preflight(server: Server, origin: str) -> httpx.Response:
    headers = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type, idempotency-key",
    }
    return httpx.options(f"{server.url}/api/applications", headers=headers)


def test_a_named_origin_may_ask_with_token_and_key(open_to_portal: Server) -> None:
    answer = preflight(open_to_portal, PORTAL)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PORTAL
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "idempotency-key" in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers


def test_its_pages_may_read_the_answer_and_the_headers_that_matter(
    open_to_portal: Server, issuer: Issuer
) -> None:
    headers = issuer.bearer("citizen") | {"origin": PORTAL}

    answer = httpx.get(f"{open_to_portal.url}/api/applications", headers=headers)

    assert answer.headers["access-control-allow-origin"] == PORTAL
    assert "ETag" in answer.headers["access-control-expose-headers"]


def test_refusals_can_be_read_too(open_to_portal: Server) -> None:
    answer = httpx.get(f"{open_to_portal.url}/api/applications", headers={"origin": PORTAL})

    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == PORTAL


def test_another_origin_may_not(open_to_portal: Server) -> None:
    answer = preflight(open_to_portal, "https://elsewhere.example")

    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


def test_nobody_may_where_none_is_named(gateway: Server) -> None:
    answer = preflight(gateway, PORTAL)

    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers
