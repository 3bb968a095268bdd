"""Statements by the driver itself stand in their session's transaction, whatever comes first."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.chassis import driver

ADD = "INSERT INTO sold (shoe, pairs, arriving) VALUES ($1, $2, false) RETURNING shoe"
COUNT = "SELECT pairs FROM sold WHERE shoe = $1"


class ChangeOfMind(Exception):
    """Somebody leaves the transaction half-way."""


async def pairs(sessions, shoe: str) -> list[int]:
    async with sessions.begin() as tx:
        return [row["pairs"] for row in await driver.fetch(tx, COUNT, shoe)]


async def test_what_the_driver_sends_first_is_undone_with_the_rest(sessions):
    with pytest.raises(ChangeOfMind):
        async with sessions.begin() as tx:
            await driver.execute(tx, ADD, "clog", 1)
            raise ChangeOfMind

    assert await pairs(sessions, "clog") == []


async def test_both_ways_see_one_another_and_are_committed_together(sessions):
    async with sessions.begin() as tx:
        await tx.execute(text("INSERT INTO sold (shoe, pairs, arriving) VALUES ('mule', 3, false)"))
        assert [row["pairs"] for row in await driver.fetch(tx, COUNT, "mule")] == [3]
        await driver.execute(tx, ADD, "clog", 1)
        seen = await tx.execute(text("SELECT pairs FROM sold WHERE shoe = 'clog'"))
        assert seen.scalar_one() == 1

    assert await pairs(sessions, "clog") == [1]


async def test_a_session_used_again_has_a_transaction_of_its_own(sessions):
    async with sessions() as session:
        await driver.execute(session, ADD, "clog", 1)
        await session.commit()
        await driver.execute(session, ADD, "mule", 2)
        await session.rollback()

    assert await pairs(sessions, "clog") == [1]
    assert await pairs(sessions, "mule") == []


async def test_an_error_is_the_usual_one_and_leaves_nothing(sessions):
    with pytest.raises(DBAPIError) as met:
        async with sessions.begin() as tx:
            await driver.execute(tx, ADD, "clog", 1)
            await driver.execute(tx, ADD, "boot", 1)

    assert met.value.orig.sqlstate == "23505"
    assert not met.value.connection_invalidated
    assert await pairs(sessions, "clog") == []


async def test_a_lost_connection_is_an_outage_and_the_next_one_is_new(sessions):
    with pytest.raises(DBAPIError) as met:
        async with sessions.begin() as tx:
            [me] = await driver.fetch(tx, "SELECT pg_backend_pid() AS pid")
            async with sessions.begin() as other:
                await other.execute(text(f"SELECT pg_terminate_backend({me['pid']}, 2000)"))
            await driver.fetch(tx, COUNT, "boot")

    assert met.value.connection_invalidated or met.value.orig.sqlstate == "57P01"
    assert await pairs(sessions, "boot") == [0]


PID = "SELECT pg_backend_pid() AS pid"
KILL = "SELECT pg_terminate_backend($1, 2000)"


async def test_connections_that_died_while_nobody_used_them_are_dropped_with_the_first(sessions):
    async with sessions.begin() as survivor:
        await driver.fetch(survivor, PID)
        async with sessions.begin() as one, sessions.begin() as other:
            idle = [(await driver.fetch(tx, PID))[0]["pid"] for tx in (one, other)]
        for pid in idle:
            await driver.execute(survivor, KILL, pid)

        with pytest.raises(DBAPIError) as met:
            async with sessions.begin() as tx:
                await driver.fetch(tx, COUNT, "boot")

        assert met.value.connection_invalidated
        async with sessions.begin() as one, sessions.begin() as other:
            assert await driver.fetch(one, COUNT, "boot")
            assert await driver.fetch(other, COUNT, "boot")
