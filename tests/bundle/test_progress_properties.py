"""Progress on any graph, in any order, with repeats and crossings, against a plain oracle."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.bundle.applications.rules import Progress, open_choices
from services.chassis.errors import Refusal
from tests.bundle.oracle import APPLY, BUSY, CHANCE, Input, Oracle, World, plans, seen, told


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
