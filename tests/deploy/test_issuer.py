"""The development issuer: standard enough for any OIDC client, and what it refuses."""

import base64
import hashlib
import stat
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from deploy.local.issuer import build
from deploy.local.persona_page import PERSONAS
from deploy.local.tokens import Signer

URL = "http://127.0.0.1:8010"
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-1234"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
ASKED = {
    "response_type": "code",
    "client_id": "portal",
    "redirect_uri": "http://127.0.0.1:5000/back",
    "state": "s1",
    "nonce": "n1",
    "code_challenge": CHALLENGE.decode(),
    "code_challenge_method": "S256",
}


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path / "issuer-key.json", URL)


@pytest.fixture
async def client(signer):
    app = build(signer, {"partner-fire": "secret"})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


async def claims(client: httpx.AsyncClient, token: str) -> dict:
    document = (await client.get("/.well-known/openid-configuration")).json()
    keys = (await client.get(document["jwks_uri"])).json()
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256"]).claims


async def code_for(client: httpx.AsyncClient, **persona: str) -> str:
    answer = await client.post("/authorize", data=ASKED | persona)
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert target.geturl().startswith(ASKED["redirect_uri"])
    query = parse_qs(target.query)
    assert query["state"] == ["s1"]
    return query["code"][0]


def exchange(code: str, **other: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "portal",
        "redirect_uri": ASKED["redirect_uri"],
        "code_verifier": VERIFIER,
    } | other


async def test_a_partner_gets_a_token_for_its_department_only(client):
    body = {"grant_type": "client_credentials"}

    answer = await client.post("/token", data=body, auth=("partner-fire", "secret"))

    found = await claims(client, answer.json()["access_token"])
    assert (found["iss"], found["aud"], found["sub"]) == (URL, "onevisit", "partner-fire")
    assert (found["roles"], found["department"]) == (["partner"], "fire")
    assert found["nbf"] <= found["iat"] < found["exp"]


@pytest.mark.parametrize("who", [("partner-fire", "wrong"), ("partner-tax", "secret"), ("", "")])
async def test_a_stranger_gets_no_partner_token(client, who):
    answer = await client.post("/token", data={"grant_type": "client_credentials"}, auth=who)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_persona_signs_in_with_a_code_and_pkce(client):
    code = await code_for(client, sub="wang", roles="officer", department="fire", acr="2")

    tokens = (await client.post("/token", data=exchange(code))).json()

    access = await claims(client, tokens["access_token"])
    identity = await claims(client, tokens["id_token"])
    assert (access["sub"], access["roles"], access["department"]) == ("wang", ["officer"], "fire")
    assert (identity["sub"], identity["aud"], identity["nonce"]) == ("wang", "portal", "n1")


async def test_a_clerk_signs_in_as_one_of_the_people_of_a_service_point(client):
    code = await code_for(client, sub="chen", roles="clerk", point="taoyuan")

    tokens = (await client.post("/token", data=exchange(code))).json()

    access = await claims(client, tokens["access_token"])
    assert (access["roles"], access["point"]) == (["clerk"], "taoyuan")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "another"},
        {"client_id": "other"},
        {"redirect_uri": "http://127.0.0.1:1/"},
        {"code": "guessed"},
    ],
)
async def test_a_code_is_worth_nothing_to_anybody_else(client, wrong):
    code = await code_for(client, sub="wang")

    refused = await client.post("/token", data=exchange(code) | wrong)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_code_works_once(client):
    code = await code_for(client, sub="wang")

    first = await client.post("/token", data=exchange(code))
    second = await client.post("/token", data=exchange(code))

    assert (first.status_code, second.status_code) == (200, 400)


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://example.com/back"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"response_type": "token"},
        {"client_id": "partner-fire"},
    ],
)
async def test_an_unsafe_authorization_is_refused_before_anybody_is_asked(client, wrong):
    assert (await client.get("/authorize", params=ASKED | wrong)).status_code == 400
    assert (await client.post("/authorize", data=ASKED | wrong)).status_code == 400


async def test_the_pages_say_in_two_languages_that_they_are_for_development(client):
    for page in (await client.get("/"), await client.get("/authorize", params=ASKED)):
        assert "仅供开发使用" in page.text
        assert "For development only" in page.text
    for persona in PERSONAS:
        assert persona.name in page.text


async def test_what_a_client_sends_is_shown_as_text(client):
    page = await client.get("/authorize", params=ASKED | {"state": '"><script>alert(1)</script>'})

    assert "<script>" not in page.text


def test_the_key_survives_a_restart_and_is_readable_by_its_owner_only(signer, tmp_path):
    again = Signer(tmp_path / "issuer-key.json", URL)
    other = Signer(tmp_path / "another-key.json", URL)
    token = signer.mint("wang", "officer", department="fire")

    assert jwt.decode(token, again.key, algorithms=["ES256"]).claims["sub"] == "wang"
    with pytest.raises(BadSignatureError):
        jwt.decode(token, other.key, algorithms=["ES256"])
    assert stat.S_IMODE((tmp_path / "issuer-key.json").stat().st_mode) == 0o600
    assert "d" not in signer.jwks()["keys"][0]
