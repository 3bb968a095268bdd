"""Progress on any graph, in any order, with repeats and crossings, against a plain oracle."""

import random
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.bundle.applications.rules import (
    Graph,
    Progress,
    Step,
    choose,
    note_accepted,
    note_decided,
    note_issued,
    open_choices,
    start,
    withdraw_all,
    withdraw_member,
)
from services.chassis.errors import Refusal

# A busy machine is slow; that is no fault of what is tested.
BUSY = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

Input = tuple[str, ...]

APPLY = {
    "accepted": note_accepted,
    "decided": note_decided,
    "issued": note_issued,
    "withdraw": withdraw_member,
    "withdraw-all": withdraw_all,
    "choose": choose,
}


@st.composite
def plans(draw, policies=("continue", "stop", "ask")):
    """A plan as far as progress reads it: any acyclic graph of up to seven members."""
    members = []
    for index in range(draw(st.integers(1, 7))):
        earlier = [m["member"] for m in members]
        wait = st.tuples(st.sampled_from(earlier or ["-"]), st.sampled_from(["decided", "issued"]))
        waits = draw(st.lists(wait, max_size=min(3, len(earlier)), unique_by=lambda w: w[0]))
        members.append(
            {
                "member": f"m{index}",
                "on_refusal": draw(st.sampled_from(policies)),
                "waits_for": [{"member": m, "state": s} for m, s in waits],
            }
        )
    return {"members": draw(st.permutations(members))}


# --- the oracle: facts heard, and rules applied until nothing moves -------------------------------


@dataclass
class Oracle:
    """Reads the rules off the log of inputs, one naive rule at a time, over sets of names."""

    plan: dict
    asked: set = field(default_factory=set)
    accepted: set = field(default_factory=set)
    granted: set = field(default_factory=set)
    refused: set = field(default_factory=set)
    issued: set = field(default_factory=set)
    withdrawn: set = field(default_factory=set)
    cancelled: set = field(default_factory=set)
    words: dict = field(default_factory=dict)
    whole: bool = False
    final: str | None = None

    def __post_init__(self):
        self.names = [m["member"] for m in self.plan["members"]]
        self.inputs = {m["member"]: m["waits_for"] for m in self.plan["members"]}
        self.policy = {m["member"]: m["on_refusal"] for m in self.plan["members"]}
        self.settle()

    def state(self, m):
        for name, those in (
            ("withdrawn", self.withdrawn),
            ("cancelled", self.cancelled),
            ("granted", self.granted),
            ("refused", self.refused),
            ("accepted", self.accepted),
            ("requested", self.asked),
        ):
            if m in those:
                return name
        bad = ("withdrawn", "cancelled", "refused", "impossible")
        lost = any(self.state(w["member"]) in bad for w in self.inputs[m])
        return "impossible" if lost else "waiting"

    def those(self, *states):
        return {m for m in self.names if self.state(m) in states}

    def open(self):
        if self.final or not self.those("waiting", "requested"):
            return set()
        return {m for m in self.refused if self.policy[m] == "ask" and m not in self.words}

    def there(self, wait):
        return wait["member"] in (self.issued if wait["state"] == "issued" else self.granted)

    def settle(self):
        for m in self.refused:
            if self.policy[m] == "stop" or self.words.get(m) == "stop":
                self.cancelled |= self.those("waiting", "requested")
        if not self.open():
            self.asked |= {m for m in self.those("waiting") if all(map(self.there, self.inputs[m]))}
        if self.final is None and not self.those("waiting", "requested", "accepted"):
            self.final = self.weigh()

    def weigh(self):
        rest = [self.state(m) for m in self.names if m not in self.withdrawn]
        if self.whole:
            return "withdrawn"
        if "cancelled" in rest:
            return "stopped"
        if rest and all(s == "granted" for s in rest):
            return "granted"
        if any(s == "granted" for s in rest):
            return "partly_granted"
        return "refused" if any(s == "refused" for s in rest) else "withdrawn"

    def allowed(self, given):
        """Whether a person may do this now."""
        match given:
            case ("withdraw", m):
                return m in self.withdrawn or (
                    not self.final and self.state(m) in ("waiting", "requested", "accepted")
                )
            case ("withdraw-all",):
                return self.whole or not self.final
            case ("choose", m, word):
                return self.words.get(m, word) == word and (m in self.words or m in self.open())
        return True

    def hear(self, given):
        at_a_desk = self.those("requested", "accepted")
        match given:
            case ("accepted", m) if m in at_a_desk:
                self.accepted.add(m)
            case ("decided", m, verdict) if m in at_a_desk:
                (self.granted if verdict == "granted" else self.refused).add(m)
            case ("issued", m) if m in at_a_desk or self.state(m) == "granted":
                self.granted.add(m)
                self.issued.add(m)
            case ("withdraw", m):
                self.withdrawn.add(m)
            case ("withdraw-all",) if not self.whole:
                self.withdrawn |= self.those("waiting", "requested", "accepted")
                self.whole = True
            case ("choose", m, word):
                self.words[m] = word
        self.settle()


# --- a world that answers in its own order --------------------------------------------------------


@dataclass
class World:
    """Runs one application: desks answer what they were asked, in an order that chance decides.

    Every message may come again, and an answer may be under way while a person withdraws.
    """

    plan: dict
    log: list[Input] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    under_way: list[Input] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.graph = Graph.of(self.plan)
        self.take(start(self.graph))

    @property
    def progress(self) -> Progress:
        return self.steps[-1].progress

    def take(self, step: Step) -> None:
        self.steps.append(step)
        for m in step.request:
            self.under_way += [("accepted", m), ("decided", m), ("issued", m)]

    def put(self, given: Input) -> None:
        self.take(APPLY[given[0]](self.graph, self.progress, *given[1:]))
        self.log.append(given)

    def run(self, chance: random.Random, people: bool = True, most: int = 80) -> None:
        for _ in range(most):
            given = self.command(chance) if people else None
            given = given or self.message(chance)
            if given is None:
                return
            self.put_if_allowed(given)

    def command(self, chance: random.Random) -> Input | None:
        """Now and then a person says something; at an open choice soon."""
        members, open_ = list(self.graph.waits), open_choices(self.graph, self.progress)
        if open_ and chance.random() < 0.3:
            return ("choose", chance.choice(open_), chance.choice(["continue", "stop"]))
        if chance.random() < 0.04:
            return ("withdraw", chance.choice(members))
        return ("withdraw-all",) if chance.random() < 0.01 else None

    def message(self, chance: random.Random) -> Input | None:
        """Some desk's next message; one in four will come again."""
        if not self.under_way:
            return None
        given = chance.choice(self.under_way)
        if chance.random() < 0.75:
            self.under_way.remove(given)
        if given[0] == "accepted":
            return given
        verdict = self.verdicts.setdefault(given[1], chance.choice(["granted", "refused"]))
        if given[0] == "decided":
            return ("decided", given[1], verdict)
        return given if verdict == "granted" else self.message(chance)

    def put_if_allowed(self, given: Input) -> None:
        with suppress(Refusal):
            self.put(given)


CHANCE = st.builds(random.Random, st.integers(0, 2**32))


def seen(progress: Progress) -> tuple[dict[str, str], set[str], str | None]:
    states = {m: str(standing.state) for m, standing in progress.members.items()}
    return states, {m for m, s in progress.members.items() if s.issued}, progress.outcome


def told(oracle: Oracle) -> tuple[dict[str, str], set[str], str | None]:
    issued = {m for m in oracle.issued if oracle.state(m) == "granted"}
    return {m: oracle.state(m) for m in oracle.names}, issued, oracle.final


@settings(BUSY, max_examples=400)
@given(plans(), CHANCE)
def test_any_course_ends_as_the_oracle_says(plan, chance):
    world, oracle = World(plan), Oracle(plan)
    world.run(chance)
    for given_, step in zip(world.log, world.steps[1:], strict=True):
        oracle.hear(given_)
        assert seen(step.progress) == told(oracle)
        assert set(open_choices(world.graph, step.progress)) == oracle.open()


INPUTS = st.one_of(
    st.tuples(st.sampled_from(["accepted", "issued", "withdraw"]), st.integers(0, 6)),
    st.tuples(st.just("decided"), st.integers(0, 6), st.sampled_from(["granted", "refused"])),
    st.tuples(st.just("choose"), st.integers(0, 6), st.sampled_from(["continue", "stop"])),
    st.just(("withdraw-all",)),
)


@settings(BUSY, max_examples=250)
@given(plans(), st.lists(INPUTS, max_size=25))
def test_even_inputs_that_make_no_sense_are_taken_or_refused_as_the_oracle_says(plan, inputs):
    world, oracle = World(plan), Oracle(plan)
    for kind, *rest in inputs:
        if rest:
            rest[0] = f"m{rest[0] % len(plan['members'])}"
        given_ = (kind, *rest)
        before = world.progress
        if oracle.allowed(given_):
            world.put(given_)
            oracle.hear(given_)
        else:
            try:
                world.put(given_)
                raise AssertionError(f"{given_} was taken")
            except Refusal:
                assert world.progress == before
        assert seen(world.progress) == told(oracle)


@settings(BUSY, max_examples=300)
@given(plans(), CHANCE)
def test_the_steps_tell_each_consequence_once(plan, chance):
    world = World(plan)
    world.run(chance)
    requested = [m for step in world.steps for m in step.request]
    cancelled = [c.member for step in world.steps for c in step.cancel]
    opened = [m for step in world.steps for m in step.opened]
    outcomes = [step.outcome for step in world.steps if step.outcome]
    assert len(requested) == len(set(requested))
    assert len(cancelled) == len(set(cancelled))
    assert set(cancelled) <= set(requested)
    assert len(opened) == len(set(opened))
    assert outcomes == ([world.progress.outcome] if world.progress.outcome else [])
    gone = [
        m for m in requested if str(world.progress.members[m].state) in ("cancelled", "withdrawn")
    ]
    assert sorted(cancelled) == sorted(gone)


@settings(BUSY, max_examples=300)
@given(plans(), CHANCE)
def test_repeating_inputs_later_changes_nothing(plan, chance):
    world, again = World(plan), World(plan)
    world.run(chance)
    for index, given_ in enumerate(world.log):
        again.put(given_)
        for _ in range(chance.randint(0, 2)):
            repeated = chance.choice(world.log[: index + 1])
            before = again.progress
            again.put(repeated)
            assert again.progress == before
    assert again.progress == world.progress


@settings(BUSY, max_examples=300)
@given(plans(policies=("continue",)), CHANCE, st.integers(0, 2**14 - 1))
def test_answers_under_continue_commute(plan, chance, fates):
    """Whatever the order in which desks answer, and whichever of their messages come first."""

    def course(order: random.Random) -> Progress:
        world = World(plan)
        while world.under_way:
            kind, m, *_ = world.under_way.pop(order.randrange(len(world.under_way)))
            index = int(m[1:])
            granted, issues = fates >> index & 1, fates >> (7 + index) & 1
            if kind == "decided":
                world.put((kind, m, "granted" if granted else "refused"))
            elif kind == "accepted" or (granted and issues):
                world.put((kind, m))
        return world.progress

    assert course(random.Random(1)) == course(chance)


@settings(BUSY, max_examples=300)
@given(plans(policies=("continue",)), CHANCE)
def test_two_answers_at_the_same_moment_may_be_heard_in_either_order(plan, chance):
    world = World(plan)
    world.run(chance, people=False, most=chance.randint(0, 20))
    desks = [m for m, s in world.progress.members.items() if s.state in ("requested", "accepted")]
    answers = [("decided", "granted"), ("decided", "refused"), ("accepted",), ("issued",)]
    events = [(kind, m, *rest) for m in desks for kind, *rest in answers]
    for one in events:
        for other in events:
            if one[1] != other[1]:
                assert after(world, one, other) == after(world, other, one)


def after(world: World, *events: Input) -> Progress:
    progress = world.progress
    for kind, *rest in events:
        progress = APPLY[kind](world.graph, progress, *rest).progress
    return progress


@settings(BUSY, max_examples=200)
@given(plans(), CHANCE)
def test_every_application_can_be_brought_to_an_end(plan, chance):
    """Nothing hangs: with all desks answering and all choices made, there is an outcome."""
    world = World(plan)
    world.run(chance)
    while world.progress.outcome is None:
        for m in open_choices(world.graph, world.progress):
            world.put(("choose", m, "continue"))
        desks = [
            m for m, s in world.progress.members.items() if s.state in ("requested", "accepted")
        ]
        pending = [
            m for m, s in world.progress.members.items() if s.state == "granted" and not s.issued
        ]
        assert desks or pending
        for m in desks + pending:
            world.put(("issued", m))
