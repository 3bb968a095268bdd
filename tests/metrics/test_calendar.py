"""Working days as the State Council publishes them: holidays, weekends and make-up days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.metrics.lived.rules import is_working_day, promised_hours, working_days


def at(day: str, hour: float = 12) -> datetime:
    """A moment in Shanghai, told in UTC as events tell it."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour - 8)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True),  # Friday
        ("2026-02-14", True),  # Saturday, made up for the Spring Festival
        ("2026-02-15", False),
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-03-07", False),  # an ordinary Saturday
    ],
)
def test_the_calendar_knows_holidays_and_make_up_days(day: str, works: bool):
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-02-13", "2026-02-14", 1),  # over to the make-up Saturday
        ("2026-02-13", "2026-02-24", 2),  # the festival itself does not count
        ("2026-03-06", "2026-03-07", 0),
        ("2026-03-06", "2026-03-09", 1),
        ("2026-09-30", "2026-10-08", 1),
        ("2026-09-30", "2026-10-07", 0),
        ("2026-09-29", "2026-10-09", 3),
        ("2025-12-31", "2026-01-05", 2),  # New Year with its own make-up Sunday, 4 January
    ],
)
def test_working_days_are_counted_after_the_day_of_acceptance(start: str, end: str, days: int):
    assert working_days(at(start), at(end)) == days


def test_the_same_day_is_no_day():
    assert working_days(at("2026-03-03", 0), at("2026-03-03", 23.9)) == 0


def test_a_day_begins_at_midnight_in_shanghai_not_in_greenwich():
    one_minute = timedelta(minutes=1)
    midnight = at("2026-03-04", 0)

    assert midnight.date() == date(2026, 3, 3), "still the day before in UTC"
    assert working_days(midnight - one_minute, midnight) == 1
    assert working_days(midnight, midnight + timedelta(hours=23)) == 0


def test_an_acceptance_on_a_holiday_runs_from_the_next_working_day():
    assert working_days(at("2026-10-03"), at("2026-10-08")) == 1


def test_a_decision_that_a_slower_clock_dates_before_its_acceptance_took_no_day():
    assert working_days(at("2026-03-05"), at("2026-03-04")) == 0


@pytest.mark.parametrize(
    ("promise", "hours"),
    [
        ({"value": 3, "unit": "working_day"}, 24),
        ({"value": 3, "unit": "natural_day"}, 24),
        ({"value": 3, "unit": "hour"}, 3),
        ({"value": 0, "unit": "working_day"}, 0),
    ],
)
def test_a_promise_is_compared_in_working_hours(promise, hours):
    assert promised_hours(promise) == hours
