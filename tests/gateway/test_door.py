"""Who comes in: tokens, roles, and how often."""

import asyncio
import base64
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.door import address
from tests.gateway.servers import Issuer, Server, Upstream, everywhere, serving, wait_for


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def claims(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=="))
    return decoded


def expired(issuer: Issuer) -> str:
    return issuer.token("bureau", iat=0, nbf=0, exp=int(time.time()) - 60)


def not_valid_yet(issuer: Issuer) -> str:
    return issuer.token("bureau", nbf=int(time.time()) + 600)


def of_another_audience(issuer: Issuer) -> str:
    return issuer.token("bureau", aud="elsewhere")


def of_another_issuer(issuer: Issuer) -> str:
    return issuer.token("bureau", iss="https://evil.example")


def forged(issuer: Issuer) -> str:
    return issuer.token("bureau", key=ECKey.generate_key("P-256"))


def unsigned(issuer: Issuer) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims(issuer.token('bureau')))}."


def signed_with_the_public_key(issuer: Issuer) -> str:
    content = f"{encoded({'alg': 'HS256'})}.{encoded(claims(issuer.token('bureau')))}"
    mac = hmac.digest(issuer.key.as_pem(private=False), content.encode(), "sha256")
    return f"{content}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def bringing_its_own_key(issuer: Issuer) -> str:
    own = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims(issuer.token("bureau")), own)


def changed_after_signing(issuer: Issuer) -> str:
    head, _, signature = issuer.token("citizen").split(".")
    raised = claims(issuer.token("citizen")) | {"roles": ["bureau"]}
    return f"{head}.{encoded(raised)}.{signature}"


def nonsense(issuer: Issuer) -> str:
    return "nonsense"


BAD = [
    expired,
    not_valid_yet,
    of_another_audience,
    of_another_issuer,
    forged,
    unsigned,
    signed_with_the_public_key,
    bringing_its_own_key,
    changed_after_signing,
    nonsense,
]


@pytest.mark.parametrize("make", BAD, ids=lambda one: one.__name__)
async def test_a_token_that_is_no_good_reaches_nobody(
    make: Any, client: httpx.AsyncClient, issuer: Issuer, upstream: Upstream
) -> None:
    upstream.seen.clear()

    answer = await client.put(
        "/api/items/a", json={}, headers={"Authorization": f"Bearer {make(issuer)}"}
    )

    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not upstream.seen


async def test_a_bad_token_is_refused_even_where_none_is_needed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/items", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "role", "status"),
    [
        ("GET", "/api/items", None, 200),
        ("GET", "/api/items/a", None, 200),
        ("PUT", "/api/items/a", None, 401),
        ("PUT", "/api/items/a", "citizen", 403),
        ("PUT", "/api/items/a", "bureau", 200),
        ("POST", "/api/applications", "citizen", 200),
        ("POST", "/api/applications", "officer", 403),
        ("GET", "/api/nothing-like-this", "bureau", 404),
        ("GET", "/api/wallet/undocumented", None, 401),
        ("GET", "/api/wallet/undocumented", "citizen", 200),
        ("TRACE", "/api/items", None, 405),
        ("PATCH", "/api/items", None, 405),
        ("OPTIONS", "/api/items", None, 405),
    ],
)
async def test_the_services_own_documents_say_who_may(
    client: httpx.AsyncClient, issuer: Issuer, method: str, path: str, role: str, status: int
) -> None:
    headers = issuer.bearer(role, department="fire") if role else {}

    assert (await client.request(method, path, headers=headers)).status_code == status


async def test_a_refusal_speaks_the_callers_language(client: httpx.AsyncClient) -> None:
    chinese = (await client.put("/api/items/a")).json()
    english = (await client.put("/api/items/a", headers={"Accept-Language": "en"})).json()

    assert chinese["title"] == "需要有效的身份令牌。"
    assert english["title"] == "A valid token is needed."
    assert english["instance"] == "/api/items/a"
    assert english["trace_id"]


async def test_before_a_service_shows_its_document_a_token_is_needed(issuer: Issuer) -> None:
    silent = Upstream()
    silent.app.routes.pop(0)  # no /openapi.json of its own: the echo answers, which is no document
    server = Server(silent.app)
    with serving(issuer, **everywhere(server.url)) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            anonymous = await client.get("/api/items")
            known = await client.get("/api/items", headers=issuer.bearer())
    server.stop()

    assert (anonymous.status_code, known.status_code) == (401, 200)


async def test_a_document_that_changes_changes_who_may(issuer: Issuer) -> None:
    upstream = Upstream({"GET /items": ["public"]})
    server = Server(upstream.app)
    with serving(issuer, **everywhere(server.url), refresh_seconds=0.1) as gateway:

        def status() -> int:
            return httpx.get(f"{gateway.url}/api/items").status_code

        await asyncio.to_thread(wait_for, lambda: status() == 200)
        upstream.roles = {"GET /items": ["bureau"]}
        await asyncio.to_thread(wait_for, lambda: status() == 401)
    server.stop()


async def test_each_principal_has_so_many_requests_a_minute(
    issuer: Issuer, upstream: Upstream
) -> None:
    with serving(issuer, **everywhere(upstream.url), rate_limit=5) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            li = [
                await client.get("/api/wallet", headers=issuer.bearer(sub="li")) for _ in "1234567"
            ]
            zhao = await client.get("/api/wallet", headers=issuer.bearer(sub="zhao"))
            anonymous = await client.get("/api/wallet")
            page = await client.get("/health/live")

    assert [one.status_code for one in li] == [200] * 5 + [429] * 2
    assert li[0].headers["ratelimit-policy"] == '"caller";q=5;w=60'
    assert li[0].headers["ratelimit"].startswith('"caller";r=4;')
    assert li[5].headers["ratelimit"].startswith('"caller";r=0;')
    assert 1 <= int(li[5].headers["retry-after"]) <= 12
    assert li[5].json()["type"] == "/problems/too-many-requests"
    assert (zhao.status_code, anonymous.status_code, page.status_code) == (200, 401, 200)


async def test_guessing_tokens_is_counted_against_the_address(
    issuer: Issuer, upstream: Upstream
) -> None:
    with serving(issuer, **everywhere(upstream.url), rate_limit=5) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            headers = {"Authorization": "Bearer x"}
            guesses = [await client.get("/api/wallet", headers=headers) for _ in "1234567"]

    assert [one.status_code for one in guesses] == [401] * 5 + [429] * 2


def test_an_issuer_out_of_reach_is_an_outage_and_no_verdict(upstream: Upstream) -> None:
    gone = Issuer()
    headers = gone.bearer()
    gone.server.stop()
    with serving(gone, **everywhere(upstream.url)) as gateway:
        answer = httpx.get(f"{gateway.url}/api/wallet", headers=headers)

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_an_ipv6_subscriber_is_one_caller() -> None:
    assert address(("2001:db8:1:2::1", 1)) == address(("2001:db8:1:2:ffff::9", 1))
    assert address(("2001:db8:1:2::1", 1)) != address(("2001:db8:1:3::1", 1))
    assert address(("192.0.2.1", 1)) != address(("192.0.2.2", 1))
