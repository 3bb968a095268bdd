"""Wiring only: settings in, one ASGI app out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import prometheus_client
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import pages
from gateway.api import METHODS, Api
from gateway.documents import Documents
from gateway.door import Door
from gateway.headers import TO_SERVICES
from gateway.operations import Operations
from gateway.policy import Policies
from gateway.proxy import Proxy
from gateway.quota import Quota
from gateway.routes import PREFIX, SERVICES, Service
from gateway.settings import Settings
from gateway.upstreams import Upstream
from services.chassis import collector, telemetry
from services.chassis.identity import Verifier


class Gateway:
    """`/api` goes to the services, straight; everything else is a page of our own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._pages = pages.app(self._lifespan)
        self._api: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX + "/"):
            await self._api(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, starlette: Starlette) -> AsyncIterator[None]:
        """Connections belong to the running loop, so everything with one is made here."""
        settings = self.settings
        upstreams: dict[Service, Upstream] = {
            service: Upstream(service, settings.replicas(service), settings.connect_seconds)
            for service in SERVICES
        }
        policies = Policies()
        documents = Documents(upstreams, policies, settings.refresh_seconds)
        verifier = Verifier(settings.oidc_issuer, settings.oidc_audience)
        self._api = Api(
            Door(verifier, Quota(settings.rate_limit), policies),
            Proxy(settings, upstreams),
            Operations(upstreams, settings.answer_seconds),
        )
        starlette.state.documents = documents
        starlette.state.upstreams = upstreams
        starlette.state.issuer = settings.oidc_issuer
        if settings.metrics_port:
            prometheus_client.start_http_server(settings.metrics_port, settings.gateway_host)
        learning = asyncio.create_task(documents.run())
        collector.spare()
        try:
            yield
        finally:
            learning.cancel()
            await asyncio.gather(learning, return_exceptions=True)
            for upstream in upstreams.values():
                await upstream.close()


def make(settings: Settings | None = None) -> ASGIApp:
    settings = settings or Settings()
    telemetry.start_logging("gateway", settings.replica, settings.log_level)
    return telemetry.Correlated(_open_to(settings.origins, Gateway(settings)))


def _open_to(origins: Sequence[str], app: ASGIApp) -> ASGIApp:
    """Let browsers show these origins' pages what we answer.  Tokens travel in a header that pages
    set themselves, so no cookies are let through."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=sorted(METHODS),
        allow_headers=sorted({*TO_SERVICES.values(), "X-Correlation-Id"}),
        expose_headers=["ETag", "Location", "Retry-After", "X-Correlation-Id", "Idempotent-Replay"],
        max_age=3600,
    )
