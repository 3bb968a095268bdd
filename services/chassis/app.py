"""Turn routes and reactions into a running service: wiring, health, and one start-up check."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import prometheus_client
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.types import ASGIApp

from services.chassis import (
    collector,
    database,
    development,
    operations,
    parameters,
    problems,
    telemetry,
)
from services.chassis.broker import Broker
from services.chassis.consumer import Consumer
from services.chassis.identity import ANYONE, Allow, Public, Verifier
from services.chassis.inbox import Subscription
from services.chassis.outbox import Relay
from services.chassis.settings import Settings

log = logging.getLogger(__name__)

CONSUMER_POOL = 4
Work = Callable[[FastAPI], Awaitable[None]]


class NoPolicy(RuntimeError):
    """A route declares no policy, so nobody decided who may use it."""


def build(
    name: str,
    description: str,
    routers: Sequence[APIRouter],
    subscriptions: Sequence[Subscription],
    settings: Settings,
    background: Sequence[Work] = (),
    doors: Sequence[Callable[[ASGIApp], ASGIApp]] = (),
) -> FastAPI:
    """The service's ASGI app.  Raises NoPolicy where a route does not say who may use it.

    `doors`: middleware of the service's own, innermost: correlation and problems are around it.
    """
    telemetry.start_logging(name, settings.replica, settings.log_level)
    app = FastAPI(
        title=name,
        description=description,
        version="1",
        lifespan=_lifespan,
        docs_url=None,  # one page for all services, at the gateway
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.sessions = database.connect(settings.database_url, settings.pool_size)
    # Consumers must not queue behind the requests that wait for what they are about to do.
    app.state.listening = database.connect(settings.database_url, CONSUMER_POOL, by_key=True)
    app.state.broker = Broker(settings.nats_url, name)
    app.state.relay = Relay(settings.database_url, app.state.broker, name)
    app.state.verifier = Verifier(settings.oidc_issuer, settings.oidc_audience)
    app.state.subscriptions = list(subscriptions)
    app.state.background = list(background)
    app.state.clock = development.clock(settings.development_clock, settings.oidc_issuer)
    for sessions in (app.state.sessions, app.state.listening):
        database.furnish(sessions, clock=lambda: app.state.clock())
    routers = (*routers, operations.router(name), health())
    declare_policies(routers)
    for router in routers:
        app.include_router(router, dependencies=[Depends(parameters.known)])
    for door in doors:
        app.add_middleware(door)
    problems.install(app)
    app.add_middleware(telemetry.Correlated)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    work: list[Awaitable[None]] = [state.broker.run(), state.relay.run()]
    for one in state.subscriptions:
        work.append(Consumer(state.listening, state.broker, one, state.relay).run())
    work += [start(app) for start in state.background]
    tasks = [asyncio.ensure_future(each) for each in work]
    for task in tasks:
        task.add_done_callback(_never_ends)
    try:
        collector.spare()
        settings = state.settings  # the pool binds itself to the loop that is running now
        async with database.pool(settings.database_url, settings.pool_size) as state.pool:
            yield
    finally:
        await _end(tasks)
        await state.broker.close()
        await state.sessions.kw["bind"].dispose()
        await state.listening.kw["bind"].dispose()


async def _end(tasks: Sequence["asyncio.Future[None]"]) -> None:
    """Cancel until all have ended: a cancellation that meets a wait just as it is over is lost
    (nats-py's fetch and Python 3.11's wait_for both swallow it then)."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.5)


def _never_ends(task: "asyncio.Future[None]") -> None:
    """The loops run for ever; one that ends of itself is a defect worth shouting about."""
    if not task.cancelled():
        log.critical("a background loop ended", exc_info=task.exception())


def health() -> APIRouter:
    routes = APIRouter(tags=["health"], dependencies=[ANYONE])

    @routes.get("/health/live", include_in_schema=False)
    async def live() -> dict[str, str]:
        """The process answers; touches neither database nor broker."""
        return {"status": "live"}

    @routes.get("/health/ready", include_in_schema=False)
    async def ready(request: Request) -> dict[str, str]:
        """The database answers.  The broker may be away: the outbox waits for it."""
        async with request.app.state.sessions() as session:
            await session.execute(text("SELECT 1"))
        broker = "connected" if request.app.state.broker.connected else "away"
        ahead = development.lead(request.app.state.clock)
        moved = {"clock": f"ahead by {ahead} s"} if ahead else {}
        return {"status": "ready", "broker": broker} | moved

    @routes.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """Prometheus text; reached on the service's own port, not through the gateway."""
        kind = prometheus_client.CONTENT_TYPE_LATEST
        return Response(prometheus_client.generate_latest(), media_type=kind)

    return routes


def declare_policies(routers: Sequence[APIRouter]) -> None:
    """Write each route's roles into its OpenAPI operation (`x-roles`), where the gateway reads
    them.  Routers are included flat: what is no plain route of theirs could hide one."""
    missing = []
    for route in (route for router in routers for route in router.routes):
        roles = _roles(route) if isinstance(route, APIRoute) else None
        if roles is None or not isinstance(route, APIRoute):
            missing.append(str(getattr(route, "path", route)))
            continue
        route.openapi_extra = {**(route.openapi_extra or {}), "x-roles": sorted(roles)}
    if missing:
        raise NoPolicy("no policy declared by: " + ", ".join(missing))


def _roles(route: APIRoute) -> set[str] | None:
    policies = [
        one.call for one in parameters.flat(route.dependant) if isinstance(one.call, Allow | Public)
    ]
    return {role for policy in policies for role in policy.roles} if policies else None
