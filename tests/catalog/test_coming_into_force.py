"""The day comes: each version once, in order, whoever was down or in between."""

import asyncio
from datetime import date

import services.catalog.main
from services.catalog.records.publishing import come_into_force
from services.chassis import ticks
from tests.alone import Alone
from tests.catalog.drafting import PUBLISHED, SOON, published
from tests.catalog.editing import Calendar, field, named
from tests.platform import Person, eventually


async def test_replicas_whose_day_comes_at_once_tell_it_once(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    other = services.catalog.main.make(catalog.app.state.settings)
    for n in range(5):
        await published(bureau, f"dawn-{n}", named("黎明"), SOON)
    calendar.at(date(2026, 12, 1), 0)
    other.state.clock = catalog.app.state.clock

    await asyncio.gather(
        *(ticks.turn(app, come_into_force) for app in (catalog.app, other) for _ in range(4))
    )

    for n in range(5):
        assert len(await catalog.told(PUBLISHED, code=f"dawn-{n}")) == 1
        assert (await bureau.get(f"/items/dawn-{n}"))["version"] == 1
    await other.state.sessions.kw["bind"].dispose()


async def test_a_service_that_starts_after_the_day_brings_it_in_by_itself(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    await published(bureau, "restarted", named("睡过了"), SOON)
    calendar.at(date(2026, 12, 3))
    started = services.catalog.main.make(catalog.app.state.settings)
    started.state.clock = catalog.app.state.clock

    async def in_force() -> bool:
        return (await bureau("GET", "/items/restarted")).is_success

    async with started.router.lifespan_context(started):
        await eventually(in_force)

    assert (await bureau.get("/items/restarted"))["in_force_from"] == SOON
    assert len(await catalog.told(PUBLISHED, code="restarted")) == 1


async def test_days_missed_while_nobody_ran_come_in_their_order(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    for name, day in (("三", "2026-12-03"), ("一", "2026-12-01"), ("二", "2026-12-02")):
        await published(bureau, "missed", named(name), day)

    await calendar.tick(date(2026, 12, 10))

    told = await catalog.told(PUBLISHED, code="missed")
    assert [(one["version"], one["item"]["name"]) for one in told] == [
        (1, "一"),
        (2, "二"),
        (3, "三"),
    ]
    assert [one["item"]["in_force_from"][-1] for one in told] == ["1", "2", "3"]


async def test_whoever_publishes_at_once_does_not_stand_behind_what_was_due(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    """After midnight and before the tick, an editor mends what came into force that day."""
    await published(bureau, "mended", named("排定"), SOON)
    calendar.at(date(2026, 12, 1), 0)

    await bureau.put("/items/mended", named("订正"))
    await calendar.tick(date(2026, 12, 1), 1)

    assert (await bureau.get("/items/mended"))["record"]["name"] == "订正"
    told = await catalog.told(PUBLISHED, code="mended")
    assert [one["item"]["name"] for one in told] == ["排定", "订正"]


async def test_a_definition_changed_before_the_day_is_told_as_it_then_is(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    await bureau.put("/fields/renamed", field(name="旧名"))
    await published(bureau, "embedding", named("嵌入", fields=[{"field": "renamed"}]), SOON)

    await bureau.put("/fields/renamed", field(name="新名"))
    await calendar.tick(date(2026, 12, 1))

    [told] = await catalog.told(PUBLISHED, code="embedding")
    assert [one["name"] for one in told["fields"]] == ["新名"]
