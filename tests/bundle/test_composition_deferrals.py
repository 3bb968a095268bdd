"""What may come later: the shortest time counts, from the day of filing."""

from datetime import date
from typing import Any

import pytest

from services.bundle.composition.rules import compose, dated, gaps
from services.bundle.composition.rules.deferral import last_day
from services.bundle.composition.rules.item_records import Duration
from tests.bundle.bundles import Record, item, need
from tests.bundle.photos import photo, thing


def deferring(*times: Record | None, **last: Any) -> Record:
    """One photo, wanted by as many items as there are times."""
    items = [
        item(f"i-{n}", requirements=[need("photo", deferrable=True, deferral=time)])
        for n, time in enumerate(times)
    ]
    if last:
        items.append(item("last", requirements=[need("photo", **last)]))
    return compose(thing(*items), {})


def test_the_shortest_time_counts_and_one_who_cannot_wait_ends_it():
    days, hours = {"value": 5, "unit": "working_day"}, {"value": 24, "unit": "hour"}

    assert photo(deferring(days))["deferral"] == days
    assert photo(deferring(days, hours, None))["deferral"] == hours
    assert photo(deferring(None))["deferral"] is None
    strict = photo(deferring(days, deferrable=False))
    assert (strict["deferrable"], strict["deferral"]) == (False, None)


WEDNESDAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ((1, "working_day"), date(2026, 10, 8)),  # the week of the national day is off
        ((3, "working_day"), date(2026, 10, 10)),  # a Saturday that is worked
        ((4, "working_day"), date(2026, 10, 12)),
        ((0, "working_day"), WEDNESDAY),
        ((9, "hour"), date(2026, 10, 9)),
        ((3, "natural_day"), date(2026, 10, 8)),
        ((10, "natural_day"), date(2026, 10, 10)),
    ],
)
def test_a_time_runs_from_the_day_of_filing(time: tuple[int, str], day: date):
    assert last_day(WEDNESDAY, Duration(*time)) == day


def test_the_day_is_shown_and_no_part_of_what_is_agreed_to():
    plan = deferring({"value": 1})

    today, tomorrow = dated(plan, WEDNESDAY), dated(plan, date(2026, 10, 8))

    assert photo(today)["may_come_until"] == date(2026, 10, 8)
    assert photo(tomorrow)["may_come_until"] == date(2026, 10, 9)
    assert today["digest"] == tomorrow["digest"] == plan["digest"]
    assert all("may_come_until" not in one for one in plan["materials"])


def test_what_is_left_for_later_is_written_down_with_its_day():
    plan = deferring({"value": 1})
    key = photo(plan)["key"]

    assert gaps(plan, set(), WEDNESDAY) == {
        key: {"until": "2026-10-08", "came_at": None, "for": ["i-0"]}
    }
    assert gaps(plan, {key}, WEDNESDAY) == {}
    assert gaps(deferring(None), set(), WEDNESDAY) == {
        key: {"until": None, "came_at": None, "for": ["i-0"]}
    }
