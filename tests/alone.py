"""One service alone: its own database and no broker, told by hand what its neighbours say."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import orjson
from fastapi import FastAPI
from sqlalchemy import text

from deploy.local.postgres import Postgres
from deploy.local.tokens import Signer
from services.chassis import database, envelope
from services.chassis.inbox import Letter, handle, letter_of
from tests.conftest import FreshDatabase
from tests.platform import Platform

NOBODY = "nats://127.0.0.1:9"
counting = itertools.count()


def letter(event: Any, version: int = 1) -> Letter:
    """An event as it comes out of the broker.  The same letter again is a redelivery."""
    sealed = envelope.seal(event, version, correlation="")
    return letter_of(sealed.id, sealed.subject, sealed.payload.encode())


class Alone(Platform):
    """People talk to it over HTTP, neighbours by `hear`; what it says is read in its outbox."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, signer: Signer) -> None:
        super().__init__({app.title: client}, {app.title: app})
        self.app, self.client, self.signer = app, client, signer

    def client_for(self, path: str) -> httpx.AsyncClient:
        return self.client

    async def hear(self, *said: Any) -> None:
        """Deliver events (or letters, to deliver the same again) as one batch of one stream."""
        letters = [one if isinstance(one, Letter) else letter(one) for one in said]
        kinds = {one.document["type"] for one in letters}
        [listening] = [one for one in self.app.state.subscriptions if kinds <= set(one.kinds)]
        await handle(self.app.state.sessions, listening, letters)

    async def hear_at_once(self, *said: Any) -> None:
        """Deliver each event in a transaction of its own, all at the same moment."""
        await asyncio.gather(*(self.hear(one) for one in said))

    async def told(self, subject: str, **about: Any) -> list[dict[str, Any]]:
        """The data of the events recorded on `subject`, oldest first; `about`: only those with
        these values."""
        rows = await self.rows(
            "SELECT payload FROM outbox WHERE subject = :subject ORDER BY pos", subject=subject
        )
        data = [orjson.loads(row.payload)["data"] for row in rows]
        return [one for one in data if all(str(one[k]) == str(v) for k, v in about.items())]

    async def connect(self) -> None:
        """Open every connection of the pool, so that what follows really happens at once: else the
        first request is over while the others still log in."""
        size = self.app.state.settings.pool_size
        await asyncio.gather(*(self.rows("SELECT pg_sleep(0.1)") for _ in range(size)))

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.app.state.sessions.begin() as tx:
            found = await tx.execute(text(statement), values)
            return list(found.all()) if found.returns_rows else []


@asynccontextmanager
async def alone(app: FastAPI, signer: Signer) -> AsyncIterator[Alone]:
    """`app` without its background loops: nothing happens that the test did not ask for."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://test")
    async with database.pool(app.state.settings.database_url) as app.state.pool, client:
        yield Alone(app, client, signer)
    await app.state.sessions.kw["bind"].dispose()


@asynccontextmanager
async def databases(postgres: Postgres) -> AsyncIterator[FreshDatabase]:
    """Migrated databases for longer than one test; see conftest's `fresh_database`."""
    made = []
    admin = await asyncpg.connect(postgres.admin_url)

    async def make(service: str) -> str:
        name = f"shared_{service}_{os.getpid()}_{next(counting)}"
        copy = f"CREATE DATABASE {name} TEMPLATE template_{service} STRATEGY file_copy"
        await admin.execute(copy)
        made.append(name)
        return postgres.url(name).replace("postgresql:", "postgresql+asyncpg:")

    try:
        yield make
    finally:
        for name in made:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()
