"""Composition of any bundle against plain counting: nothing twice, nothing that is there."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.bundle.composition.rules import compose
from services.bundle.composition.rules.graph import cycles, in_order
from tests.bundle.claims import CLAIMS
from tests.bundle.worlds import BUSY, worlds


@settings(BUSY, max_examples=150)
@given(worlds())
def test_every_claim_holds_for_any_bundle_any_answers_and_any_wallet(world):
    """One draw for all claims: drawing a bundle is dearer than checking it."""
    plan = compose(world.published, world.answers, world.held, commitments=world.chosen)
    for claim in CLAIMS:
        claim(world, plan)


@settings(BUSY, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_a_graph_has_circles_or_an_order_and_each_circle_told_is_one(pairs):
    nodes = [str(n) for n in range(6)]
    after = {a: [str(y) for x, y in pairs if str(x) == a] for a in nodes}
    before = {b: [a for a in nodes if b in after[a]] for b in nodes}
    circles = list(cycles(after))
    for circle in circles:
        assert circle[0] == circle[-1]
        assert all(b in after[a] for a, b in itertools.pairwise(circle))

    reach = {a: set(after[a]) for a in nodes}
    for _ in nodes:
        reach = {a: reach[a].union(*(reach[b] for b in reach[a])) for a in nodes}
    assert bool(circles) == any(a in reach[a] for a in nodes)
    if circles:
        with pytest.raises(ValueError, match="circle"):
            in_order(before)
    else:
        order = in_order(before)
        assert sorted(order) == nodes
        assert all(order.index(a) < order.index(b) for b in nodes for a in before[b])
