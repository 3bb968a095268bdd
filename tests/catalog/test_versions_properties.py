"""Whatever is published for whatever days, each day has the version that it should."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.alone import Alone
from tests.catalog.editing import TODAY, Calendar, named
from tests.platform import Person

numbers = itertools.count()
AHEAD = st.integers(0, 4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), AHEAD),
        st.tuples(st.just("at once"), st.just(0)),
        st.tuples(st.just("take back"), AHEAD),
        st.tuples(st.just("days pass"), st.integers(1, 3)),
        st.tuples(st.just("nobody runs"), st.integers(1, 3)),
    ),
    max_size=8,
)


class Diary:
    """What a careful clerk would write down: for each day, what was published from it on."""

    def __init__(self) -> None:
        self.today = TODAY
        self.entries: dict[date, str] = {}

    def on(self, day: date) -> str | None:
        before = [one for one in self.entries if one <= day]
        return self.entries[max(before)] if before else None


@pytest.mark.timeout(300)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
async def test_each_day_has_the_version_published_for_it_last(
    catalog: Alone, bureau: Person, calendar: Calendar, steps: list[tuple[str, int]]
):
    code, diary = f"lived-{next(numbers)}", Diary()
    calendar.at(TODAY)
    for number, (step, days) in enumerate(steps):
        await take(step, days, f"第 {number} 步", code, diary, calendar, bureau)

    for offset in range(-1, 6):
        day = diary.today + timedelta(days=offset)
        answer = await bureau("GET", f"/items/{code}?on={day}")
        shown = answer.json()["record"]["name"] if answer.is_success else None
        assert shown == diary.on(day), (day, steps)
    await calendar.tick(diary.today + timedelta(days=9))
    told = await catalog.told("catalog.item.published", code=code)
    assert [one["version"] for one in told] == list(range(1, len(told) + 1))
    froms = [one["item"]["in_force_from"] for one in told]
    assert froms == sorted(froms)
    latest = diary.on(date.max)
    assert (told[-1]["item"]["name"] if told else None) == latest


async def take(
    step: str, days: int, name: str, code: str, diary: Diary, calendar: Calendar, bureau: Person
) -> None:
    day = diary.today + timedelta(days=days)
    if step == "publish":
        await bureau.put(f"/items/{code}/draft", named(name))
        answer: Any = await bureau(
            "PUT", f"/items/{code}/draft/publication", json={"from": str(day)}
        )
        if days and day in diary.entries:
            assert answer.status_code == 409
            await bureau("DELETE", f"/items/{code}/draft")
        else:
            assert answer.is_success, answer.text
            diary.entries[day] = name
    elif step == "at once":
        await bureau.put(f"/items/{code}", named(name))
        diary.entries[diary.today] = name
    elif step == "take back":
        answer = await bureau("DELETE", f"/items/{code}/scheduled/{day}")
        assert answer.is_success == bool(days and day in diary.entries)
        if answer.is_success:
            del diary.entries[day]
            await bureau("DELETE", f"/items/{code}/draft")
    else:
        diary.today = day
        if step == "days pass":
            await calendar.tick(day)
        else:
            calendar.at(day)
