"""An announcement recomputes what was provisional; one that cannot be right is refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.approval.clock.rules.days import Calendar, Name, Year, statutory_days
from services.contracts import Duration
from tests.alone import Alone
from tests.approval.conftest import opened
from tests.approval.timed import alarm, at, ends, set_clock, shown, tick
from tests.refusals import problem


@pytest.fixture(autouse=True)
def december(desk: Alone, own_time: None) -> None:
    set_clock(desk, at("2026-12-28"))


def notice(year: int = 2027, **changes: Any) -> dict[str, Any]:
    """The statute's days, and a long weekend that the Saturday before pays for."""
    days = [{"day": day.isoformat(), "name": name.zh} for day, name in statutory_days(year).items()]
    days += changes.pop("more", [])
    return {"document": f"国办发明电〔{year - 1}〕9 号", "holidays": days, "workdays": []} | changes


def bridge(year: int) -> dict[str, Any]:
    """Monday to Wednesday of the second week off, its Saturday worked."""
    monday = date(year, 1, 4)
    while monday.weekday():
        monday += timedelta(days=1)
    off = [{"day": str(monday + timedelta(days=n)), "name": "调休"} for n in range(3)]
    return {"more": off, "workdays": [str(monday + timedelta(days=5))]}


async def announce(desk: Alone, year: int, body: Any, role: str = "operator", **more: Any) -> Any:
    return await desk.person(role, "li")("PUT", f"/calendars/{year}", json=body, **more)


async def test_a_year_that_was_not_announced_is_provisional_and_then_is_not(desk: Alone):
    approval = await opened(desk, promise=Duration(value=10))
    view = await shown(desk, approval)
    assert (view["due"], view["provisional"]) == (ends("2027-01-12"), [2027])
    assert "2027 年放假安排尚未公布" in view["counts"][0]["zh"]
    before = await alarm(desk, approval)

    answer = await announce(desk, 2027, notice(**bridge(2027)))

    assert answer.status_code == 200, answer.text
    view = await shown(desk, approval)
    assert (view["due"], view["provisional"]) == (ends("2027-01-14"), [])
    assert view["calendars"][1] == {
        "year": 2027,
        "source": "国办发明电〔2026〕9 号",
        "provisional": False,
    }
    await tick(desk)
    after = await alarm(desk, approval)
    assert before is not None and after is not None and after > before


async def test_a_due_date_that_comes_nearer_is_not_slept_through(desk: Alone):
    """Fewer days off than thought: the alarm that was set by the older calendar rings at once."""
    assert (await announce(desk, 2030, notice(2030, **bridge(2030)))).status_code == 200
    set_clock(desk, at("2030-01-04"))
    approval = await opened(desk, promise=Duration(value=3))
    assert (await shown(desk, approval))["due"] == ends("2030-01-12")

    await announce(desk, 2030, notice(2030))
    set_clock(desk, at("2030-01-10"))
    await tick(desk)

    told = (await shown(desk, approval))["reached"]
    assert [one["kind"] for one in told] == ["yellow", "red"]
    assert told[1]["due_at"] == ends("2030-01-09")


async def test_a_calendar_is_read_by_everybody_and_says_where_it_is_from(desk: Alone):
    for year, source, provisional in ((2026, "holidays", False), (2033, "statute", True)):
        answer = await desk.client.get(f"/calendars/{year}")
        view = answer.json()
        assert view["source"].startswith(source)
        assert (view["provisional"], view["edition"]) == (provisional, 0)
        assert answer.headers["etag"] == '"1"'
    view = (await desk.client.get("/calendars/2026")).json()
    assert view["working_days"] == 248
    assert "2026-10-10" in view["workdays"]


async def test_the_same_announcement_again_is_none_and_an_older_reading_is_refused(desk: Alone):
    first = await announce(desk, 2028, notice(2028), headers={"if-match": '"1"'})
    again = await announce(desk, 2028, notice(2028))
    other = await announce(desk, 2028, notice(2028, document="更正"), headers={"if-match": '"1"'})

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert problem(other) == (412, "stale")
    right = await announce(
        desk, 2028, notice(2028, document="更正"), headers={"if-match": again.headers["etag"]}
    )
    assert right.json()["edition"] > first.json()["edition"]
    assert right.json()["source"] == "更正"


async def test_what_contradicts_itself_or_the_statute_is_refused_by_name(desk: Alone):
    body = notice(2029, workdays=["2029-10-01", "2029-02-10", "2029-02-10", "2031-01-04"])
    body["holidays"] = [one for one in body["holidays"] if one["day"] != "2029-05-01"]
    body["holidays"].append(body["holidays"][0])

    answer = await announce(desk, 2029, body)

    assert problem(answer) == (422, "announcement-faulty")
    found = {(flaw["pointer"], flaw["detail"]) for flaw in answer.json()["errors"]}
    pointers = sorted(pointer for pointer, _ in found)
    last = len(body["holidays"]) - 1
    assert pointers == sorted(
        [
            "/holidays",
            f"/holidays/{last}/day",
            "/workdays/0",
            "/workdays/0",
            "/workdays/2",
            "/workdays/3",
        ]
    )
    assert any("2029-05-01" in detail for _, detail in found)
    assert (await desk.client.get("/calendars/2029")).json()["provisional"] is True


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"document": ""}, "/document"),
        ({"document": "a\u0000b"}, "/document"),
        ({"holidays": [{"day": "2029-13-01", "name": "x"}]}, "/holidays/0/day"),
        ({"workdays": "2029-01-06"}, "/workdays"),
        ({"extra": 1}, "/extra"),
    ],
)
async def test_what_is_no_announcement_is_malformed(desk: Alone, change: Any, pointer: str):
    answer = await announce(desk, 2029, notice(2029) | change)

    assert answer.status_code == 422
    assert pointer in [flaw["pointer"] for flaw in answer.json()["errors"]]


@pytest.mark.parametrize("role", ["citizen", "inspector"])
async def test_only_the_bureau_and_operators_announce(desk: Alone, role: str):
    assert (await announce(desk, 2029, notice(2029), role)).status_code == 403
    assert (await desk.officer("market")("PUT", "/calendars/2029", json={})).status_code == 403


@pytest.mark.parametrize("year", ["2000", "2101", "next"])
async def test_a_year_that_nobody_can_know_has_no_calendar(desk: Alone, year: str):
    assert (await desk.client.get(f"/calendars/{year}")).status_code == 422


def test_an_announcement_may_speak_of_the_december_before():
    told = Year(
        2032,
        off={date(2031, 12, 31): Name("元旦", "New Year's Day")},
        worked=frozenset({date(2031, 12, 27)}),
        source="国办发明电",
        edition=1,
    )
    calendar = Calendar([told])

    assert not calendar.day(date(2031, 12, 31)).works
    assert calendar.day(date(2031, 12, 27)).works
    assert Calendar().day(date(2031, 12, 31)).works


def test_the_last_days_of_a_year_wait_for_the_next_years_announcement():
    assert Calendar().awaits(date(2026, 12, 25)) is None
    assert Calendar().awaits(date(2026, 12, 28)) == 2027
    assert Calendar().awaits(date(2027, 3, 1)) == 2027
