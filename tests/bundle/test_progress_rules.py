"""Progress by example: one application, several departments, one outcome."""

import pytest

from services.bundle.applications.rules import Outcome, Standing, Step
from tests.bundle.courses import Filing, graph

NEWBORN = graph(
    "birth-certificate", "household", "insurance", "social-card", "vaccination",
    household=[("birth-certificate", "issued")],
    insurance=[("household", "issued"), ("birth-certificate", "issued")],
    **{"social-card": [("household", "issued")]},
)  # fmt: skip


def test_all_members_whose_inputs_are_there_are_requested_at_once():
    filing = Filing(NEWBORN)
    assert filing.requested == ["birth-certificate", "vaccination"]


def test_a_result_starts_everybody_who_waited_for_it():
    filing = Filing(NEWBORN)
    filing.grant("birth-certificate")
    assert filing.last.request == ()
    filing.issue("birth-certificate")
    assert filing.last.request == ("household",)
    filing.issue("household")
    assert filing.last.request == ("insurance", "social-card")


def test_an_issue_heard_before_its_decision_implies_the_grant():
    filing = Filing(NEWBORN)
    filing.issue("birth-certificate")
    assert filing.progress.members["birth-certificate"] == Standing("granted", issued=True)
    filing.grant("birth-certificate")
    filing.refuse("birth-certificate")
    assert filing.last == Step(filing.progress)
    assert filing.requested == ["birth-certificate", "vaccination", "household"]


def test_a_refusal_makes_the_whole_chain_behind_it_impossible():
    filing = Filing(NEWBORN)
    filing.grant("vaccination")
    filing.refuse("birth-certificate")
    assert filing.states == {
        "birth-certificate": "refused",
        "household": "impossible",
        "insurance": "impossible",
        "social-card": "impossible",
        "vaccination": "granted",
    }
    assert filing.outcomes == [Outcome.PARTLY_GRANTED]


def test_a_granted_member_that_must_still_issue_holds_its_dependents_and_so_the_outcome():
    filing = Filing(graph("licence", "seal", seal=[("licence", "issued")]))
    filing.grant("licence")
    assert filing.states["seal"] == "waiting"
    assert filing.outcomes == []


def test_a_result_that_nobody_waits_for_does_not_hold_the_outcome():
    filing = Filing(graph("licence"))
    filing.grant("licence")
    assert filing.outcomes == [Outcome.GRANTED]
    filing.issue("licence")
    assert filing.last.changed == ("licence",)
    assert filing.progress.members["licence"].issued
    assert filing.outcomes == [Outcome.GRANTED]


def test_waiting_for_a_decision_does_not_wait_for_the_certificate():
    filing = Filing(graph("check", "permit", permit=[("check", "decided")]))
    filing.grant("check")
    assert filing.last.request == ("permit",)


def test_nobody_is_requested_twice_and_nothing_completes_twice():
    filing = Filing(graph("a", "b", b=[("a", "decided")]))
    for _ in range(3):
        filing.accept("a")
        filing.grant("a")
        filing.grant("b")
    assert filing.requested == ["a", "b"]
    assert filing.outcomes == [Outcome.GRANTED]


def test_an_answer_to_a_question_never_asked_changes_nothing():
    filing = Filing(graph("a", "b", b=[("a", "decided")]))
    filing.grant("b")
    filing.issue("b")
    filing.accept("b")
    assert filing.states == {"a": "requested", "b": "waiting"}


@pytest.mark.parametrize(
    ("granted", "refused", "withdrawn", "outcome"),
    [
        ("a b", "", "", Outcome.GRANTED),
        ("a", "", "b", Outcome.GRANTED),
        ("a", "b", "", Outcome.PARTLY_GRANTED),
        ("", "a b", "", Outcome.REFUSED),
        ("", "a", "b", Outcome.REFUSED),
        ("", "", "a b", Outcome.WITHDRAWN),
    ],
)
def test_the_outcome_weighs_what_was_not_withdrawn(granted, refused, withdrawn, outcome):
    filing = Filing(graph("a", "b"))
    filing.grant(*granted.split())
    filing.refuse(*refused.split())
    for member in withdrawn.split():
        filing.withdraw(member)
    assert filing.outcomes == [outcome]
