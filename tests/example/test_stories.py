"""What the demo's stories reckon by themselves agrees with the platform: plans, days, QR codes."""

import random
import string
from datetime import UTC, date, datetime, timedelta

import pytest
import segno

from deploy.example.demo import expectations, qr
from deploy.example.demo.days import SHANGHAI, Calendar
from deploy.example.demo.filings import Filing
from deploy.example.demo.people import Town
from deploy.example.demo.places import hotel, social_card
from services.approval.clock.rules import days as calendars
from services.approval.clock.rules.lengths import Length, Unit
from services.approval.clock.rules.reckoning import Count, Rules, reckon
from services.approval.clock.rules.reckoning import Pause as Stop
from services.bundle.composition.rules import compose

STORIES = [social_card(Town(seed=5), "a card"), hotel(Town(seed=5), "a hotel")]


@pytest.mark.parametrize("filing", STORIES, ids=lambda filing: filing.bundle)
def test_their_plans_agree(published, filing: Filing) -> None:
    signed = tuple(sorted(filing.signed))

    plan = compose(published[filing.bundle], filing.answers, commitments=signed)

    mine = expectations.plan(filing.bundle, filing.answers, signed=filing.signed)
    waits = {
        member["member"]: {wait["member"]: wait["state"] for wait in member["waits_for"]}
        for member in plan["members"]
    }
    assert waits == mine.waits
    assert {material["key"] for material in plan["materials"]} == mine.materials
    assert (plan["before"], plan["after"]) == (mine.before, mine.after)


def test_they_show_what_they_are_there_for() -> None:
    card, inn = (expectations.plan(one.bundle, one.answers) for one in STORIES)

    assert {"card": "issued"}.items() <= card.waits["activation"].items()
    assert {"hygiene": "issued"}.items() <= inn.waits["hotel-trade"].items()
    assert "hygiene" not in inn.waits["fire-check"], "what an ending must not reach"
    for filing in STORIES:
        known = {*filing.facts, *filing.answers}
        fields = {
            use["field"]
            for m in (card, inn)[STORIES.index(filing)].members
            for use in m.item["fields"]
        }
        assert fields <= known, "the form would ask what nobody has"


@pytest.fixture(scope="module")
def years() -> tuple[Calendar, Rules]:
    """2026 and 2027, with the make-up days that an operator might enter for 2027."""
    made_up = date(2027, 2, 20)
    off = {date(2027, 2, day): calendars.Name("春节", "Spring Festival") for day in range(5, 13)}
    known = calendars.Calendar([calendars.Year(2027, off, frozenset({made_up}), "test", 1)])
    kinds = {
        day: known.day(day)
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(2 * 365))
    }
    free = {day for day, what in kinds.items() if what.kind is calendars.Kind.HOLIDAY}
    worked = {day for day, what in kinds.items() if what.kind is calendars.Kind.MAKE_UP}
    assert made_up in worked
    return Calendar(free, worked), Rules(known)


def test_days_are_counted_as_the_law_counts_them(years: tuple[Calendar, Rules]) -> None:
    mine, rules = years
    lot = random.Random(7)
    for _ in range(2000):
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=lot.randrange(500 * 24 * 60))
        begin = start + timedelta(minutes=lot.randrange(6 * 24 * 60))
        end = begin + timedelta(minutes=lot.randrange(20 * 24 * 60))
        count = lot.randrange(1, 21)
        budget = (Length(count, Unit.WORKING_DAY),)

        plain = reckon(Count(start, budget), rules).due
        paused = reckon(Count(start, budget, (Stop(begin, end),)), rules).due
        natural = reckon(Count(start, (Length(count, Unit.NATURAL_DAY),)), rules).due

        assert mine.working_days(start, count) == plain
        if begin < mine.working_days(start, count):
            assert mine.working_days(start, count, (begin, end)) == paused
        assert mine.natural_days(start, count) == natural


def test_a_day_ends_at_midnight_here() -> None:
    friday = datetime(2026, 11, 27, 15, tzinfo=SHANGHAI)

    due = Calendar(set(), set()).working_days(friday, 1)

    assert due == datetime(2026, 12, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize("level", "lmqh")
def test_a_qr_code_is_read_as_a_telephone_reads_it(level: str) -> None:
    lot = random.Random(7)
    seen = set()
    for length in range(4, 264, 4):
        text = "https://" + "".join(lot.choices(string.ascii_letters + "/?=&-", k=length))
        code = segno.make(text, error=level, boost_error=False, micro=False)
        if code.version <= 10:
            seen.add(code.version)
            assert qr.read(f"<figure>{code.svg_inline(scale=4)}</figure>") == text
    assert seen >= set(range(3, 11))


@pytest.mark.parametrize("page", ["", "<p>nothing</p>", '<path class="qrline" d="M4 4.5h7"/>'])
def test_a_page_without_one_is_unreadable(page: str) -> None:
    with pytest.raises(qr.Unreadable):
        qr.read(page)
