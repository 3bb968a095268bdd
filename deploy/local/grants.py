"""What the development issuer gives for what: codes with PKCE, client credentials."""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from deploy.local.tokens import ROLES, Signer

CODE_LIFETIME = 60
TOKEN_LIFETIME = 3600
PARTNER = "partner-"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Refused(Exception):
    """An OAuth error and its description (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.status = error, status


@dataclass(frozen=True, slots=True)
class Login:
    """What a code stands for until it is exchanged, once."""

    claims: dict[str, Any]
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    until: float


def check_authorization(asked: Mapping[str, str]) -> None:
    """PKCE always; back to this machine only, for anybody may sign in as anybody here."""
    target = urlsplit(asked.get("redirect_uri", ""))
    if target.scheme not in ("http", "https") or target.hostname not in LOOPBACK or target.query:
        raise Refused("invalid_request", "redirect_uri must be a plain address on this machine")
    if asked.get("response_type") != "code":
        raise Refused("unsupported_response_type", "response_type must be code")
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        raise Refused("invalid_request", "PKCE is required: code_challenge with method S256")
    if not asked.get("client_id") or asked["client_id"].startswith(PARTNER):
        raise Refused("invalid_client", "name a client; partners use client_credentials")


class Grants:
    """The codes given out and not yet exchanged, and the partners' secrets."""

    def __init__(self, signer: Signer, clients: Mapping[str, str]) -> None:
        self.signer, self.clients = signer, clients
        self.logins: dict[str, Login] = {}

    def code(self, form: Mapping[str, str]) -> str:
        """A code for the persona that was chosen."""
        check_authorization(form)
        code = secrets.token_urlsafe(32)
        self.logins[code] = Login(
            claims=_claims(form),
            client_id=form["client_id"],
            redirect_uri=form["redirect_uri"],
            challenge=form["code_challenge"],
            nonce=form.get("nonce", ""),
            until=time.monotonic() + CODE_LIFETIME,
        )
        return code

    def exchange(self, form: Mapping[str, str]) -> dict[str, str]:
        """Access and identity token for a code.  A code is gone after one try, right or wrong."""
        login = self.logins.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            login is None
            or login.until < time.monotonic()
            or login.client_id != form.get("client_id")
            or login.redirect_uri != form.get("redirect_uri")
            or not secrets.compare_digest(login.challenge, challenge)
        ):
            raise Refused("invalid_grant", "the code is unknown, used, expired or not yours")
        claims = dict(login.claims)
        sub, roles = claims.pop("sub"), claims.pop("roles")
        identity: dict[str, Any] = {"aud": login.client_id}
        if login.nonce:
            identity["nonce"] = login.nonce
        return {
            "access_token": self.signer.mint(sub, *roles, **claims, lifetime=TOKEN_LIFETIME),
            "id_token": self.signer.mint(sub, acr=claims["acr"], **identity),
        }

    def partner(self, name: str, secret: str) -> dict[str, str]:
        known = self.clients.get(name)
        if known is None or not secrets.compare_digest(known.encode(), secret.encode()):
            raise Refused("invalid_client", "no such client, or not its secret", 401)
        department = name.removeprefix(PARTNER)
        token = self.signer.mint(
            name, "partner", department=department, acr="3", lifetime=TOKEN_LIFETIME
        )
        return {"access_token": token}


def _claims(form: Mapping[str, str]) -> dict[str, Any]:
    roles = [role for role in form.get("roles", "citizen").split() if role in ROLES]
    claims: dict[str, Any] = {"sub": form.get("sub") or "nobody", "roles": roles}
    claims["acr"] = form.get("acr") or "1"
    belongs_to = ("department", "enterprise", "point")
    return claims | {key: form[key] for key in belongs_to if form.get(key)}


def basic(authorization: str) -> tuple[str, str] | None:
    """Client id and secret from an Authorization header, if it is of that kind."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise Refused("invalid_client", "the Authorization header is malformed", 401) from error
    return name, secret
