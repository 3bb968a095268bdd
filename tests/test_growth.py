"""What people and clocks do all day costs the same when the tables have grown."""

import time
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.reading import cursor
from tests.grown import STEP, Grown, decide
from tests.platform import Person, Platform, eventually, kinds, running

COPIES = 1000
MANY = COPIES
"""Rows of one table, read by one way and all in all, that only something that grows would read."""
READ = """
    SELECT relname AS table, 'from end to end' AS how, seq_tup_read AS rows
    FROM pg_stat_user_tables
    UNION ALL SELECT relname, indexrelname, idx_tup_read FROM pg_stat_user_indexes
"""
# What a session read is counted when it has ended, at the latest.
ALONE = "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()"
HALFWAY = int((time.time() - COPIES * STEP / 2) * 1000)
FAR_BEHIND = cursor(UUID(int=HALFWAY << 80 | 0x7000 << 64 | 0x8000 << 48))
WORKLISTS = (
    "/approvals",
    "/approvals?state=accepted",
    "/approvals?state=opened&state=correcting",  # a desk with many others, and few or none of these
    "/approvals?mine=true",
    "/cards",
    "/cards?state=appealed",
    "/consultations?open=true",
    "/supervisions",
    "/supervisions?state=disputed",
    "/supervisions?overdue=true",
)


@pytest.fixture
async def grown(fresh_database, nats_url, signer, tmp_path: Path) -> Grown:
    urls: dict[str, str] = {}

    async def noted(service: str) -> str:
        url = await fresh_database(service)
        urls[service] = url.replace("+asyncpg", "")
        return url

    makers = await kinds(noted, nats_url, signer, tmp_path, "WARNING")
    made = Grown(makers, urls, signer)
    await made.grow(COPIES)
    async with made.connected() as databases:
        for name, connection in databases.items():
            await connection.execute("SELECT pg_stat_reset()")
            # Whoever plans a statement weighs reading a table from end to end as if it were a
            # hundred times as large: these are large enough to count rows, not to frighten.
            database = urls[name].rpartition("/")[2]
            await connection.execute(f"ALTER DATABASE {database} SET seq_page_cost = 100")
    return made


async def a_day(town: Platform) -> None:
    """Somebody files, everybody decides, everybody looks at what they have to do."""
    dan, many = town.citizen("citizen-d"), town.citizen("citizen-a-7")
    application = await town.file(dan)
    await decide(town, application, "licence", "permit")
    for path in ("/applications", "/wallet", "/notices"):
        await dan.get(path)
        await many.get(path)
    await dan.get(f"/applications/{application['id']}/progress")
    fire = await town.approval(application["id"], "fire", "fire")
    for path in ("approvals/{}", "approvals/{}/clock", "dossiers/{}"):
        await town.officer("fire").get("/" + path.format(fire["id"]))
    for department in ("market", "health", "fire"):
        for path in WORKLISTS:
            await turn_pages(town.officer(department), path)


async def turn_pages(officer: Person, path: str) -> None:
    """The first page, the next, and one far behind."""
    page = await officer.get(path, params={"limit": 5})
    for place in (page["next"], FAR_BEHIND):
        if place:
            await officer.get(path, params={"limit": 5, "cursor": place})


async def test_a_day_reads_no_large_table_from_one_end_to_the_other(grown: Grown):
    """What the services do by themselves is part of it: every tick comes once as they start."""
    async with running(grown.makers, grown.signer) as town:
        await a_day(town)

    async with grown.connected() as databases:
        for connection in databases.values():
            await eventually(lambda alone=connection: alone.fetchval(ALONE))
        read = [
            f"{name}: {row['rows']} rows of {row['table']} ({row['how']})"
            for name, connection in databases.items()
            for row in await connection.fetch(READ)
            if row["rows"] >= MANY
        ]
        held = [await one.fetchval("SELECT count(*) FROM outbox") for one in databases.values()]
    assert max(held) > 20 * MANY, "the tables have not grown"
    assert read == []
