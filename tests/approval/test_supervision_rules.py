"""Lots are drawn from the seed alone, and come out as the share says."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.approval.clock.rules.lengths import Length
from services.approval.supervision.rules import Kind, Planned, at_once, drawn_inspector, following
from services.approval.supervision.rules import lot as drawn

SEED = "ab" * 32
accounts = st.lists(st.text(min_size=1, max_size=5), min_size=1, unique=True)


def test_a_lot_can_be_drawn_again_by_anybody():
    assert drawn(SEED, UUID(int=1)) == 0.17468428159352944


@given(st.uuids(), st.floats(0, 1), st.floats(0, 1))
def test_who_is_drawn_for_a_small_share_is_drawn_for_a_larger(approval, one, other):
    less, more = sorted((one, other))

    assert drawn(SEED, approval) >= less or drawn(SEED, approval) < more or less == more


def test_the_share_is_kept():
    found = sum(drawn(SEED, uuid4()) < 0.3 for _ in range(20_000))

    assert 5_600 < found < 6_400  # six standard deviations


@given(st.uuids(), accounts, st.randoms())
def test_the_inspector_does_not_depend_on_how_the_pool_is_ordered(approval, pool, chance):
    shuffled = list(pool)
    chance.shuffle(shuffled)

    assert drawn_inspector(SEED, approval, pool) == drawn_inspector(SEED, approval, shuffled)
    assert drawn_inspector(SEED, approval, pool) in pool


kinds = st.sampled_from([Kind.VERIFY_COMMITMENT, Kind.INSPECT, Kind.RANDOM_CHECK])
afters = st.sampled_from(["grant", "verify_commitment"])
plans = st.lists(
    st.builds(Planned, kinds, st.just(Length(5)), afters, st.just(1.0)),
    unique_by=lambda one: one.kind,
)


@given(plans, st.uuids())
def test_every_planned_duty_opens_at_the_grant_or_after_another_never_both(plan, approval):
    first = at_once(plan, SEED, approval)
    later = [one for done in first for one in following(plan, done.kind, SEED, approval)]

    assert sorted(one.kind for one in [*first, *later]) == sorted(one.kind for one in plan)
