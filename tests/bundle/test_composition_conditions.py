"""Conditions, repeats, and one list of materials and fields for everybody who asks."""

from tests.bundle.bundles import asked, not_asked, plan_of, waits
from tests.bundle.restaurants import LARGE, SMALL, TINY, restaurant, restaurant_items


def test_never_ask_for_what_a_selected_member_issues():
    plan = plan_of(restaurant(), restaurant_items(), LARGE)
    assert "fire-certificate:company" not in asked(plan)
    assert ("fire-certificate:company", "issued", "fire") in not_asked(plan)
    assert ("fire", "issued") in waits(plan)["food"]


def test_ask_for_it_when_that_member_is_not_selected():
    plan = plan_of(restaurant(), restaurant_items(), SMALL)
    assert "fire-certificate:company" in asked(plan)
    assert [out["member"] for out in plan["left_out"]] == ["fire"]


def test_ask_for_it_only_when_its_own_condition_holds():
    assert "fire-certificate:company" not in asked(plan_of(restaurant(), restaurant_items(), TINY))


def test_repeated_members_have_one_entry_each_and_whoever_needs_all_waits_for_all():
    plan = plan_of(restaurant(), restaurant_items(), TINY)
    by_name = {m["member"]: m for m in plan["members"]}
    assert (by_name["health-2"]["holder"], by_name["health-2"]["entry"]) == ("worker", 2)
    assert waits(plan)["food"] == [("health-1", "decided"), ("health-2", "decided")]
    assert asked(plan) == [
        "layout:company",
        "cleaning-plan:company",
        "identity-card:worker[1]",
        "photo:worker[1]",
        "identity-card:worker[2]",
        "photo:worker[2]",
    ]


def test_no_entries_no_members():
    plan = plan_of(restaurant(), restaurant_items(), TINY | {"worker_count": 0})
    assert [m["member"] for m in plan["members"]] == ["food"]
    assert plan["left_out"][0] == {
        "member": "health",
        "item": "health",
        "name": "事项 health",
        "condition": "worker_count >= 1",
        "answers": {"worker_count": 0},
    }
    assert "health-certificate:anyone" in asked(plan)


def test_an_explicit_edge_joins_selected_members_only():
    edges = {m["member"]: m["waits_for"] for m in
             plan_of(restaurant(), restaurant_items(), LARGE)["members"]}  # fmt: skip
    assert {"member": "fire", "state": "decided", "evidence": None, "why": ""} in edges["food"]
    assert waits(plan_of(restaurant(), restaurant_items(), TINY))["food"] == [
        ("health-1", "decided"),
        ("health-2", "decided"),
    ]


def test_one_material_list_is_as_strict_as_the_strictest_who_needs_it():
    materials = {m["key"]: m for m in
                 plan_of(restaurant(), restaurant_items(), LARGE)["materials"]}  # fmt: skip
    layout = materials["layout:company"]
    assert (layout["lowest_trust"], layout["deferrable"]) == ("B", False)
    assert materials["photo:worker[1]"]["deferrable"]
    assert materials["cleaning-plan:company"]["kind"] == "commitment"


def test_a_register_answers_without_asking_anybody():
    plan = plan_of(restaurant(), restaurant_items(), TINY)
    assert ("business-licence:company", "register", None) in not_asked(plan)
    assert "business-licence:company" not in asked(plan)


def test_a_field_is_required_if_one_of_its_users_requires_it():
    form = {f["field"]: f for f in plan_of(restaurant(), restaurant_items(), LARGE)["form"]}
    assert form["company_name"]["required"]
    assert form["workers"]["required"]
    assert [sub["field"] for sub in form["workers"]["entry"]] == ["person_name", "person_phone"]
    assert form["workers"]["entries"] == 2
    assert not plan_of(restaurant(), restaurant_items(), TINY | {"worker_count": 0})["form"][-1][
        "required"
    ]
