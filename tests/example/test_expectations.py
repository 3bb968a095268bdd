"""The demo's own reckoning and the platform's rules, two programs, agree on every filing."""

import pytest

from deploy.example.demo import abolition, expectations
from deploy.example.demo.abolition import ABOLITION
from deploy.example.demo.filings import Filing
from deploy.example.demo.people import Town
from deploy.example.demo.scenarios import thirty
from services.bundle.applications import rules
from services.bundle.applications.rules import Graph, MemberState, Progress
from services.bundle.composition.rules import Retired, Retirement, abridge, compose
from tests.example.test_district import combinations

FILINGS = thirty(Town(seed=5))


@pytest.mark.parametrize("code", expectations.bundles())
def test_plans_agree_for_answers_on_both_sides_of_every_threshold(published, code) -> None:
    for answers in combinations(code):
        plan = compose(published[code], answers)
        mine = expectations.plan(code, answers)
        waits = {
            member["member"]: {wait["member"]: wait["state"] for wait in member["waits_for"]}
            for member in plan["members"]
        }

        assert waits == mine.waits
        assert {material["key"] for material in plan["materials"]} == mine.materials
        assert {one["member"] for one in plan["left_out"]} == mine.left_out
        assert (plan["before"], plan["after"]) == (mine.before, mine.after)


def played(filing: Filing, graph: Graph) -> Progress:
    """The script of a filing, one answer at a time; whoever waits for nobody goes first."""
    progress = rules.start(graph).progress
    while progress.outcome is None:
        ready = {
            member
            for member, standing in progress.members.items()
            if standing.state in (MemberState.REQUESTED, MemberState.ACCEPTED)
        }
        for member in sorted(ready, key=lambda m: len(filing.later.get(m, ()))):
            later = filing.later.get(member, ())
            if all(settled(filing, progress, one) for one in later):
                progress = answered(filing, graph, progress, member)
                break
        else:
            progress = changed_mind(filing, graph, progress)
    return progress


def settled(filing: Filing, progress: Progress, member: str) -> bool:
    if member == "?":
        return bool(progress.chosen)
    open_ = {MemberState.WAITING, MemberState.REQUESTED, MemberState.ACCEPTED}
    return progress.members[member].state not in open_


def answered(filing: Filing, graph: Graph, progress: Progress, member: str) -> Progress:
    progress = rules.note_accepted(graph, progress, member).progress
    if member in filing.refused:
        return rules.note_decided(graph, progress, member, "refused").progress
    return rules.note_issued(graph, progress, member).progress


def changed_mind(filing: Filing, graph: Graph, progress: Progress) -> Progress:
    if filing.choice and not progress.chosen:
        return rules.choose(graph, progress, *filing.choice).progress
    assert filing.withdraw, f"nobody moves: {progress.members}"
    return rules.withdraw_member(graph, progress, filing.withdraw).progress


@pytest.mark.parametrize("filing", FILINGS, ids=lambda filing: filing.title)
def test_endings_agree(published, filing: Filing) -> None:
    plan = compose(published[filing.bundle], filing.answers)
    mine = expectations.plan(filing.bundle, filing.answers)
    single = [filing.withdraw] if filing.withdraw not in (None, "*") else []

    progress = played(filing, Graph.of(plan))
    outcome, states = expectations.ending(mine, filing.refused, single, filing.stopped)

    assert progress.outcome == outcome
    assert {member: str(one.state) for member, one in progress.members.items()} == states


def test_the_thirty_show_what_they_are_there_for() -> None:
    refused = [filing for filing in FILINGS if filing.refused]
    policies = {
        expectations.plan(filing.bundle, filing.answers).member(member).policy
        for filing in refused
        for member in filing.refused
    }

    assert len(FILINGS) == 30
    assert policies == {"stop", "continue", "ask"}
    assert {filing.choice[1] for filing in FILINGS if filing.choice} == {"continue", "stop"}
    assert sum(filing.withdraw == "*" for filing in FILINGS) >= 2
    assert any(filing.follows for filing in FILINGS)
    assert any(filing.principal and filing.company for filing in FILINGS)
    assert any(filing.principal and not filing.company for filing in FILINGS)
    assert any(filing.born_of for filing in FILINGS)


def test_a_withdrawal_in_flight_may_leave_only_what_could_have_been_granted() -> None:
    plan = expectations.plan("newborn", FILINGS[7].answers)
    all_withdrawn = dict.fromkeys(plan.waits, "withdrawn")

    assert expectations.may_end_withdrawn(plan, all_withdrawn)
    first = all_withdrawn | {"birth-registration": "granted"}
    assert expectations.may_end_withdrawn(plan, first)
    skipped = all_withdrawn | {"household-registration": "granted"}
    assert not expectations.may_end_withdrawn(plan, skipped)


def test_the_abolition_settles_just_those_who_need_what_its_item_issues() -> None:
    assert set(ABOLITION.dispositions) == expectations.dependents(ABOLITION.item)


def test_plans_after_the_abolition_agree(published) -> None:
    gone = Retirement(ABOLITION.item, "cancelled", "2026-12-01")
    issued = expectations.items()[ABOLITION.item]["issues"]
    retired = Retired({ABOLITION.item: gone}, {issued: gone})
    *_, last = abolition.filings(Town(seed=5))

    plan = compose(abridge(published[last.bundle], retired), last.answers)

    mine = expectations.plan(last.bundle, last.answers, retired=ABOLITION)
    waits = {
        member["member"]: {wait["member"]: wait["state"] for wait in member["waits_for"]}
        for member in plan["members"]
    }
    assert waits == mine.waits
    assert {material["key"] for material in plan["materials"]} == mine.materials
    assert {one["member"] for one in plan["left_out"]} == mine.left_out
    assert (plan["before"], plan["after"]) == (mine.before, mine.after)


@pytest.mark.parametrize("place", [0, 1])
def test_filings_that_the_abolition_meets_end_as_expected(published, place: int) -> None:
    filing = abolition.filings(Town(seed=5))[place]
    mine = expectations.plan(filing.bundle, filing.answers)
    graph = Graph.of(compose(published[filing.bundle], filing.answers))
    progress = rules.start(graph).progress
    if "contract" not in filing.fallen:
        progress = rules.note_issued(graph, progress, "contract").progress
    evidence = expectations.items()[ABOLITION.item]["issues"]
    spared = {m.key: [evidence] for m in mine.members if m.item["code"] in ABOLITION.dispositions}

    graph, step = rules.retire(graph, progress, spared, ["contract"])
    progress = step.progress
    while progress.outcome is None:
        for member, standing in progress.members.items():
            if standing.state in (MemberState.REQUESTED, MemberState.ACCEPTED):
                progress = rules.note_issued(graph, progress, member).progress

    outcome, states = expectations.ending(mine, {}, fallen=filing.fallen)
    assert outcome == progress.outcome
    assert states == {m: str(standing.state) for m, standing in progress.members.items()}
