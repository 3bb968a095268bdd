"""Migrations make exactly the tables that the code declares, and bring no service to a halt."""

import asyncio
import os
import time
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from services.chassis import migrations
from services.chassis.migrations import MIGRATION_LOCK
from tests.conftest import SERVICES, count

ROOT = Path(__file__).parent.parent.parent
ENV = """
from services.chassis.migrations import run
from tests.chassis.shop import Base

run(Base.metadata)
"""
VERSION = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.add_column("sold", sa.Column("colour", sa.String()))
"""


@pytest.fixture
async def empty(postgres, admin):
    name = f"test_empty_{os.getpid()}_{next(count)}"
    await admin.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
    yield postgres.url(name).replace("postgresql:", "postgresql+asyncpg:")
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_and_tables_agree(service, empty, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", empty)
    config = Config("alembic.ini", ini_section=service)

    await asyncio.to_thread(command.upgrade, config, "head")
    await asyncio.to_thread(command.check, config)


@pytest.fixture
def config(alters_schema, shop_url, tmp_path, monkeypatch) -> Config:
    """A migration of the shop: its shoes get a colour."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    (tmp_path / "versions" / "0001_colour.py").write_text(VERSION)
    monkeypatch.setenv("DATABASE_URL", shop_url)
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "300ms")
    made = Config()
    made.set_main_option("script_location", str(tmp_path))
    made.set_main_option("path_separator", "os")
    return made


@pytest.fixture
async def other(shop_url):
    """Somebody else's connection to the same database."""
    made = await asyncpg.connect(shop_url.replace("+asyncpg", ""))
    yield made
    await made.close()


async def coloured(other) -> bool:
    columns = "SELECT 1 FROM information_schema.columns WHERE column_name = 'colour'"
    return bool(await other.fetch(columns))


async def upgrade(config: Config) -> None:
    await asyncio.to_thread(command.upgrade, config, "head")


async def test_a_difference_between_migrations_and_tables_is_found(config, other):
    await upgrade(config)

    with pytest.raises(CommandError, match="remove_column.*colour"):
        await asyncio.to_thread(command.check, config)


async def test_a_migration_gives_up_on_a_busy_table_and_changes_nothing(config, other):
    async with other.transaction():
        await other.execute("UPDATE sold SET pairs = 1")
        started = time.monotonic()
        with pytest.raises(DBAPIError, match="lock timeout"):
            await upgrade(config)
        assert time.monotonic() - started < 3
    assert not await coloured(other)

    await upgrade(config)
    assert await coloured(other)


async def test_a_replica_waits_for_the_one_that_migrates_however_long_it_takes(config, other):
    await other.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
    waiting = asyncio.create_task(upgrade(config))
    await asyncio.sleep(0.8)
    assert not waiting.done()
    assert not await coloured(other)

    await other.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)
    await asyncio.wait_for(waiting, 5)
    assert await coloured(other)


async def test_a_second_replica_finds_it_done(config, other):
    await upgrade(config)
    await upgrade(config)

    assert await coloured(other)
