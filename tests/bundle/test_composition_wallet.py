"""What is held already is not asked again, where it suffices."""

import pytest

from tests.bundle.bundles import asked, not_asked, plan_of, waits
from tests.bundle.restaurants import LARGE, TINY, held, restaurant, restaurant_items


def test_what_the_wallet_holds_for_this_subject_is_not_asked_again():
    plan = plan_of(restaurant(), restaurant_items(), LARGE, (held(),))
    assert "layout:company" not in asked(plan)
    assert ("layout:company", "held", "h1") in not_asked(plan)


@pytest.mark.parametrize(
    "useless",
    [
        held(subject="示范路2号"),
        held(subject=None),
        held(owner="applicant"),
        held(trust="D"),
        held(evidence="photo"),
    ],
)
def test_another_restaurants_or_persons_or_a_weak_paper_never_serves(useless):
    plan = plan_of(restaurant(), restaurant_items(), LARGE, (useless,))
    assert "layout:company" in asked(plan)


def test_held_evidence_serves_those_whom_it_suffices_and_is_asked_for_the_others():
    plan = plan_of(restaurant(), restaurant_items(), LARGE, (held(trust="C"),))
    materials = {m["key"]: [why["member"] for why in m["why"]] for m in plan["materials"]}
    assert materials["layout:company"] == ["fire"]
    [spared] = [entry for entry in plan["not_asked"] if entry["why"] == "held"]
    assert spared["for"] == ["food"]


def test_the_best_held_evidence_is_named_whatever_order_it_comes_in():
    two = (held(trust="B", id_="b"), held(trust="A", id_="z"), held(trust="B", id_="a"))
    plans = [plan_of(restaurant(), restaurant_items(), LARGE, order) for order in (two, two[::-1])]
    assert plans[0] == plans[1]
    assert ("layout:company", "held", "z") in not_asked(plans[0])


def test_an_entrys_evidence_serves_that_entry():
    mine = held("identity-card", "worker[2]", subject=None)
    plan = plan_of(restaurant(), restaurant_items(), TINY, (mine,))
    assert "identity-card:worker[1]" in asked(plan)
    assert "identity-card:worker[2]" not in asked(plan)


def test_the_wallet_removes_requirements_never_members():
    wallet = (held("food-permit"), held("fire-certificate", trust="A", id_="h2"))
    with_, without = (plan_of(restaurant(), restaurant_items(), LARGE, w) for w in (wallet, ()))
    assert waits(with_) == waits(without)
    assert ("fire-certificate:company", "issued", "fire") in not_asked(with_)


def test_a_commitment_is_not_asked_where_the_evidence_is_held():
    plan = plan_of(restaurant(), restaurant_items(), TINY, (held("cleaning-plan", subject=None),))
    assert "cleaning-plan:company" not in asked(plan)
