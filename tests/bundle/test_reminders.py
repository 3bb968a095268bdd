"""Who left something for later hears once that its last day is near; notices of one moment."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.bundle.reminders import rules
from services.bundle.reminders.actions import remind
from services.chassis import ticks
from services.contracts import ApprovalSuspended, Duration
from tests.bundle import store
from tests.bundle.leaving import PHOTO, late
from tests.bundle.office import Office, decided, of
from tests.bundle.store import filed


@pytest.fixture(autouse=True)
async def shop(office: Office) -> AsyncIterator[Office]:
    await store.open_store(office)
    yield office
    await office.rows("UPDATE application SET gaps_look = '9999-12-31'")
    office.app.state.clock = ticks.utc


async def look(office: Office, day: date) -> None:
    office.app.state.clock = lambda: datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    while await ticks.turn(office.app, remind):
        pass


async def told(who: Any, kind: str = "deferral_due") -> list[Any]:
    return [one for one in (await who.get("/notices"))["items"] if one["kind"] == kind]


def last_day(application: Any) -> date:
    return date.fromisoformat(application["gaps"][0]["until"])


async def test_five_days_before_the_last_one_once_in_the_applicants_words(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    until = last_day(application)
    await look(shop, until - timedelta(days=6))
    assert await told(ada) == []

    for left in (5, 5, 4, 0):
        await asyncio.gather(*(look(shop, until - timedelta(days=left)) for _ in range(2)))

    [notice] = await told(ada)
    assert notice["facts"] == {"materials": {PHOTO: until.isoformat()}}
    assert notice["next"] == {
        "code": "hand-in",
        "path": f"/api/applications/{application['id']}/materials/{PHOTO}",
    }
    events = await shop.told("bundle.notice.issued", application=application["id"])
    assert [one["kind"] for one in events].count("deferral_due") == 1


async def test_after_an_outage_it_is_still_told_and_after_the_last_day_no_more(shop: Office):
    ada, bob = shop.somebody(), shop.somebody()
    until = last_day(await filed(shop, ada))
    await look(shop, until)
    assert len(await told(ada)) == 1

    until = last_day(await filed(shop, bob))
    await look(shop, until + timedelta(days=1))
    assert await told(bob) == []


async def test_what_has_come_or_what_nobody_waits_for_is_not_asked(shop: Office):
    ada, bob = shop.somebody(), shop.somebody()
    application = await filed(shop, ada)
    assert (await late(shop, ada, application)).status_code == 200
    over = await filed(shop, bob)
    await shop.hear(*(decided(over, one, "refused") for one in ("depot", "yard")))

    await look(shop, last_day(over) - timedelta(days=1))

    assert (await told(ada), await told(bob)) == ([], [])


def test_what_has_little_time_is_reminded_of_the_day_before():
    filed_on = date(2026, 11, 24)
    assert rules.remind_on(filed_on, date(2026, 12, 10)) == date(2026, 12, 5)
    assert rules.remind_on(filed_on, date(2026, 11, 27)) == date(2026, 11, 26)


def suspension(application: Any, member: str, number: int = 1) -> ApprovalSuspended:
    own = of(application, member)
    return ApprovalSuspended(
        approval=UUID(own["approval"]),
        application=application["id"],
        member=member,
        department=own["department"],
        number=number,
        kind="inspection",
        expected=Duration(value=5),
        since=datetime.now(UTC),
    )


async def test_departments_that_speak_at_one_moment_are_one_notice(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)

    await shop.hear(*(suspension(application, one) for one in ("depot", "yard")))

    [notice] = await told(ada, "suspended")
    assert notice["member"] is None
    assert set(notice["facts"]["members"]) == {"depot", "yard"}


async def test_one_department_that_speaks_twice_is_two_notices(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)

    await shop.hear(suspension(application, "depot", 1), suspension(application, "depot", 2))

    assert [one["member"] for one in await told(ada, "suspended")] == ["depot", "depot"]


async def test_what_was_reminded_of_is_not_told_again_with_what_is_due_later(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    until = last_day(application)
    after = until + timedelta(days=2)
    await shop.rows(
        "UPDATE application SET gaps = gaps || jsonb_build_object(CAST('lease:owner' AS text), "
        "jsonb_set(gaps -> CAST(:photo AS text), '{until}', to_jsonb(CAST(:after AS text)))) "
        "WHERE id = CAST(:id AS uuid)",
        photo=PHOTO,
        after=after.isoformat(),
        id=application["id"],
    )

    for left in (6, 5, 4, 3, 2, 0):
        await look(shop, until - timedelta(days=left))

    materials = [one["facts"]["materials"] for one in await told(ada)]
    assert materials == [{"lease:owner": after.isoformat()}, {PHOTO: until.isoformat()}]
