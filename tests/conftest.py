"""Real PostgreSQL, real NATS, a real issuer.  A template database per service is built once by its
own migrations; every test gets copies, commits for real, and drops them."""

import asyncio
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import uvicorn

from deploy.local import issuer, ports
from deploy.local.nats import nats_server
from deploy.local.postgres import Postgres, embedded_postgres
from deploy.local.tokens import Signer
from deploy.nats.partners import Partner
from deploy.nats.streams import provision

SERVICES = ("catalog", "bundle", "approval", "metrics")
PARTNERS = ("fire", "health")
ROOT = Path(__file__).parent.parent
count = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with embedded_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def templates(postgres: Postgres) -> list[str]:
    """One database per service, made by its migrations: every run tests them."""
    running = []
    for service in SERVICES:
        asyncio.run(_create(postgres, f"template_{service}"))
        url = postgres.url(f"template_{service}")
        env = os.environ | {"DATABASE_URL": url.replace("postgresql:", "postgresql+asyncpg:")}
        command = [sys.executable, "-m", "alembic", "-n", service, "upgrade", "head"]
        running.append(subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.PIPE))
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said.decode()
    return list(SERVICES)


async def _create(postgres: Postgres, name: str) -> None:
    admin = await asyncpg.connect(postgres.admin_url)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()


FreshDatabase = Callable[[str], Awaitable[str]]


@pytest.fixture
async def fresh_database(postgres: Postgres, templates: list[str]) -> AsyncIterator[FreshDatabase]:
    """A migrated database of its own for a service; answers its SQLAlchemy URL."""
    made = []
    admin = await asyncpg.connect(postgres.admin_url)

    async def make(service: str) -> str:
        name = f"test_{service}_{os.getpid()}_{next(count)}"
        copy = f"CREATE DATABASE {name} TEMPLATE template_{service} STRATEGY file_copy"
        await admin.execute(copy)
        made.append(name)
        return postgres.url(name).replace("postgresql:", "postgresql+asyncpg:")

    yield make
    for name in made:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="session")
def nats_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nats")


@pytest.fixture
async def nats_url(nats_root: Path) -> AsyncIterator[str]:
    """A broker of its own for a test, with every stream and two partner departments."""
    folder = nats_root / str(next(count))
    with nats_server(folder) as server:
        await provision(server.url, [Partner(department=code) for code in PARTNERS])
        yield server.url


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signer]:
    """The development issuer, answering on a real port; mints tokens for tests."""
    port = ports.free_port()
    made = Signer(tmp_path_factory.mktemp("issuer") / "key.json", f"http://127.0.0.1:{port}")
    config = uvicorn.Config(issuer.build(made, {}), port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield made
    server.should_exit = True
    thread.join(5)
