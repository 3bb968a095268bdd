"""Tokens that prove nothing, and bodies too large, too deep or too slow."""

import asyncio
import base64
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.platform import Person
from tests.served import Served
from tests.wrong.refusals import problem


def forged(town: Served, how: str) -> str:
    """A token with one thing wrong, as an Authorization header's value."""
    own, now = town.signer, int(time.time())
    claims = {"iss": own.issuer, "aud": "onevisit", "sub": "ada", "roles": ["citizen"]}
    claims |= {"iat": now, "nbf": now, "exp": now + 600}
    header = {"alg": "ES256", "kid": own.key.kid}
    head, body, signature = own.mint("ada", "citizen").split(".")
    stranger = ECKey.generate_key("P-256", parameters={"kid": own.key.kid})
    secret = OctKey.import_key(json.dumps(own.jwks()))
    with_key = header | {"jwk": stranger.as_dict(private=False)}
    return {
        "expired": own.sign(claims | {"exp": now - 60}),
        "not yet": own.sign(claims | {"nbf": now + 600}),
        "another audience": own.sign(claims | {"aud": "elsewhere"}),
        "another issuer": own.sign(claims | {"iss": "https://evil.example"}),
        "another key": jwt.encode(header, claims, stranger),
        "a key of its own": jwt.encode(with_key, claims, stranger),
        "the public key as a secret": jwt.encode(header | {"alg": "HS256"}, claims, secret),
        "alg none": ".".join([encoded({"alg": "none"}), body, ""]),
        "other claims": ".".join([head, encoded(claims | {"roles": ["bureau"]}), signature]),
        "no signature": f"{head}.{body}.",
        "nonsense": "x.y.z",
        "nothing": "",
    }[how]


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "how",
    [
        "expired",
        "not yet",
        "another audience",
        "another issuer",
        "another key",
        "a key of its own",
        "the public key as a secret",
        "alg none",
        "other claims",
        "no signature",
        "nonsense",
        "nothing",
    ],
)
async def test_a_token_that_proves_nothing(town: Served, how: str):
    """At the gateway, and again at a service that is reached without it."""
    headers = {"authorization": f"Bearer {forged(town, how)}".strip()}

    through_the_door = await town.client.get("/applications", headers=headers)
    async with httpx.AsyncClient(trust_env=False) as behind:
        past_the_door = await behind.get(
            f"{town.servers['bundle'].url}/applications", headers=headers
        )

    for answer in (through_the_door, past_the_door):
        assert problem(answer) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_ten_megabytes_of_json(town: Served, ada: Person):
    filing = await town.filing(ada)
    filing["form"]["shop_name"] = "x" * 10_000_000

    answer = await ada("POST", "/applications", json=filing)

    assert problem(answer) == (413, "body-too-large")


async def test_json_that_is_none_or_as_deep_as_it_gets(town: Served, ada: Person):
    for body, status in ((b"{", 422), (b'{"form":' * 50_000, 400), (b"\xff", 400), (b"", 422)):
        headers = {"content-type": "application/json"}
        answer = await ada("POST", "/applications", content=body, headers=headers)
        assert problem(answer)[0] == status, body[:9]


async def test_a_body_that_comes_too_slowly(town: Served, ada: Person):
    reader, writer = await asyncio.open_connection("127.0.0.1", town.door.port)
    head = "POST /api/applications HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
    head += f"Authorization: {ada.headers['authorization']}\r\nIdempotency-Key: slow\r\n\r\n{{"
    writer.write(head.encode())
    await writer.drain()

    answer = await asyncio.wait_for(reader.read(4096), 5)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"/problems/body-too-slow" in answer
