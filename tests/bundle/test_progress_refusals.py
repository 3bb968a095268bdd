"""What a refusal does to the others: go on, stop, or ask the applicant."""

import pytest

from services.bundle.applications.rules import (
    ChoiceMade,
    NothingToChoose,
    Outcome,
    Step,
    open_choices,
)
from tests.bundle.courses import Filing, graph


def test_under_continue_the_others_go_on():
    filing = Filing(graph("a", "b"))
    filing.refuse("a")
    assert filing.states["b"] == "requested"
    assert filing.outcomes == []


def test_under_stop_members_not_accepted_are_cancelled_and_accepted_ones_keep_their_decision():
    waits = {"later": [("busy", "decided")]}
    filing = Filing(graph("key", "busy", "idle", "later", stop="key", **waits))
    filing.accept("busy")
    filing.refuse("key")
    assert filing.states == {
        "key": "refused",
        "busy": "accepted",
        "idle": "cancelled",
        "later": "cancelled",
    }
    assert filing.cancelled == [("idle", "stopped")]
    assert filing.outcomes == []
    filing.grant("busy")
    assert filing.outcomes == [Outcome.STOPPED]


def test_a_stop_that_finds_nothing_to_cancel_is_a_plain_refusal():
    filing = Filing(graph("a", "b", stop="a", b=[("a", "decided")]))
    filing.refuse("a")
    assert filing.states["b"] == "impossible"
    assert filing.outcomes == [Outcome.REFUSED]


def test_while_a_choice_is_open_nothing_new_is_requested():
    filing = Filing(graph("a", "b", "c", ask="a", c=[("b", "decided")]))
    filing.refuse("a")
    assert filing.opened == ["a"]
    filing.grant("b")
    assert filing.states["c"] == "waiting"
    filing.choose("a", "continue")
    assert filing.last.request == ("c",)


def test_choosing_stop_cancels_what_is_not_accepted():
    filing = Filing(graph("a", "b", "c", ask="a"))
    filing.accept("b")
    filing.refuse("a")
    filing.choose("a", "stop")
    assert filing.states == {"a": "refused", "b": "accepted", "c": "cancelled"}
    assert filing.cancelled == [("c", "stopped")]


def test_a_choice_is_moot_once_nothing_is_left_to_cancel():
    filing = Filing(graph("a", "b", ask="a"))
    filing.refuse("a")
    filing.accept("b")
    assert open_choices(filing.graph, filing.progress) == ()
    with pytest.raises(NothingToChoose):
        filing.choose("a", "stop")
    filing.grant("b")
    assert filing.outcomes == [Outcome.PARTLY_GRANTED]


def test_each_refusal_that_asks_wants_its_own_word():
    filing = Filing(graph("a", "b", "c", "d", ask="a b", d=[("c", "decided")]))
    filing.refuse("a", "b")
    filing.choose("a", "continue")
    filing.grant("c")
    assert filing.last.request == ()
    filing.choose("b", "continue")
    assert filing.last.request == ("d",)


def test_a_choice_made_stands():
    filing = Filing(graph("a", "b", ask="a"))
    filing.refuse("a")
    filing.choose("a", "continue")
    filing.choose("a", "continue")
    assert filing.last == Step(filing.progress)
    with pytest.raises(ChoiceMade):
        filing.choose("a", "stop")


@pytest.mark.parametrize("member", ["b", "c"])
def test_there_is_nothing_to_choose_where_nothing_was_refused_or_nobody_asks(member):
    filing = Filing(graph("a", "b", "c", ask="b"))
    filing.refuse("c")
    with pytest.raises(NothingToChoose):
        filing.choose(member, "stop")
