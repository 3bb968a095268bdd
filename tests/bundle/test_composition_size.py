"""The plan that the bench measures is as large as it says, and comes out whole."""

from services.bundle.composition.rules import compose
from services.bundle.composition.rules.conditions import Condition
from tests.bench.composition import FIELDS, MEMBERS, measure, sample


def test_the_measured_plan_has_the_promised_size():
    published, answers, wallet = sample()
    plan = compose(published, answers, wallet)

    assert len(plan["members"]) == MEMBERS == 30
    assert len(plan["form"]) == FIELDS == 200
    assert sum(len(one.item.requirements) for one in published.items.values()) == 150
    assert {one["why"] for one in plan["not_asked"]} == {"issued", "held"}
    assert plan["materials"]


def test_the_bench_answers_figures_for_everything_it_measures():
    figures = measure(rounds=3)

    assert figures["ratio"] > 0
    assert all(one["p50"] > 0 for one in figures["milliseconds"].values())


def test_a_condition_is_compiled_once_whoever_publishes():
    one = Condition.compiled("area >= 300.0", {"area": "number", "sure": "boolean"})
    again = Condition.compiled("area >= 300.0", {"kind": "choice", "area": "number"})

    assert one is again
    assert Condition.compiled("area >= 300", {"area": "integer"}) is not one
