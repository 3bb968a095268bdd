"""Migrations make exactly the tables that the code declares, and bring no service to a halt."""

import ast
import asyncio
import os
import sys
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
INDEXED = """
from services.chassis.migrations import index_beside_traffic

revision = "0002"
down_revision = "0001"


def upgrade():
    index_beside_traffic("ix_sold_colour", "sold", ["colour"])
"""
BEFORE_THE_RULE = frozenset(
    {
        "approval/20261124_acceptance",
        "approval/20261124_alarm_index",
        "approval/20261124_because",
        "approval/20261124_cards",
        "approval/20261124_endings",
        "approval/20261124_exhibits",
        "approval/20261124_flat_desk",
        "approval/20261124_later_filings",
        "approval/20261124_point_rights",
        "approval/20261124_steps",
        "bundle/20261124_bundle_life",
        "bundle/20261124_expiries",
        "bundle/20261124_later_filings",
        "bundle/20261124_reminders",
        "catalog/20261124_retired",
        "metrics/20261124_delegated",
    }
)


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


# --- an index on a table in use -------------------------------------------------------------------


@pytest.fixture
def indexing(config, tmp_path) -> Config:
    """The colour gets an index, in a migration of its own."""
    (tmp_path / "versions" / "0002_index.py").write_text(INDEXED)
    return config


async def index(other) -> str:
    """How it stands."""
    found = await other.fetchval(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_sold_colour')"
    )
    return {None: "none", True: "valid", False: "broken"}[found]


async def until(look) -> None:
    async with asyncio.timeout(10):
        while not await look():
            await asyncio.sleep(0.02)


async def test_an_index_is_built_while_others_write(indexing, other, shop_url):
    """It waits for who wrote before it, and nobody waits for it: not even the one whose write
    would queue behind a lock."""
    await asyncio.to_thread(command.upgrade, indexing, "0001")
    third = await asyncpg.connect(shop_url.replace("+asyncpg", ""))
    await third.execute("SET lock_timeout = '2s'")
    async with other.transaction():
        await other.execute("UPDATE sold SET pairs = 1")
        building = asyncio.create_task(upgrade(indexing))

        async def begun() -> bool:
            return await index(third) == "broken"

        await until(begun)
        await third.execute("INSERT INTO sold SELECT * FROM sold WHERE false")
        await asyncio.sleep(0.6)  # longer than a migration waits for a lock
        assert not building.done()
    await asyncio.wait_for(building, 10)
    await third.close()

    assert await index(other) == "valid"


SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


async def test_replicas_that_wait_do_not_hold_the_index_up(indexing, other, shop_url, tmp_path):
    """Whoever waits for its turn holds nothing that the index would wait for."""
    await asyncio.to_thread(command.upgrade, indexing, "0001")
    ini = f"[alembic]\nscript_location = {tmp_path}\npath_separator = os\n"
    (tmp_path / "alembic.ini").write_text(ini)
    command_line = (sys.executable, "-m", "alembic", "-c", str(tmp_path / "alembic.ini"))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    async def replica() -> asyncio.subprocess.Process:
        said = (*command_line, "upgrade", "head")
        return await asyncio.create_subprocess_exec(*said, env=environment)

    third = await asyncpg.connect(shop_url.replace("+asyncpg", ""))

    async def begun() -> bool:
        return await index(third) == "broken"

    async def all_there() -> bool:
        return await third.fetchval(SESSIONS) >= there + 3

    async with asyncio.timeout(60), other.transaction():
        there = await third.fetchval(SESSIONS)
        await other.execute("UPDATE sold SET pairs = 1")
        replicas = [await replica()]
        await until(begun)
        replicas += [await replica(), await replica()]
        await until(all_there)
    async with asyncio.timeout(60):
        assert [await one.wait() for one in replicas] == [0, 0, 0]
    assert await index(third) == "valid"
    await third.close()


async def test_what_a_failed_attempt_left_behind_is_built_anew(indexing, other):
    await asyncio.to_thread(command.upgrade, indexing, "0001")
    await other.execute("CREATE INDEX ix_sold_colour ON sold (colour)")
    await other.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_sold_colour'::regclass"
    )
    assert await index(other) == "broken"

    await upgrade(indexing)

    assert await index(other) == "valid"


def indexed_later(path: Path) -> set[str]:
    """Tables that a migration did not make itself and yet indexes under a lock."""
    parts = [
        part
        for part in ast.parse(path.read_text()).body
        if getattr(part, "name", "") != "downgrade"
    ]
    calls = [
        (node.func.attr, [getattr(one, "value", None) for one in node.args])
        for part in parts
        for node in ast.walk(part)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    made = {args[0] for name, args in calls if name == "create_table"}
    return {args[1] for name, args in calls if name == "create_index"} - made


MIGRATIONS = sorted((ROOT / "services").glob("*/migrations/versions/*.py"))


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_a_new_migration_indexes_an_old_table_beside_the_traffic(path):
    """`op.create_index` keeps all who write out until it is done: on a large table, for minutes.
    What was written before the rule is history, and stays."""
    name = f"{path.parts[-4]}/{path.stem}"

    assert name in BEFORE_THE_RULE or not indexed_later(path), (
        "Use services.chassis.migrations.index_beside_traffic, in a migration of its own."
    )
