"""Everything but `/api`: what this is, both references, and whether the door is open."""

import asyncio
import functools
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
import fastapi_offline
import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gateway.documents import Documents
from gateway.reference import asyncapi, events_page, home_page, openapi
from gateway.refusals import MethodNotAllowed
from gateway.routes import Service
from gateway.upstreams import Upstream
from services.chassis import problems
from services.chassis.errors import NotFound, Refusal

HERE = Path(__file__).parent / "reference" / "static"
SWAGGER = Path(fastapi_offline.__file__).parent / "static"

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Pages take nothing from other hosts, and the browser is told to see to that."""

PROBE_SECONDS = 1.0

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def app(lifespan: Lifespan) -> Starlette:
    return Starlette(
        routes=[
            Route("/", home),
            Route("/docs", docs),
            Route("/events", events),
            Route("/openapi.json", openapi_json),
            Route("/asyncapi.json", asyncapi_json),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Mount("/assets/swagger", StaticFiles(directory=SWAGGER)),
            Mount("/assets", StaticFiles(directory=HERE)),
        ],
        exception_handlers={HTTPException: _not_here, Exception: _unexpected},
        lifespan=lifespan,
    )


async def home(request: Request) -> Response:
    return HTMLResponse(home_page.render(), headers=HEADERS)


async def docs(request: Request) -> Response:
    return HTMLResponse(home_page.swagger(), headers=HEADERS)


async def events(request: Request) -> Response:
    return HTMLResponse(_events_html(), headers=HEADERS)


async def openapi_json(request: Request) -> Response:
    """Merged on request: it is asked for rarely, and a service may just have shown itself."""
    documents: Documents = request.app.state.documents
    return _json(openapi.merge(documents.known, request.app.state.issuer))


async def asyncapi_json(request: Request) -> Response:
    return Response(_asyncapi(), media_type="application/json", headers=HEADERS)


async def live(request: Request) -> Response:
    """The process answers."""
    return _json({"status": "live"})


async def ready(request: Request) -> Response:
    """Ready when a service answers and every one that answers has shown who may use it.

    One that is away must not take the others along.
    """
    upstreams: dict[Service, Upstream] = request.app.state.upstreams
    documents: Documents = request.app.state.documents
    answers = await asyncio.gather(*(_is_live(one) for one in upstreams.values()))
    services: dict[Service, str] = dict.fromkeys(upstreams, "down")
    for name, answered in zip(upstreams, answers, strict=True):
        if answered:
            services[name] = "up" if name in documents.known else "unknown"
    states = set(services.values())
    open_ = "up" in states and "unknown" not in states
    content = {"status": "ready" if open_ else "unready", "services": services}
    return _json(content, 200 if open_ else 503)


async def _is_live(upstream: Upstream) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            response = await upstream.send("GET", "/health/live", {})
            await response.read()
    except (Refusal, TimeoutError, aiohttp.ClientError):
        return False
    return response.status == 200


async def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = MethodNotAllowed() if error.status_code == 405 else NotFound()
    response = problems.response(refusal, request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> Response:
    return problems.response(problems.Unexpected(), request, 500)


@functools.cache
def _events_html() -> str:
    return events_page.render()


@functools.cache
def _asyncapi() -> bytes:
    return orjson.dumps(asyncapi.document())


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, HEADERS, media_type="application/json")
