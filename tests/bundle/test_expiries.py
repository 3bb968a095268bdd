"""Holders hear in time that a certificate runs out, once per notice, and what to do about it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.bundle import main
from services.bundle.expiries import rules
from services.bundle.expiries.actions import tell_expiries
from services.chassis import ticks
from tests.bundle.office import Office, decided, issued, of

START, END = date(2026, 1, 1), date(2030, 6, 30)
TOLD = "bundle.notice.issued"


@pytest.fixture(autouse=True)
async def by_itself(office: Office) -> AsyncIterator[None]:
    yield
    await office.rows("DELETE FROM expiry_told")
    await office.rows("UPDATE evidence SET valid_until = NULL WHERE trust = 'A'")
    office.app.state.clock = ticks.utc


async def holding(
    office: Office, start: date | None = START, end: date | None = END
) -> tuple[Any, Any]:
    """Somebody with one certificate of this validity."""
    who = office.somebody()
    application = await office.filed(who)
    member = next(m for m in application["members"] if m["state"] == "requested")["member"]
    valid = {"valid_from": start, "valid_until": end}
    await office.hear(decided(application, member), issued(application, member, "licence", **valid))
    return who, application | {"one": member}


async def look(office: Office, day: date) -> None:
    office.app.state.clock = lambda: datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    while await ticks.turn(office.app, tell_expiries):
        pass


async def notices(who: Any, language: str = "zh-CN") -> list[Any]:
    headers = {"accept-language": language}
    shown = await who.get("/notices", headers=headers)
    return [one for one in shown["items"] if one["kind"] == "expiring"]


async def test_ninety_days_before_and_thirty_each_once(office: Office):
    who, application = await holding(office)
    for left, expected in (
        (91, []),
        (90, [90]),
        (89, [90]),
        (31, [90]),
        (30, [30, 90]),
        (0, [30, 90]),
    ):
        for _ in range(2):
            await look(office, END - timedelta(days=left))
        assert [one["facts"]["days"] for one in await notices(who)] == expected
    await look(office, END + timedelta(days=1))
    shown = await notices(who)
    assert len(shown) == 2
    assert shown[0]["name"] == of(application, application["one"])["name"]
    assert shown[0]["next"] == {"code": "renew", "path": "/api/bundles"}
    assert shown[0]["facts"]["valid_until"] == END.isoformat()
    assert (await notices(who, "en"))[0]["text"].startswith("A certificate of yours runs out")
    told = await office.told(TOLD, application=application["id"], kind="expiring")
    assert len(told) == 2
    assert set(told[0]) == {"notice", "application", "party", "kind", "member"}


async def test_after_an_outage_one_notice_speaks_for_both(office: Office):
    who, _ = await holding(office)
    for left in (20, 19):
        await look(office, END - timedelta(days=left))
    assert [one["facts"]["days"] for one in await notices(who)] == [30]


async def test_replicas_tell_once(office: Office):
    held = [await holding(office) for _ in range(5)]
    other = main.make(office.app.state.settings)
    for app in (office.app, other):
        app.state.clock = lambda: datetime(2030, 5, 1, tzinfo=UTC)
    for _ in range(2):
        turns = [ticks.turn(app, tell_expiries) for app in (office.app, other) * 3]
        await asyncio.gather(*turns)
    await other.state.sessions.kw["bind"].dispose()
    for who, application in held:
        assert len(await notices(who)) == 1
        told = await office.told(TOLD, application=application["id"], kind="expiring")
        assert len(told) == 1


async def test_what_was_renewed_is_not_spoken_of(office: Office):
    who, application = await holding(office)
    await office.rows(
        "INSERT INTO evidence (id, party, evidence, trust, subject_index, provider, application,"
        " valid_from, valid_until) SELECT gen_random_uuid(), party, evidence, trust, subject_index,"
        " provider, application, valid_from, valid_until + 365 FROM evidence"
        " WHERE application = CAST(:id AS uuid) AND trust = 'A'",
        id=application["id"],
    )
    await look(office, END - timedelta(days=30))
    assert await notices(who) == []


async def test_nobody_hears_of_anothers(office: Office):
    who, _ = await holding(office)
    other, _ = await holding(office, end=None)
    await look(office, END - timedelta(days=30))
    assert (len(await notices(who)), await notices(other)) == (1, [])


@pytest.mark.parametrize(
    ("start", "left", "expected"),
    [
        (START, 91, ()),
        (START, 90, (90,)),
        (START, 31, (90,)),
        (START, 30, (90, 30)),
        (START, 0, (90, 30)),
        (START, -1, ()),
        (None, 30, (90, 30)),
        (END - timedelta(days=60), 60, ()),
        (END - timedelta(days=60), 30, (30,)),
        (END - timedelta(days=20), 10, ()),
    ],
)
def test_what_has_fallen_due(start, left, expected):
    assert rules.due(start, END, END - timedelta(days=left)) == expected


@pytest.mark.parametrize(
    ("fallen", "told", "tells"),
    [
        ((), (), None),
        ((90,), (), 90),
        ((90,), (90,), None),
        ((90, 30), (90,), 30),
        ((90, 30), (), 30),
    ],
)
def test_the_nearest_speaks(fallen, told, tells):
    assert rules.to_tell(fallen, told) == tells


async def test_what_has_ended_does_not_run_out(office: Office):
    who, _ = await holding(office)
    await office.rows("UPDATE evidence SET ended_as = 'revoked' WHERE trust = 'A'")

    await look(office, END - timedelta(days=30))

    assert await notices(who) == []
