"""Progress by example: one application, several departments, one outcome."""

import pytest

from services.bundle.applications.rules import (
    AlreadySettled,
    ChoiceMade,
    Graph,
    MemberDecided,
    NothingToChoose,
    Outcome,
    Progress,
    Standing,
    Step,
    UnknownMember,
    choose,
    note_accepted,
    note_decided,
    note_issued,
    open_choices,
    start,
    withdraw_all,
    withdraw_member,
)


def graph(*members: str, stop: str = "", ask: str = "", **waits: list[tuple[str, str]]) -> Graph:
    policies = {m: "stop" if m in stop.split() else "ask" if m in ask.split() else "continue"
                for m in members}  # fmt: skip
    return Graph.of(
        {
            "members": [
                {
                    "member": m,
                    "on_refusal": policies[m],
                    "waits_for": [{"member": w, "state": s} for w, s in waits.get(m, [])],
                }
                for m in members
            ]
        }
    )


class Filing:
    """An application under way; remembers all that its steps asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.requested: list[str] = []
        self.cancelled: list[tuple[str, str]] = []
        self.opened: list[str] = []
        self.outcomes: list[Outcome] = []
        self.progress = Progress({})
        self.last = self._take(start(graph))

    def _take(self, step: Step) -> Step:
        self.progress = step.progress
        self.requested += step.request
        self.cancelled += step.cancel
        self.opened += step.opened
        self.outcomes += [step.outcome] if step.outcome else []
        self.last = step
        return step

    def accept(self, *members: str) -> None:
        for member in members:
            self._take(note_accepted(self.graph, self.progress, member))

    def grant(self, *members: str) -> None:
        for member in members:
            self._take(note_decided(self.graph, self.progress, member, "granted"))

    def refuse(self, *members: str) -> None:
        for member in members:
            self._take(note_decided(self.graph, self.progress, member, "refused"))

    def issue(self, *members: str) -> None:
        for member in members:
            self._take(note_issued(self.graph, self.progress, member))

    def withdraw(self, member: str | None = None) -> None:
        if member is None:
            self._take(withdraw_all(self.graph, self.progress))
        else:
            self._take(withdraw_member(self.graph, self.progress, member))

    def choose(self, member: str, choice: str) -> None:
        self._take(choose(self.graph, self.progress, member, choice))

    @property
    def states(self) -> dict[str, str]:
        return {m: str(standing.state) for m, standing in self.progress.members.items()}


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


# --- refusal policies ---------------------------------------------------------------------------


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


# --- withdrawal ---------------------------------------------------------------------------------


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
