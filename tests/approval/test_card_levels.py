"""A card that nobody reacts to goes up the line, a level at a time."""

import pytest

from services.approval.cards import rules
from tests.alone import Alone
from tests.approval.lateness import CHANGED, bureau, late, pass_to
from tests.approval.timed import at

pytestmark = pytest.mark.usefixtures("monday")


async def test_a_card_nobody_reacts_to_goes_up_the_line_each_level_once(desk: Alone):
    approval, card = await late(desk)
    officer = desk.officer("market")

    for moment, level in (
        (at("2026-11-11", 23), "desk"),
        (at("2026-11-12", 0), "head"),
        (at("2026-11-16", 23), "head"),
        (at("2026-11-18", 0), "bureau"),
        (at("2027-01-05", 0), "bureau"),
    ):
        for _ in range(2):
            await pass_to(desk, moment)
        assert (await officer.get(f"/cards/{card}"))["level"] == level
    rises = (await officer.get(f"/cards/{card}"))["rises"]
    assert [one["level"] for one in rises] == ["head", "bureau"]
    told = await desk.told(CHANGED, card=card)
    assert [(one["state"], one["level"]) for one in told] == [("open", "head"), ("open", "bureau")]
    listed = await bureau(desk).get("/cards", params={"level": "bureau", "approval": str(approval)})
    assert {one["rule"] for one in listed["items"]} == {"near_deadline", "promise_overdue"}


@pytest.mark.parametrize("text", ["", "2", "2,3,4", "0,3", "2,x", "-1,2", "2,61", "2.5,3"])
def test_a_line_that_is_not_two_numbers_of_days_does_not_start(text):
    with pytest.raises(ValueError):
        rules.steps(text)


def test_the_line_is_read_as_it_is_written():
    assert rules.steps("1, 5") == (1, 5)
