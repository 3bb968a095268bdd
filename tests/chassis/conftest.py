"""A shoe shop with a database, a broker and an issuer of its own, all real."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats
import pytest
from fastapi import FastAPI
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.nats import NatsServer, nats_server
from deploy.local.postgres import Postgres
from deploy.local.tokens import Signer
from services.chassis import database
from services.chassis.broker import Broker
from services.chassis.consumer import Consumer
from services.chassis.database import Sessions
from services.chassis.inbox import Subscription, subscriptions
from services.chassis.outbox import Relay
from services.chassis.settings import Settings
from tests.chassis import shop
from tests.chassis.wires import Wire
from tests.conftest import count

[HEARD] = subscriptions("shop", shop.REACTIONS)

MAX_PAYLOAD = 65_536
TEMPLATE = "template_shop"
NOBODY = "nats://127.0.0.1:9"


@pytest.fixture(scope="session")
def shop_template(postgres: Postgres) -> str:
    asyncio.run(_fill(postgres))
    return TEMPLATE


async def _fill(postgres: Postgres) -> None:
    admin = await asyncpg.connect(postgres.admin_url)
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    await admin.close()
    engine = create_async_engine(_dialect(postgres.url(TEMPLATE)))
    async with engine.begin() as connection:
        await connection.run_sync(shop.Base.metadata.create_all)
    await engine.dispose()
    connection = await asyncpg.connect(postgres.url(TEMPLATE))
    await connection.execute(OPENING)
    await connection.close()


OFFER = """
    INSERT INTO sold (shoe, pairs, arriving)
        VALUES ('boot', 0, false), ('sandal', 0, false), ('slipper', 0, true);
"""
# A shoe called 'late' is refused when the transaction commits, not before.
OPENING = f"""
    {OFFER}
    CREATE FUNCTION too_late() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'too late' USING DETAIL = NEW.buyer; END $$;
    CREATE CONSTRAINT TRIGGER too_late AFTER INSERT ON purchase DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.shoe = 'late') EXECUTE FUNCTION too_late();
"""


def _dialect(url: str) -> str:
    return url.replace("postgresql:", "postgresql+asyncpg:")


@pytest.fixture
async def admin(postgres: Postgres) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(postgres.admin_url)
    yield connection
    await connection.close()


@pytest.fixture
def alters_schema() -> None:
    """For a test that changes more than rows: `shop_url` is then a database of its own."""


@pytest.fixture(scope="session")
async def shared_database(
    postgres: Postgres, shop_template: str
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """One database after another test's: its rows go, which is quicker than a copy."""
    name = await _copy(postgres)
    connection = await asyncpg.connect(postgres.url(name))
    yield connection
    await connection.close()


async def _copy(postgres: Postgres) -> str:
    name = f"test_shop_{os.getpid()}_{next(count)}"
    connection = await asyncpg.connect(postgres.admin_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    await connection.close()
    return name


@pytest.fixture
async def shop_url(
    request: pytest.FixtureRequest, postgres: Postgres, shop_template: str, shared_database
) -> str:
    """A shop's database, two shoes on offer and one on its way."""
    if "alters_schema" in request.fixturenames:
        return _dialect(postgres.url(await _copy(postgres)))
    await shared_database.execute(CLEAN)
    return _dialect(postgres.url(await shared_database.fetchval("SELECT current_database()")))


# Whoever is still connected was forgotten by the test before.
CLEAN = f"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    DELETE FROM outbox; DELETE FROM outbox_waiting; DELETE FROM inbox; DELETE FROM parked;
    DELETE FROM idempotency;
    DELETE FROM purchase; DELETE FROM sold;
    {OFFER}
"""


@pytest.fixture
async def sessions(shop_url: str) -> AsyncIterator[Sessions]:
    made = database.connect(shop_url, 12)
    yield made
    await made.kw["bind"].dispose()


@pytest.fixture
async def wire(shop_url: str) -> AsyncIterator[Wire]:
    """The line to the shop's database, which can be cut: `wire.url` leads over it."""
    async with Wire.to(shop_url) as made:
        yield made


@pytest.fixture(scope="session")
def shared_nats(nats_root: Path) -> Iterator[NatsServer]:
    with nats_server(nats_root / "shop", f"max_payload: {MAX_PAYLOAD}\n") as server:
        yield server


@pytest.fixture
async def nats_url(shared_nats: NatsServer) -> str:
    """A broker with an empty stream SHOP and nothing else."""
    await lay_stream(shared_nats.url)
    return shared_nats.url


@pytest.fixture
async def own_nats(nats_root: Path) -> AsyncIterator[NatsServer]:
    """A broker that a test may suspend, kill and start again."""
    with nats_server(nats_root / f"own-{next(count)}") as server:
        await lay_stream(server.url)
        yield server


async def lay_stream(url: str, name: str = shop.STREAM, **more: Any) -> None:
    client = await nats.connect(url)
    for known in (name, "CELLAR"):
        try:
            await client.jetstream().delete_stream(known)
        except NotFoundError:
            continue
    subjects = [f"{name.lower()}.>"]
    await client.jetstream().add_stream(StreamConfig(name, subjects=subjects, **more))
    await client.close()


@pytest.fixture
async def client(nats_url: str) -> AsyncIterator[nats.NATS]:
    """The test's own connection to the broker."""
    made = await nats.connect(nats_url)
    yield made
    await made.close()


@asynccontextmanager
async def running(*work: Awaitable[None]) -> AsyncIterator[None]:
    """Loops in the background.  Ended as a service ends its own: nats-py's fetch may swallow a
    cancellation, so one is not always enough."""
    pending = {asyncio.ensure_future(each) for each in work}
    try:
        yield
    finally:
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.05)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Broker]:
    broker = Broker(url, "shop")
    async with running(broker.run()):
        await asyncio.wait_for(broker.wait(), 10)
        yield broker


@pytest.fixture
async def broker(nats_url: str) -> AsyncIterator[Broker]:
    async with connected(nats_url) as made:
        yield made


class Shop:
    """The shop's app, and people who talk to it."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, signer: Signer) -> None:
        self.app, self.client, self.signer = app, client, signer

    async def __call__(
        self,
        method: str,
        path: str,
        json: Any = None,
        key: str = "",
        sub: str = "ada",
        role: str = "citizen",
        **more: Any,
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.signer.mint(sub, role)}"}
        if key:
            headers["idempotency-key"] = key
        headers |= more.pop("headers", {})
        return await self.client.request(method, path, json=json, headers=headers, **more)

    async def order(self, key: str, shoe: str = "boot", **more: Any) -> httpx.Response:
        return await self("POST", "/orders", {"shoe": shoe} | more.pop("body", {}), key, **more)


@asynccontextmanager
async def opened(settings: Settings, signer: Signer) -> AsyncIterator[Shop]:
    app = shop.make(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = httpx.AsyncClient(transport=transport, base_url="http://shop")
        yield Shop(app, await stack.enter_async_context(client), signer)


@pytest.fixture
async def quiet(sessions: Sessions, shop_url: str, signer: Signer) -> AsyncIterator[Shop]:
    """The shop without its loops: nothing happens that was not asked for."""
    app = shop.make(settings_for(shop_url, NOBODY, signer))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield Shop(app, client, signer)
    await app.state.sessions.kw["bind"].dispose()


def settings_for(url: str, nats_url: str, signer: Signer, **more: Any) -> Settings:
    return Settings(
        database_url=url,
        nats_url=nats_url,
        oidc_issuer=signer.issuer,
        log_level="INFO",
        **more,
    )


def listening(sessions, broker, heard: Subscription = HEARD):
    return running(
        Consumer(sessions, broker, heard, Relay("postgresql://none", broker, "shop")).run()
    )


@pytest.fixture
async def consumer(sessions, broker):
    async with listening(sessions, broker):
        yield
