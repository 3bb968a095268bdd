"""Whoever may act at a desk by a point's right may read what it acts on, and nobody else may.

When a right holds is said once in each service that asks (decision 0003): catalog agrees on it,
approval lets a point's people act by it, bundle lets them read.  Here they answer the same
questions.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.approval.catalogue import rules as acting
from services.bundle.points import rules as reading
from services.catalog.delegations import rules as agreeing

TODAY = date(2026, 11, 24)

days = st.none() | st.integers(-1, 1).map(lambda n: TODAY + timedelta(days=n))
departments = st.sampled_from(["market", "fire"])
situations = st.sets(st.sampled_from("abc")).map(lambda some: tuple(sorted(some)))
# What catalog tells of a right, and both others keep.
told = st.fixed_dictionaries(
    {
        "department": departments,
        "state": st.sampled_from([state.value for state in agreeing.State]),
        "trial_until": days,
        "ends_on": days,
        "situations": situations,
    }
)


def kept_by_approval(right: dict[str, Any]) -> acting.Held:
    return acting.Held(right=acting.Right.CLOSE, mode=acting.Mode.ENTRUST, **right)


def kept_by_bundle(right: dict[str, Any]) -> reading.Held:
    return reading.Held(right=reading.CLOSE, **right)


def standing(right: dict[str, Any]) -> agreeing.Standing:
    return agreeing.Standing(
        agreeing.State(right["state"]),
        agreeing.Terms(agreeing.Mode.ENTRUST, right["situations"]),
        agreeing.Level.ABOVE,
        "li",
        trial_until=right["trial_until"],
        ends_on=right["ends_on"],
    )


@given(told)
def test_a_right_is_in_force_on_the_same_days_for_all(right: dict[str, Any]):
    expected = standing(right).in_force(TODAY)

    assert kept_by_approval(right).in_force(TODAY) == expected
    assert kept_by_bundle(right).in_force(TODAY) == expected


@given(told, departments, situations)
def test_who_may_act_may_read_and_who_may_not_may_not(
    right: dict[str, Any], department: str, applying: tuple[str, ...]
):
    asked = department, applying, TODAY

    assert kept_by_bundle(right).covers(*asked) == kept_by_approval(right).covers(*asked)


def test_the_rights_have_one_name_everywhere():
    assert [one.value for one in acting.Right] == [one.value for one in agreeing.Right]
    assert reading.CLOSE == acting.Right.CLOSE
    assert [one.value for one in acting.Mode] == [one.value for one in agreeing.Mode]
