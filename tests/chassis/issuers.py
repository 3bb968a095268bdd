"""An issuer that counts who asks it, changes its keys, and can be away."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import Counter
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.local import ports


class Issuer:
    def __init__(self) -> None:
        self.port = ports.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = new_key()
        self.asked: Counter[str] = Counter()
        self.serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/jwks", self._jwks),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=self.port, log_config=None)
        self.server = uvicorn.Server(config)
        self.serving = asyncio.create_task(self.server.serve())
        while not self.server.started:
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        if self.serving is not None:
            self.server.should_exit = True
            await self.serving
            self.serving = None

    def rotate(self) -> None:
        self.key = new_key()

    async def _discovery(self, request: Request) -> JSONResponse:
        self.asked["discovery"] += 1
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/jwks"})

    async def _jwks(self, request: Request) -> JSONResponse:
        self.asked["jwks"] += 1
        public = self.key.as_dict(private=False, alg="ES256", use="sig")
        return JSONResponse({"keys": [public]})

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims with some replaced or, where None, left out."""
        now = int(time.time())
        whole = {
            "iss": self.url,
            "aud": "onevisit",
            "sub": "ada",
            "iat": now,
            "nbf": now,
            "exp": now + 600,
            "roles": ["citizen"],
        } | changes
        return {name: value for name, value in whole.items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        return signed(self.key, self.claims(**claims), {"kid": self.key.kid} | (header or {}))


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def signed(key: Any, claims: dict[str, Any], header: dict[str, Any]) -> str:
    """By hand: a library would refuse to make most of what a forger makes.  `key` is an EC key, or
    bytes for HS256, or None for no signature."""
    alg = "none" if key is None else "HS256" if isinstance(key, bytes) else "ES256"
    text = f"{part({'alg': alg} | header)}.{part(claims)}"
    return f"{text}.{encoded(_signature(key, text.encode()))}"


def _signature(key: Any, text: bytes) -> bytes:
    if key is None:
        return b""
    if isinstance(key, bytes):
        return hmac.new(key, text, hashlib.sha256).digest()
    r, s = decode_dss_signature(key.private_key.sign(text, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def part(content: object) -> str:
    return encoded(json.dumps(content).encode())


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
