"""Statements of one text for any number of rows, and the driver's own pool."""

import datetime

import pytest
from sqlalchemy import text

from services.chassis import database
from services.chassis.database import insert_all, packed, table, update_all
from tests.chassis import shop

SOLD = table(shop.Sold)


async def shelves(sessions) -> dict[str, int]:
    async with sessions() as session:
        return dict((await session.execute(text("SELECT shoe, pairs FROM sold"))).all())


def row(shoe: str, pairs: int = 0) -> dict[str, object]:
    return {"shoe": shoe, "pairs": pairs, "arriving": False}


NEW = insert_all(SOLD, ["shoe", "pairs", "arriving"], returning=["shoe"])


async def test_any_number_of_rows_goes_in_and_known_ones_are_left_alone(sessions):
    async with sessions.begin() as tx:
        rows = packed([row("boot", 9), row("clog", 1), row("moccasin", 2)])
        told = (await tx.execute(NEW, {"rows": rows})).scalars().all()

    assert sorted(told) == ["clog", "moccasin"]
    known = await shelves(sessions)
    assert (known["boot"], known["clog"], known["moccasin"]) == (0, 1, 2)


async def test_no_rows_are_no_change(sessions):
    before = await shelves(sessions)
    async with sessions.begin() as tx:
        assert (await tx.execute(NEW, {"rows": packed([])})).scalars().all() == []

    assert await shelves(sessions) == before


async def test_each_row_changes_its_own_row_only(sessions):
    change = update_all(SOLD, ["shoe"], ["pairs"])
    async with sessions.begin() as tx:
        await tx.execute(change, {"rows": packed([row("boot", 5), row("clog", 6)])})

    assert await shelves(sessions) == {"boot": 5, "sandal": 0, "slipper": 0}


async def test_a_name_with_quotes_stays_a_name(sessions):
    async with sessions.begin() as tx:
        await tx.execute(NEW, {"rows": packed([row("'; DROP TABLE sold; --")])})

    assert "'; DROP TABLE sold; --" in await shelves(sessions)


async def test_the_swift_pool_reads_json_and_commits_by_itself(shop_url):
    async with database.pool(shop_url, 2) as pool:
        await pool.execute("UPDATE sold SET pairs = 4 WHERE shoe = 'boot'")
        assert await pool.fetchval("SELECT pairs FROM sold WHERE shoe = 'boot'") == 4
        assert await pool.fetchval("SELECT '{\"a\": [1]}'::jsonb") == {"a": [1]}
        assert await pool.fetchval("SELECT $1::jsonb ->> 'a'", {"a": "名"}) == "名"


async def test_a_pool_opens_while_the_database_is_away(wire):
    await wire.cut()
    async with database.pool(wire.url, 2) as pool:
        with pytest.raises(OSError):
            await pool.fetchval("SELECT 1")
        await wire.mend()
        assert await pool.fetchval("SELECT 1") == 1


async def test_personal_data_is_not_in_the_message_of_a_failed_statement(sessions):
    with pytest.raises(Exception, match="sold") as caught:
        async with sessions.begin() as tx:
            await tx.execute(NEW, {"rows": packed([row("canary", 5_000)])})

    assert "canary" not in str(caught.value)


async def test_times_come_back_with_their_zone(sessions):
    async with sessions() as session:
        now = (await session.execute(text("SELECT now()"))).scalar_one()

    assert now.tzinfo is not None
    assert abs(datetime.datetime.now(datetime.UTC) - now) < datetime.timedelta(minutes=1)


@pytest.mark.parametrize("by_key", [True, False])
async def test_what_goes_by_keys_is_planned_so_on_nearly_empty_tables(shop_url, by_key: bool):
    """The other way round without: or this test would show nothing."""
    sessions = database.connect(shop_url.replace("postgresql:", "postgresql+asyncpg:"), 1, by_key)
    change = str(update_all(SOLD, ["shoe"], ["pairs"])).replace(":rows", "'[]'")
    async with sessions.begin() as tx:
        plan = "\n".join((await tx.execute(text(f"EXPLAIN {change}"))).scalars())
    await sessions.kw["bind"].dispose()

    assert ("Index Scan using" in plan) is by_key
    assert ("Seq Scan" in plan) is not by_key
