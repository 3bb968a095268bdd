"""The whole platform as its users meet it: four services, each on a port, behind the gateway."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats
from fastapi import FastAPI
from nats.js import JetStreamContext

import gateway.main
from deploy.local.nats import nats_server
from deploy.local.postgres import Postgres
from deploy.local.tokens import Signer
from deploy.nats.partners import Partner
from deploy.nats.streams import provision
from gateway.protocol import patient_protocol
from gateway.settings import Settings as GatewaySettings
from tests.alone import databases
from tests.conftest import PARTNERS
from tests.gateway.servers import Server
from tests.platform import Platform, eventually, kinds


class Late:
    """An ASGI app made in the thread and the loop that serve it."""

    def __init__(self, make: Callable[[], FastAPI]) -> None:
        self.make, self.app = make, None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.app = self.app or self.make()
        await self.app(scope, receive, send)


class Served(Platform):
    """Everybody talks to the gateway; what lies behind it is read where it lies."""

    def __init__(self, signer: Signer, door: Server, client: httpx.AsyncClient) -> None:
        super().__init__({}, {})
        self.signer, self.door, self.client = signer, door, client
        self.databases: dict[str, str] = {}
        self.servers: dict[str, Server] = {}
        self.js: JetStreamContext
        self.folder: Path

    def client_for(self, path: str) -> httpx.AsyncClient:
        return self.client

    async def rows(self, service: str, statement: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.databases[service])
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()


@asynccontextmanager
async def served(
    postgres: Postgres, signer: Signer, folder: Path, log_level: str = "CRITICAL", **limits: Any
) -> AsyncIterator[Served]:
    """`folder` gets the broker's store and the uploads; `limits` are settings of the gateway."""
    async with AsyncExitStack() as stack:
        fresh = await stack.enter_async_context(databases(postgres))
        broker = stack.enter_context(nats_server(folder / "nats"))
        await provision(broker.url, [Partner(department=code) for code in PARTNERS])
        urls: dict[str, str] = {}

        async def noted(service: str) -> str:
            urls[service] = await fresh(service)
            return urls[service]

        made = await kinds(noted, broker.url, signer, folder / "uploads", log_level)
        servers = {name: Server(Late(make)) for name, make in made.items()}
        stack.push_async_callback(_stop, list(servers.values()))
        settings = GatewaySettings(
            **{f"{name}_url": server.url for name, server in servers.items()},
            oidc_issuer=signer.issuer,
            log_level=log_level,
            **{"rate_limit": 1_000_000} | limits,
        )
        door = Server(gateway.main.make(settings), http=patient_protocol(settings))
        stack.push_async_callback(_stop, [door])
        client = httpx.AsyncClient(base_url=f"{door.url}/api", trust_env=False, timeout=30)
        opened = Served(signer, door, await stack.enter_async_context(client))
        opened.databases = {k: v.replace("+asyncpg", "") for k, v in urls.items()}
        opened.servers, opened.folder = servers, folder
        connection = await nats.connect(broker.url)
        stack.push_async_callback(connection.close)
        opened.js = connection.jetstream()
        await eventually(lambda: _up(opened))
        yield opened


async def _up(opened: Served) -> bool:
    found = (await opened.client.get(f"{opened.door.url}/health/ready")).json()
    return set(found["services"].values()) == {"up"}


async def _stop(servers: list[Server]) -> None:
    await asyncio.gather(*(asyncio.to_thread(server.stop) for server in servers))
