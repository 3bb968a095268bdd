"""Real servers for the gateway's tests: an issuer, an upstream, and the gateway itself.

The upstream is the contract seen from the other side: what a service may rely on is what this one
is asked to report.
"""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from gateway.main import make
from gateway.protocol import patient_protocol
from gateway.settings import Settings

AUDIENCE = "onevisit"


class Server:
    """An ASGI app under uvicorn in a thread, on a port of its own."""

    def __init__(self, app: Any, http: Any = "httptools") -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app,
            http=http,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.005)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()


class Issuer:
    """Signs tokens, and serves the keys to check them by."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", parameters={"kid": "1"})
        self.server = Server(
            Starlette(
                routes=[
                    Route("/.well-known/openid-configuration", self.discovery),
                    Route("/jwks", self.jwks),
                ]
            )
        )
        self.url = self.server.url

    async def discovery(self, request: Request) -> Response:
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/jwks"})

    async def jwks(self, request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    def token(self, *roles: str, key: ECKey | None = None, **claims: Any) -> str:
        now = int(time.time())
        whole = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "wang",
            "iat": now,
            "nbf": now,
            "exp": now + 600,
            "roles": list(roles or ("citizen",)),
        } | claims
        return jwt.encode({"alg": "ES256", "kid": "1"}, whole, key or self.key)

    def bearer(self, *roles: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(*roles, **claims)}"}


class Upstream:
    """A service that reports what reached it.  It answers every path of every service."""

    def __init__(self, roles: dict[str, list[str]] | None = None, name: str = "") -> None:
        self.name = name
        self.url = ""
        self.roles = roles or {}
        self.seen: list[dict[str, Any]] = []
        self.hang_ups = 0
        self.next_event = asyncio.Event()
        self.events = 0
        methods = ["GET", "POST", "PUT", "DELETE"]
        self.app = Starlette(
            routes=[
                Route("/openapi.json", self.openapi),
                Route("/health/live", self.live),
                Route("/operations/{what}", self.operations),
                Route("/applications/{id}/events", self.stream),
                Route("/items/slow", self.slow, methods=methods),
                Route("/items/large", self.large),
                Route("/items/cut", self.cut),
                Route("/items/moved", self.moved, methods=methods),
                Route("/items/empty", self.empty, methods=methods),
                Route("/uploads/refused", self.refused, methods=["POST"]),
                Route("/{path:path}", self.echo, methods=methods),
            ]
        )

    async def openapi(self, request: Request) -> Response:
        paths: dict[str, Any] = {}
        for operation, roles in self.roles.items():
            method, path = operation.split(" ")
            described: dict[str, Any] = {"x-roles": roles, "responses": {}}
            if path.startswith("/uploads"):
                described["requestBody"] = {"content": {"multipart/form-data": {}}}
            paths.setdefault(path, {})[method.lower()] = described
        return JSONResponse({"openapi": "3.1.0", "info": {}, "paths": paths})

    async def live(self, request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def operations(self, request: Request) -> Response:
        what = request.path_params["what"]
        if what == "lag":
            return JSONResponse({"service": self.name, "unpublished": 1})
        return JSONResponse({"items": [{"service": self.name, "event_id": f"{self.name}-1"}]})

    async def echo(self, request: Request) -> Response:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
        self.seen.append(
            {
                "method": request.method,
                "raw_path": request.scope["raw_path"].decode(),
                "query": request.url.query,
                "headers": [[k.decode(), v.decode()] for k, v in request.scope["headers"]],
                "size": size,
                "server": self.name,
            }
        )
        headers = {"etag": '"7"', "server": "secret", "x-internal": "secret"}
        return JSONResponse(self.seen[-1], headers=headers)

    async def stream(self, request: Request) -> Response:
        async def events() -> AsyncIterator[str]:
            try:
                for number in range(3):
                    yield f"id: {number}\ndata: {time.monotonic()}\n\n"
                    await asyncio.sleep(0.3)
                while True:
                    yield ": still here\n\n"
                    await asyncio.sleep(0.05)
            finally:
                self.hang_ups += 1

        return StreamingResponse(events(), media_type="text/event-stream; charset=utf-8")

    async def slow(self, request: Request) -> Response:
        await request.body()
        self.seen.append({"method": request.method, "raw_path": "/items/slow"})
        await asyncio.sleep(3)
        return JSONResponse({})

    async def large(self, request: Request) -> Response:
        return Response(b"x" * 3_000_000, headers={"Content-Disposition": "attachment"})

    async def cut(self, request: Request) -> Response:
        async def half() -> AsyncIterator[bytes]:
            yield b"x" * 100_000
            raise RuntimeError("cut off on purpose")

        promised = {"Content-Length": "200000"} if "length" in request.query_params else {}
        return StreamingResponse(half(), headers=promised)

    async def moved(self, request: Request) -> Response:
        return Response(status_code=201, headers={"Location": "/items/new"})

    async def empty(self, request: Request) -> Response:
        return Response(status_code=204)

    async def refused(self, request: Request) -> Response:
        return JSONResponse({"title": "not this one"}, status_code=422)


ROLES = {
    "GET /items": ["public"],
    "GET /items/{code}": ["public"],
    "PUT /items/{code}": ["bureau"],
    "POST /items/{code}": ["public"],
    "POST /applications": ["citizen", "clerk"],
    "GET /applications/{id}/events": ["citizen"],
    "POST /uploads": ["citizen"],
    "POST /uploads/refused": ["citizen"],
}


@contextmanager
def serving(issuer: Issuer, **settings: Any) -> Iterator[Server]:
    """A gateway with these settings, once it has learned what it can from its upstreams."""
    wanted = Settings(oidc_issuer=issuer.url, oidc_audience=AUDIENCE, log_level="ERROR", **settings)
    server = Server(make(wanted), http=patient_protocol(wanted))
    yield server
    server.stop()


def wait_for(condition: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def everywhere(url: str) -> dict[str, str]:
    return {f"{service}_url": url for service in ("catalog", "bundle", "approval", "metrics")}


def all_up(gateway: Server) -> bool:
    found: dict[str, Any] = httpx.get(f"{gateway.url}/health/ready").json()
    return set(found["services"].values()) == {"up"}


async def speak(server: Server, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send raw bytes, part by part, and return whatever comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(pause)
    try:
        return await asyncio.wait_for(reader.read(), 3)
    finally:
        writer.close()


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
