"""Retirements that meet an application anywhere on its way, against a plain oracle.

Never a new demand, never a stuck application, whatever is retired and whenever.
"""

import itertools
import random
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from services.bundle.applications.rules import Graph, Progress, Step, open_choices, retire
from tests.bundle.oracle import BUSY, CHANCE, Oracle, World, seen, told

Spared = tuple[tuple[str, str], ...]
UNDECIDED = ("waiting", "requested", "accepted")


@st.composite
def plans(draw, policies=("continue", "stop", "ask")):
    """Any acyclic graph of up to seven members; m3 issues e3, and some waits are mere orders."""
    members = []
    for index in range(draw(st.integers(1, 7))):
        waits = [
            {"member": f"m{before}", "state": state, "evidence": f"e{before}" if brings else None}
            for before in draw(st.sets(st.integers(0, max(index - 1, 0)), max_size=min(3, index)))
            for state in [draw(st.sampled_from(["decided", "issued"]))]
            for brings in draw(st.sampled_from([[True], [False], [True, False]]))
        ]
        policy = draw(st.sampled_from(policies))
        members.append({"member": f"m{index}", "on_refusal": policy, "waits_for": waits})
    return {"members": draw(st.permutations(members))}


@dataclass
class Witness(Oracle):
    """The oracle, and what it says of a retirement: one naive rule at a time."""

    not_needed: set = field(default_factory=set)
    lost: set = field(default_factory=set)
    """Impossible before a retirement: that is settled, and nobody takes it up again unasked."""

    def state(self, m):
        if m in self.not_needed | self.lost:
            return "not_needed" if m in self.not_needed else "impossible"
        return super().state(m)

    def there(self, wait):
        return wait["member"] in self.not_needed or super().there(wait)

    def weigh(self):
        rest = {self.state(m) for m in self.names}
        if rest == {"not_needed"}:
            return "not_needed"
        names, self.names = self.names, [m for m in self.names if m not in self.not_needed]
        try:
            return super().weigh()
        finally:
            self.names = names

    def hear(self, given):
        if given[0] != "retire":
            return super().hear(given)
        _, spared, ended = given
        if self.final:
            return None
        self.lost |= self.those("impossible")
        self.inputs = {
            m: [w for w in waits if (m, w["evidence"]) not in spared]
            for m, waits in self.inputs.items()
        }
        while idle := [m for m in ended if self.state(m) in UNDECIDED and not self.asked_for(m)]:
            self.not_needed |= set(idle)
        self.settle()
        return None

    def asked_for(self, producer):
        return any(
            wait["member"] == producer and wait["evidence"]
            for m in self.those("waiting")
            for wait in self.inputs[m]
        )


@dataclass
class Office(World):
    """A world in which items are retired.  What has ended once stays so."""

    ended: set[str] = field(default_factory=set)

    def put(self, given):
        if given[0] != "retire":
            return super().put(given)
        self.graph, step = retire(self.graph, self.progress, by_member(given[1]), given[2])
        self.take(step)
        self.log.append(given)
        return None

    def command(self, chance):
        if chance.random() < 0.1:
            return self.retirement(chance)
        return super().command(chance)

    def retirement(self, chance: random.Random):
        """One item's: some need its evidence no longer, and it may have ended."""
        names = list(self.graph.waits)
        retired = chance.choice(names)
        if chance.random() < 0.7:
            self.ended.add(retired)
        spared = {(m, f"e{retired[1:]}") for m in names if chance.random() < 0.8 and m != retired}
        return ("retire", tuple(sorted(spared)), tuple(sorted(self.ended)))


def by_member(spared: Spared) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for member, evidence in spared:
        found.setdefault(member, set()).add(evidence)
    return found


def at(progress: Progress, *states: str) -> set[str]:
    return {m for m, standing in progress.members.items() if standing.state in states}


def course(plan, chance: random.Random) -> Office:
    office = Office(plan)
    office.run(chance)
    return office


@settings(BUSY, max_examples=500)
@given(plans(), CHANCE)
def test_any_course_with_retirements_ends_as_the_oracle_says(plan, chance):
    office, witness = course(plan, chance), Witness(plan)
    graph = Graph.of(plan)
    for said, step in zip(office.log, office.steps[1:], strict=True):
        witness.hear(said)
        assert seen(step.progress) == told(witness)
        assert set(open_choices(graph, step.progress)) == witness.open()


@settings(BUSY, max_examples=500)
@given(plans(), CHANCE)
def test_a_retirement_never_demands_anything_and_never_takes_a_chance_away(plan, chance):
    office = Office(plan)
    office.run(chance, most=chance.randint(0, 40))
    before, waits = office.progress, office.graph.waits

    office.put(office.retirement(chance))

    after = office.progress
    for member, now in office.graph.waits.items():
        assert set(now) <= set(waits[member]), "a member waits for more than before"
    for lost in ("refused", "cancelled", "impossible", "withdrawn"):
        assert at(after, lost) == at(before, lost)
    assert at(before, "granted") == at(after, "granted")
    assert at(before, "requested", "accepted") <= at(
        after, "requested", "accepted", "not_needed"
    ), "what a desk has stays there or is not needed"


@settings(BUSY, max_examples=300)
@given(plans(), CHANCE)
def test_every_application_can_still_be_brought_to_an_end(plan, chance):
    """Nothing waits for what no longer comes: all desks answer, and there is an outcome."""
    office = course(plan, chance)
    while office.progress.outcome is None:
        for m in open_choices(office.graph, office.progress):
            office.put(("choose", m, "continue"))
        desks = at(office.progress, "requested", "accepted")
        granted = at(office.progress, "granted")
        pending = {m for m in granted if not office.progress.members[m].issued}
        assert desks or pending
        for m in sorted(desks | pending):
            office.put(("issued", m))
    assert not at(office.progress, "waiting")


@settings(BUSY, max_examples=300)
@given(plans(), CHANCE)
def test_what_ended_goes_on_only_where_somebody_who_waits_is_asked_for_it(plan, chance):
    office = Office(plan)
    office.run(chance, most=chance.randint(0, 40))
    said = office.retirement(chance)
    office.put(said)
    if office.progress.outcome is not None:
        return
    asked = {
        wait.member
        for m in at(office.progress, "waiting")
        for wait in office.graph.waits[m]
        if wait.evidence is not None
    }
    assert {m for m in said[2] if m in at(office.progress, *UNDECIDED)} <= asked


@settings(BUSY, max_examples=300)
@given(plans(), CHANCE)
def test_a_retirement_heard_again_changes_nothing(plan, chance):
    office = Office(plan)
    office.run(chance, most=chance.randint(0, 40))
    said = office.retirement(chance)
    office.put(said)
    before, graph = office.progress, office.graph

    office.put(said)

    assert (office.progress, office.graph) == (before, graph)
    assert office.steps[-1] == Step(before)


@settings(BUSY, max_examples=300)
@given(plans(), CHANCE)
def test_retirements_of_one_day_may_be_carried_out_in_any_order(plan, chance):
    """Each brings along all that has ended by its day."""
    office = Office(plan)
    office.run(chance, most=chance.randint(0, 20))
    spared = [office.retirement(chance)[1] for _ in range(3)]
    ended = sorted(office.ended)

    def carried_out(order):
        graph, progress = office.graph, office.progress
        for one in order:
            graph, step = retire(graph, progress, by_member(one), ended)
            progress = step.progress
        return progress

    assert len({str(seen(carried_out(order))) for order in itertools.permutations(spared)}) == 1


@settings(BUSY, max_examples=300)
@given(plans(), CHANCE)
def test_the_steps_tell_each_consequence_once(plan, chance):
    office = course(plan, chance)
    requested = [m for step in office.steps for m in step.request]
    cancelled = [one.member for step in office.steps for one in step.cancel]
    outcomes = [step.outcome for step in office.steps if step.outcome]
    assert len(requested) == len(set(requested))
    assert len(cancelled) == len(set(cancelled))
    gone = at(office.progress, "cancelled", "withdrawn", "not_needed") & set(requested)
    assert set(cancelled) == gone
    assert outcomes == ([office.progress.outcome] if office.progress.outcome else [])
