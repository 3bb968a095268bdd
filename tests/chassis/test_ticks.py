"""Work that comes round with time: once for all replicas, on a given clock, through outages."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import outbox, ticks
from services.chassis.database import Sessions
from tests.chassis import shop
from tests.chassis.conftest import Shop, running, settings_for
from tests.chassis.wires import Wire

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DUE = "SELECT shoe FROM sold WHERE arriving FOR UPDATE SKIP LOCKED"


async def unpack(tx: AsyncSession, now: datetime) -> bool:
    """Put one arriving shoe on offer; all of them take their time."""
    shoe = (await tx.execute(text(DUE + " LIMIT 1"))).scalar()
    if shoe is None:
        return False
    await asyncio.sleep(0.05)
    done = text("UPDATE sold SET arriving = false, pairs = pairs + :hour WHERE shoe = :shoe")
    await tx.execute(done, {"shoe": shoe, "hour": now.hour})
    await outbox.record(tx, shop.OrderPlaced(order=uuid4(), shoe=shoe), version=1)
    return True


async def arriving(sessions: Sessions, *shoes: str) -> None:
    async with sessions.begin() as tx:
        for shoe in shoes:
            row = {"shoe": shoe}
            await tx.execute(text("INSERT INTO sold VALUES (:shoe, 0, true)"), row)


async def on_offer(sessions: Sessions) -> dict[str, int]:
    async with sessions() as session:
        found = await session.execute(text("SELECT shoe, pairs FROM sold WHERE NOT arriving"))
        return {shoe: pairs for shoe, pairs in found}


async def until(looks: Any) -> None:
    async with asyncio.timeout(20):
        while not await looks():
            await asyncio.sleep(0.02)


async def test_work_is_done_at_the_time_that_the_services_clock_shows(
    quiet: Shop, sessions: Sessions
):
    quiet.app.state.clock = lambda: NOON

    assert await ticks.turn(quiet.app, unpack) is True
    assert await ticks.turn(quiet.app, unpack) is False

    assert (await on_offer(sessions))["slipper"] == 12
    async with sessions() as session:
        assert (await session.execute(text("SELECT count(*) FROM outbox"))).scalar() == 1


async def test_replicas_that_tick_at_once_do_what_is_due_once(
    quiet: Shop, sessions: Sessions, shop_url: str, signer
):
    other = shop.make(settings_for(shop_url, "nats://127.0.0.1:9", signer))
    for app in (quiet.app, other):
        app.state.clock = lambda: NOON
    await arriving(sessions, *(f"boot-{n}" for n in range(5)))

    loops = [ticks.every(60, unpack)(app) for app in (quiet.app, other)]
    async with running(*loops):

        async def all_there() -> bool:
            return len(await on_offer(sessions)) == 8

        await until(all_there)

    unpacked = [pairs for pairs in (await on_offer(sessions)).values() if pairs]
    assert unpacked == [12] * 6
    await other.state.sessions.kw["bind"].dispose()


class Burst(Exception):
    """A defect."""


async def test_work_that_fails_leaves_nothing_and_comes_round_again(
    quiet: Shop, sessions: Sessions
):
    tries = 0

    async def third_time(tx: AsyncSession, now: datetime) -> bool:
        nonlocal tries
        tries += 1
        if tries > 3:
            return False
        await tx.execute(text("UPDATE sold SET pairs = pairs + 1 WHERE shoe = 'boot'"))
        if tries < 3:
            raise Burst
        return False

    async with running(ticks.every(0.01, third_time)(quiet.app)):

        async def done() -> bool:
            return (await on_offer(sessions))["boot"] > 0

        await until(done)

    assert (await on_offer(sessions))["boot"] == 1


async def test_a_database_that_is_away_is_waited_for(wire: Wire, sessions: Sessions, signer):
    app: FastAPI = shop.make(settings_for(wire.url, "nats://127.0.0.1:9", signer))
    await arriving(sessions, "clog")
    await wire.cut()

    async with running(ticks.every(0.05, unpack)(app)):
        await asyncio.sleep(0.3)
        assert "clog" not in await on_offer(sessions)
        await wire.mend()

        async def there() -> bool:
            return "clog" in await on_offer(sessions)

        await until(there)
    await app.state.sessions.kw["bind"].dispose()


async def test_the_clock_is_right_where_nobody_sets_it(quiet: Shop):
    assert abs((datetime.now(UTC) - quiet.app.state.clock()).total_seconds()) < 60
