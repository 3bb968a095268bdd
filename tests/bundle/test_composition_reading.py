"""What is read of a plan: its digest, and what each desk may read of a filing."""

from services.bundle.composition.rules import compose, digest, dossier_fields
from tests.bundle.bundles import plan_of, published
from tests.bundle.restaurants import LARGE, held, restaurant, restaurant_items


def test_the_same_facts_give_the_same_digest_and_other_facts_another():
    one = plan_of(restaurant(), restaurant_items(), LARGE)
    assert one["digest"] == digest(one) == digest(dict(reversed(one.items())))
    assert one == plan_of(restaurant(), restaurant_items(), dict(reversed(LARGE.items())))
    assert one == plan_of(restaurant(), restaurant_items(), LARGE | {"area": 350.0})
    assert (
        one["digest"] != plan_of(restaurant(), restaurant_items(), LARGE | {"area": 351})["digest"]
    )
    assert one["digest"] != plan_of(restaurant(), restaurant_items(), LARGE, (held(),))["digest"]


def test_composing_leaves_the_published_bundle_as_it_was():
    thing = published(restaurant(), restaurant_items())
    first = compose(thing, LARGE)
    first["form"][0]["rule"]["minimum"] = 7
    first["members"].clear()
    assert compose(thing, LARGE)["digest"] == compose(thing, LARGE)["digest"] == first["digest"]


def test_a_desk_reads_what_its_item_declares_and_nothing_else():
    plan = plan_of(restaurant(), restaurant_items(), LARGE)
    fire = dossier_fields(plan, "fire")
    assert [(f.field, f.entry) for f in fire.fields] == [("company_name", None), ("address", None)]
    assert fire.materials == ("layout:company",)
    assert (fire.issued, fire.held, fire.registers) == ((), (), ())


def test_a_repeated_members_desk_reads_its_own_entry():
    plan = plan_of(restaurant(), restaurant_items(), LARGE)
    health = dossier_fields(plan, "health-2")
    assert [(f.field, f.entry) for f in health.fields] == [("workers", 2)]
    assert health.materials == ("identity-card:worker[2]", "photo:worker[2]")


def test_a_dossier_names_the_predecessors_results_and_what_is_held_or_looked_up():
    wallet = (held("cleaning-plan", subject=None, id_="plan"),)
    plan = plan_of(restaurant(), restaurant_items(), LARGE, wallet)
    food = dossier_fields(plan, "food")
    assert [(f.field, f.entry) for f in food.fields] == [
        ("company_name", None),
        ("area", None),
        ("workers", None),
    ]
    assert food.materials == ("layout:company",)
    assert food.issued == (
        ("health-1", "health-certificate"),
        ("health-2", "health-certificate"),
        ("fire", "fire-certificate"),
    )
    assert food.held == ("plan",)
    assert food.registers == ("business-licence",)
