"""The clock against a walker that counts day by day, and against dates that people remember."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.approval.clock.rules.days import Calendar, Kind
from services.approval.clock.rules.explaining import Rule, explain, walk
from services.approval.clock.rules.lengths import Length, Unit
from services.approval.clock.rules.reckoning import Count, Pause, Rules, reckon
from services.approval.clock.rules.wording import line, summary
from services.approval.main import ApprovalSettings
from tests.approval.walker import EAST_EIGHT, due_by_days, due_by_hours, pauses_from

CALENDAR = Calendar()
RULES = Rules(CALENDAR)
FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)
TEN_YEARS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
LONG = 400


@cache
def works(day: date) -> bool:
    return CALENDAR.day(day).works


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=EAST_EIGHT).astimezone(UTC)


def due(start: datetime, *budget: Length, pauses: tuple[Pause, ...] = ()) -> datetime | None:
    return reckon(Count(start, budget, pauses), RULES).due


def last_day(day: date, *budget: Length) -> date:
    found = due(at(day), *budget)
    assert found is not None
    return (found - timedelta(seconds=1)).astimezone(EAST_EIGHT).date()


# As the State Council's notices had them: what was worked on weekends.
WORKED = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
WORKING_DAYS = {2024: 251, 2025: 248, 2026: 248}


@pytest.mark.parametrize("year", WORKED)
def test_the_weekends_that_were_announced_as_worked_are_worked(year: int):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    made_up = [day for day in days if day.year == year and CALENDAR.day(day).kind is Kind.MAKE_UP]

    assert [f"{day:%m-%d}" for day in made_up] == WORKED[year]
    assert sum(works(day) for day in days if day.year == year) == WORKING_DAYS[year]


def test_two_packages_agree_on_every_day_of_all_years_that_both_know():
    known = range(2006, max(day.year for day in chinese_calendar.holidays) + 1)
    announced = [year for year in known if not CALENDAR.year(year).provisional]

    assert len(announced) > 20
    for year in announced:
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]
        assert [day for day in days if works(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    "text", ["", "9-17", "09:00-09:00", "17:00-09:00", "09:00-12:00,11:00-17:00"]
)
def test_a_working_time_that_is_none_stops_the_start_by_name(text: str):
    with pytest.raises(ValidationError, match="working_time"):
        ApprovalSettings(working_time=text, signing_keys="k1:x")


@pytest.mark.parametrize(
    ("value", "unit", "used"),
    [(1, "working_day", 0), (2, "working_day", 1), (20, "working_day", 16), (7, "natural_day", 5)],
)
def test_yellow_comes_as_the_first_day_beyond_the_share_begins(value: int, unit: str, used: int):
    count = Count(at(date(2026, 11, 2)), (Length(value, Unit(unit)),))
    yellow = reckon(count, RULES).yellow
    assert yellow is not None
    told = explain(count, RULES, yellow)
    today = [step for step in told.steps if step.day == yellow.astimezone(EAST_EIGHT).date()]

    assert told.budget[0].used == used
    assert [step.counted for step in today] == [1]


@pytest.mark.parametrize(
    ("accepted", "days", "last"),
    [
        (date(2024, 9, 27), 5, date(2024, 10, 10)),  # Sunday 29th is worked, 1st to 7th are off
        (date(2024, 10, 8), 4, date(2024, 10, 12)),  # a Saturday, worked
        (date(2025, 9, 26), 3, date(2025, 9, 30)),  # Sunday 28th is worked
        (date(2025, 9, 29), 2, date(2025, 10, 9)),  # eight days off
        (date(2025, 10, 9), 2, date(2025, 10, 11)),  # a Saturday, worked
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # the Saturday before Spring Festival
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 9, 28), 20, date(2026, 10, 30)),
        (date(2018, 12, 28), 2, date(2019, 1, 2)),  # 29th worked, 31st off: by 2019's notice
        (date(2020, 1, 23), 1, date(2020, 2, 3)),  # Spring Festival, made longer
    ],
)
def test_working_days_around_holidays_that_people_remember(accepted: date, days: int, last: date):
    assert last_day(accepted, Length(days)) == last


@pytest.mark.parametrize(
    ("accepted", "days", "last", "moved"),
    [
        (date(2025, 9, 26), 5, date(2025, 10, 9), True),  # 1 October: after the holiday
        (date(2025, 9, 21), 7, date(2025, 9, 28), False),  # a Sunday that is worked
        (date(2026, 11, 2), 5, date(2026, 11, 9), True),  # Saturday 7th
        (date(2026, 11, 2), 4, date(2026, 11, 6), False),
    ],
)
def test_natural_days_that_end_on_a_day_off_end_on_the_next_working_day(
    accepted: date, days: int, last: date, moved: bool
):
    length = Length(days, Unit.NATURAL_DAY)

    told = explain(Count(at(accepted), (length,)), RULES, at(accepted))

    assert last_day(accepted, length) == last == told.steps[-1].day
    assert (told.steps[-1].rule is Rule.ROLLED) is moved


@pytest.mark.parametrize(
    ("accepted", "hours", "when"),
    [
        (at(date(2026, 11, 6), 16), 2, at(date(2026, 11, 9), 10)),  # Friday, over the weekend
        (at(date(2026, 11, 6), 15), 2, at(date(2026, 11, 6), 17)),  # to the end of that day
        (at(date(2026, 11, 7), 3), 1, at(date(2026, 11, 9), 10)),  # filed in a Saturday's night
        (at(date(2026, 2, 14), 9), 8, at(date(2026, 2, 14), 17)),  # a Saturday that is worked
    ],
)
def test_hours_run_from_the_moment_within_working_time(accepted, hours: int, when: datetime):
    assert due(accepted, Length(hours, Unit.HOUR)) == when


def test_at_once_means_by_the_end_of_the_day_or_of_the_next_working_one():
    assert last_day(date(2026, 11, 6), Length(0)) == date(2026, 11, 6)
    assert last_day(date(2026, 11, 7), Length(0, Unit.HOUR)) == date(2026, 11, 9)


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.NATURAL_DAY])
@pytest.mark.parametrize("value", [0, 1, 5, 20, 45])
def test_every_day_of_ten_years_ends_where_the_walker_ends(unit: Unit, value: int):
    for day in TEN_YEARS:
        assert due(at(day), Length(value, unit)) == due_by_days(at(day), value, unit, [], works)


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.NATURAL_DAY])
def test_every_day_of_ten_years_with_random_pauses(unit: Unit):
    drawn = random.Random(20261124)
    for day in TEN_YEARS:
        start = at(day, drawn.randint(0, 23), drawn.randint(0, 59))
        value, pauses = drawn.choice([0, 1, 3, 5, 20]), pauses_from(drawn, start, 4, 20_000)
        by_hand = due_by_days(start, value, unit, pauses, works)

        count = Count(start, (Length(value, unit),), tuple(Pause(*one) for one in pauses))
        assert reckon(count, RULES).due == by_hand
        assert walk(count, RULES, start + timedelta(days=LONG))[1] == by_hand


def test_hours_with_random_pauses_to_the_minute():
    drawn = random.Random(20261125)
    for day in drawn.sample(TEN_YEARS, 150):
        start = at(day, drawn.randint(0, 23), drawn.randint(0, 59))
        hours, pauses = drawn.choice([1, 4, 8, 12]), pauses_from(drawn, start, 3, 1500)

        count = Count(start, (Length(hours, Unit.HOUR),), tuple(Pause(*one) for one in pauses))
        by_hand = due_by_hours(start, hours, pauses, works)
        assert reckon(count, RULES).due == by_hand
        assert walk(count, RULES, start + timedelta(days=LONG))[1] == by_hand


lengths = st.builds(Length, st.integers(0, 60), st.sampled_from(Unit))
starts = st.datetimes(datetime(2016, 1, 1), datetime(2032, 12, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


@st.composite
def counted(draw) -> Count:
    start = draw(starts)
    drawn = random.Random(draw(st.integers()))
    pauses = tuple(Pause(*one) for one in pauses_from(drawn, start, 4, 15_000))
    return Count(start, tuple(draw(st.lists(lengths, min_size=1, max_size=2))), pauses)


@settings(max_examples=400, deadline=None)
@given(counted())
def test_the_explanation_sums_to_what_was_reckoned(count: Count):
    now = count.start + timedelta(days=LONG)
    told = explain(count, RULES, now)
    steps, end = walk(count, RULES, now)

    assert end == told.reckoned.due
    for number, leg in enumerate(count.budget):
        mine = [step for step in steps if step.leg == number]
        days = sum(step.counted for step in mine)
        hours = sum((step.worked for step in mine), timedelta()) / timedelta(hours=1)
        whole = hours if leg.unit is Unit.HOUR else days
        used = told.budget[number]
        assert whole == leg.value or (whole < leg.value and end is None)
        assert used.used == pytest.approx(whole, abs=0.01)
        assert used.left == pytest.approx(leg.value - whole, abs=0.01)
        counts = [step for step in mine if step.rule in (Rule.COUNTED, Rule.MAKE_UP)]
        assert all(step.counted or step.worked for step in counts)
        assert all(step in counts for step in mine if step.counted or step.worked)
        assert [step.day for step in mine] == sorted({step.day for step in mine})
    assert [step.day for step in steps] == sorted(step.day for step in steps)


@settings(max_examples=300, deadline=None)
@given(counted())
def test_time_never_runs_out_during_a_pause_and_yellow_comes_before(count: Count):
    found = reckon(count, RULES)

    if found.due is not None:
        inside = [
            p for p in count.pauses if p.begin < found.due and (not p.end or found.due < p.end)
        ]
        assert inside == []
        assert found.due > count.start
    if found.due is not None and found.yellow is not None:
        assert count.start <= found.yellow <= found.due


@settings(max_examples=200, deadline=None)
@given(counted(), st.integers(0, 20_000), st.integers(0, 20_000))
def test_another_pause_never_brings_the_end_nearer(count: Count, wait: int, length: int):
    if count.pauses and count.pauses[-1].end is None:
        return
    after = count.pauses[-1].end if count.pauses else count.start
    assert after is not None
    begin = after + timedelta(minutes=wait)
    pause = Pause(begin, begin + timedelta(minutes=length))
    before, longer = (
        reckon(count, RULES).due,
        Count(count.start, count.budget, (*count.pauses, pause)),
    )

    later = reckon(longer, RULES).due
    assert before is not None and later is not None
    assert later >= before
    if begin >= before:
        assert later == before


def test_hours_are_explained_by_what_each_day_gave_and_what_took_the_others():
    pause = Pause(at(date(2026, 11, 10), 8), at(date(2026, 11, 10), 18))
    count = Count(at(date(2026, 11, 6), 18), (Length(12, Unit.HOUR),), (pause,))

    told = explain(count, RULES, at(date(2026, 12, 1)))

    said = [(step.day.day, step.rule, line(step).zh) for step in told.steps]
    assert said == [
        (6, Rule.CLOSED, "已过工作时间，不计"),
        (7, Rule.WEEKEND, "周末，不计"),
        (8, Rule.WEEKEND, "周末，不计"),
        (9, Rule.COUNTED, "计入 8 小时"),
        (10, Rule.PAUSE, "第 1 次中止，不计"),
        (11, Rule.COUNTED, "计入 4 小时"),
    ]
    assert summary(told, count.budget, count.start).zh == (
        "期限 12 小时，自 2026-11-06 18:00 起算。不计：周末 2 天、第 1 次中止 1 天。"
        "2026-11-11 13:00 届满。"
    )
