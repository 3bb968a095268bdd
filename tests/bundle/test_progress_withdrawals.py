"""A member or all of them withdrawn, before, after and while it is decided."""

import pytest

from services.bundle.applications.rules import (
    AlreadySettled,
    MemberDecided,
    Outcome,
    Standing,
    Step,
    UnknownMember,
)
from tests.bundle.courses import Filing, graph


def test_a_withdrawn_member_tells_its_desk_and_makes_its_dependents_impossible():
    filing = Filing(graph("a", "b", "c", b=[("a", "decided")]))
    filing.accept("a")
    filing.withdraw("a")
    assert filing.states == {"a": "withdrawn", "b": "impossible", "c": "requested"}
    assert filing.cancelled == [("a", "withdrawn")]


def test_a_member_that_no_desk_has_yet_is_withdrawn_without_a_word_to_anybody():
    filing = Filing(graph("a", "b", b=[("a", "decided")]))
    filing.withdraw("b")
    assert filing.cancelled == []
    filing.grant("a")
    assert filing.requested == ["a"]
    assert filing.outcomes == [Outcome.GRANTED]


def test_an_answer_that_crossed_a_withdrawal_changes_nothing_here():
    filing = Filing(graph("a", "b"))
    filing.withdraw("a")
    filing.grant("a")
    filing.issue("a")
    assert filing.progress.members["a"] == Standing("withdrawn")
    filing.refuse("b")
    assert filing.outcomes == [Outcome.REFUSED]


def test_withdrawing_all_settles_at_once_and_keeps_what_was_decided():
    filing = Filing(graph("a", "b", "c", c=[("b", "decided")]))
    filing.grant("a")
    filing.withdraw()
    assert filing.states == {"a": "granted", "b": "withdrawn", "c": "withdrawn"}
    assert filing.cancelled == [("b", "withdrawn")]
    assert filing.outcomes == [Outcome.WITHDRAWN]
    filing.grant("b")
    filing.withdraw()
    assert filing.last == Step(filing.progress)


def test_what_is_settled_stays_settled():
    filing = Filing(graph("a", "b", ask="a", stop="b"))
    filing.grant("a", "b")
    for attempt in (
        filing.withdraw,
        lambda: filing.withdraw("a"),
        lambda: filing.choose("a", "stop"),
    ):
        with pytest.raises(AlreadySettled):
            attempt()


def test_a_decided_member_cannot_be_withdrawn():
    filing = Filing(graph("a", "b"))
    filing.grant("a")
    with pytest.raises(MemberDecided):
        filing.withdraw("a")


def test_withdrawing_twice_is_withdrawing_once():
    filing = Filing(graph("a"))
    filing.withdraw("a")
    filing.withdraw("a")
    assert filing.last == Step(filing.progress)
    assert filing.outcomes == [Outcome.WITHDRAWN]


def test_an_unknown_member_is_named_as_such():
    filing = Filing(graph("a"))
    for attempt in (filing.accept, filing.grant, filing.issue, filing.withdraw):
        with pytest.raises(UnknownMember):
            attempt("nobody")
    with pytest.raises(UnknownMember):
        filing.choose("nobody", "stop")
