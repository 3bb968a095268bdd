"""Who is asking, and who may: OIDC bearer tokens, verified here in every service.

The gateway checks tokens too, to turn strangers away early; no service relies on that.
Each route declares its policy as a dependency (`Allow("officer")` or `ANYONE`); a service with
a route that declares none does not start (see app.py).
"""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import orjson
from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.util import urlsafe_b64decode

from services.chassis.errors import Forbidden, Unauthenticated, Unavailable

ROLES = frozenset({"citizen", "clerk", "officer", "inspector", "bureau", "operator", "partner"})
ALGORITHMS = ["ES256"]  # fixed here, never read from the token
LEEWAY = 30
NONSENSE = (ValueError, TypeError, KeyError)  # what documents of another shape than expected raise
LONGEST_SUB = 255  # OpenID Connect Core, 2
REMEMBER = 60.0
"""Seconds a verified token is believed without checking its signature again (or until it expires,
whichever is sooner).  A check costs 0.1 ms, and a filing makes a dozen."""


class Excluded(Forbidden):
    """Your role does not include this."""

    zh = "您的角色不包含这项权限。"


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller.  `sub` is an opaque account id; no name, no number."""

    sub: str
    roles: frozenset[str]
    department: str | None = None
    acr: str = ""
    enterprise: str | None = None
    """The credit code this account acts for (a legal-person login, 法人登录)."""
    point: str | None = None
    """The service point whose people this account belongs to (a clerk's)."""
    expires: float = 0.0
    """Until when the token is believed, in seconds of the epoch."""


class Verifies(Protocol):
    async def principal(self, token: str) -> Principal: ...


class Verifier:
    """Checks tokens of one issuer.  Its keys are fetched once, again for an unknown key id, and the
    old ones are kept while the issuer is out of reach."""

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer, self.audience = issuer.rstrip("/"), audience
        self.keys: KeySet | None = None
        self.fetched_at = 0.0
        self.fetching = asyncio.Lock()
        self.known: dict[bytes, tuple[Principal, float]] = {}

    async def principal(self, token: str) -> Principal:
        digest = hashlib.sha256(token.encode()).digest()
        known = self.known.get(digest)
        if known and known[1] > time.time():
            return known[0]
        claims = await self._claims(token)
        principal = _principal(claims)
        if len(self.known) > 20_000:
            self.known.clear()
        self.known[digest] = (principal, min(time.time() + REMEMBER, float(claims["exp"])))
        return principal

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            header = jwt_header(token)
            keys = await self._keys_for(header.get("kid"))
            claims: dict[str, Any] = dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
            registry = jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.audience},
                exp={"essential": True},
                sub={"essential": True},
            )
            registry.validate(claims)
            if len(str(claims["sub"])) > LONGEST_SUB:
                raise ValueError("sub is too long")
        except (JoseError, *NONSENSE) as error:
            raise Unauthenticated(
                "令牌无效：签名、签发者、受众或有效期不对。",
                "The token is not valid: signature, issuer, audience or time is wrong.",
            ) from error
        return claims

    async def _keys_for(self, kid: object) -> KeySet:
        if self.keys is None or self._wants(kid):
            async with self.fetching:
                if (self.keys is None and self._may_ask_again()) or self._wants(kid):
                    await self._fetch()
        if self.keys is None:
            raise Unavailable(
                "身份签发方暂不可达。", "The token issuer is out of reach.", retry_after=2
            )
        return self.keys

    def _wants(self, kid: object) -> bool:
        return self.keys is not None and kid not in _kids(self.keys) and self._may_fetch()

    def _may_ask_again(self) -> bool:
        """While the issuer is away, all who wait hear so at once instead of trying one by one."""
        return time.monotonic() - self.fetched_at > 1

    def _may_fetch(self) -> bool:
        """Unknown key ids come from anybody, so they may cost the issuer one request in 5 s."""
        return time.monotonic() - self.fetched_at > 5

    async def _fetch(self) -> None:
        self.fetched_at = time.monotonic()
        try:
            async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                found = await client.get(f"{self.issuer}/.well-known/openid-configuration")
                keys = await client.get(found.raise_for_status().json()["jwks_uri"])
                self.keys = KeySet.import_key_set(keys.raise_for_status().json())
        except (httpx.HTTPError, httpx.InvalidURL, JoseError, *NONSENSE) as error:
            if self.keys is None:
                raise Unavailable(
                    "身份签发方暂不可达。", "The token issuer is out of reach.", retry_after=2
                ) from error


def jwt_header(token: str) -> dict[str, Any]:
    """The protected header, refused where it offers a key or an extension of its own."""
    header = orjson.loads(urlsafe_b64decode(token.partition(".")[0].encode()))
    if not isinstance(header, dict) or {"jwk", "jku", "x5u", "x5c", "crit"} & set(header):
        raise ValueError("unacceptable header")
    return header


def _kids(keys: KeySet) -> set[object]:
    return {key.kid for key in keys.keys}


def _principal(claims: dict[str, Any]) -> Principal:
    roles = claims.get("roles")
    return Principal(
        sub=str(claims["sub"]),
        roles=ROLES.intersection(roles if isinstance(roles, list) else ()),
        department=claims.get("department"),
        acr=str(claims.get("acr", "")),
        enterprise=claims.get("enterprise"),
        expires=float(claims["exp"]) + LEEWAY,
        point=claims.get("point"),
    )


async def _bearer(request: Request) -> Principal:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("请在 Authorization 中带上 Bearer 令牌。", "Send a Bearer token.")
    verifier: Verifies = request.app.state.verifier
    return await verifier.principal(token.strip())


class Allow(SecurityBase):
    """The policy of a route: callers with one of these roles.

    Officers and partners must also belong to a department: without one they could not be kept
    apart from other departments.
    """

    def __init__(self, *roles: str) -> None:
        assert roles and set(roles) <= ROLES, f"unknown role in {roles}"
        self.roles = roles
        self.model = HTTPBearer(bearerFormat="JWT")
        self.scheme_name = "oidc"

    async def __call__(self, request: Request) -> Principal:
        principal = await _bearer(request)
        if not principal.roles.intersection(self.roles):
            needed = ", ".join(self.roles)
            raise Excluded(f"需要的角色：{needed}。", f"It takes one of: {needed}.")
        if {"officer", "partner"} & principal.roles and not principal.department:
            raise Excluded("令牌没有部门。", "The token names no department.")
        return principal


class Public:
    """The policy of a route that answers without a token."""

    roles = ("public",)

    async def __call__(self, request: Request) -> Principal | None:
        return None


class Known(Public):
    """The policy of a route that answers without a token, and tells some who bring one more."""

    async def __call__(self, request: Request) -> Principal | None:
        return await _bearer(request) if "authorization" in request.headers else None


ANYONE = Depends(Public())
