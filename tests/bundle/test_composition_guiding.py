"""Questions that guide: asked as long as they matter, and never when they do not."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings

from services.bundle.composition.rules import AnswersWrong, NothingToDo, compose, guidance
from services.bundle.composition.rules.guiding import open_questions
from tests.bundle.bundles import Record, bundle, catalogue, field, item, member, published
from tests.bundle.guided import shop
from tests.bundle.worlds import BUSY, QUESTIONS, World, worlds


def test_a_question_that_hangs_on_another_is_asked_when_that_one_is_answered():
    thing = shop()

    assert open_questions(thing, {}) == ("sells_food", "area", "address", "cold", "worker_count")
    assert open_questions(thing, {"sells_food": False}) == ("area", "address")
    assert open_questions(thing, {"sells_food": False, "area": 20.0}) == ()
    assert open_questions(thing, {"sells_food": False, "area": 300.0}) == ("address",)


def test_answers_may_come_in_any_order():
    thing = shop()

    assert open_questions(thing, {"area": 20.0, "cold": True}) == (
        "sells_food",
        "address",
        "worker_count",
    )
    assert open_questions(thing, {"worker_count": 2, "area": 20.0, "sells_food": False}) == ()


def test_the_next_question_says_what_hangs_on_it_and_what_would_be_an_answer():
    told = guidance(shop(), {"sells_food": True})

    assert told is not None
    assert told["next"]["field"] == "area"
    assert told["next"]["text"] == "area？"
    assert told["next"]["rule"]["minimum"] == 1.0
    assert [one["item"] for one in told["next"]["decides"]] == ["fire"]
    assert [one["field"] for one in told["open"]] == ["area", "address", "cold", "worker_count"]
    assert told["not_needed"] == ["remarks"], "it is on the form, and decides nothing"
    assert guidance(shop(), {"sells_food": False, "area": 20.0}) is None


def test_what_does_not_matter_need_not_be_answered():
    plan = compose(shop(), {"sells_food": False, "area": 20.0})

    assert [m["member"] for m in plan["members"]] == ["sign"]
    left_out = {one["member"]: one["answers"] for one in plan["left_out"]}
    assert left_out["fire"] == {"area": 20.0}
    assert left_out["check"] == {"sells_food": False}


def test_what_matters_must_be_answered_and_a_wrong_answer_is_told_once():
    with pytest.raises(AnswersWrong) as refused:
        compose(shop(), {"sells_food": True, "area": "large"})

    told = {flaw.pointer: flaw.more["fault"] for flaw in refused.value.errors}
    assert told == {
        "/answers/area": "wrong-answer",
        "/answers/address": "missing-answer",
        "/answers/cold": "missing-answer",
        "/answers/worker_count": "missing-answer",
    }


def test_a_condition_that_always_holds_asks_nothing():
    record = bundle(member("a", when="size > 2.0 || size <= 2.0"), questions=("size",))
    known = catalogue(item("a", fields=[{"field": "size"}]), fields=(field("size", "number"),))
    thing = published(record, known)

    assert open_questions(thing, {}) == ()
    assert [m["member"] for m in compose(thing, {})["members"]] == ["a"]


def test_a_condition_that_nobody_can_look_through_is_asked_for():
    """Arithmetic between two answers: any of them may matter."""
    record = bundle(member("a", when="a + b > 10.0"), member("all"), questions=("a", "b"))
    numbers = tuple(field(code, "number") for code in "ab")
    everything = item("all", fields=[{"field": "a"}, {"field": "b"}])
    thing = published(record, catalogue(item("a"), everything, fields=numbers))

    assert open_questions(thing, {}) == ("a", "b")
    assert open_questions(thing, {"a": 3.0}) == ("b",)


def test_a_bundle_that_is_too_large_to_look_through_asks_what_it_reads():
    codes = tuple(f"q{n}" for n in range(12))
    record = bundle(member("a", when=" || ".join(codes)), member("all"), questions=codes)
    fields = tuple(field(code, "boolean") for code in codes)
    everything = item("all", fields=[{"field": code} for code in codes])
    thing = published(record, catalogue(item("a"), everything, fields=fields))

    assert open_questions(thing, {}) == codes
    assert open_questions(thing, {"q5": True}) == ()


def test_thresholds_are_the_bundles_own_numbers():
    record = bundle(
        member("fire", when="area >= fire_from"),
        member("all"),
        questions=("area",),
        thresholds={"fire_from": 300},
    )
    known = catalogue(
        item("fire"), item("all", fields=[{"field": "area"}]), fields=(field("area", "number"),)
    )
    thing = published(record, known)

    assert len(compose(thing, {"area": 300})["members"]) == 2
    assert len(compose(thing, {"area": 299.5})["members"]) == 1
    assert thing.classes["area"] is not None and 300.0 in thing.classes["area"]


def shape(plan: Record) -> Record:
    """A plan without what merely repeats the answers."""
    plain = {key: value for key, value in plan.items() if key not in ("answers", "digest")}
    for part in ("left_out", "form", "materials"):
        plain[part] = [_without_answers(one) for one in plain[part]]
    return plain


def _without_answers(entry: Record) -> Record:
    rest = {key: value for key, value in entry.items() if key != "answers"}
    if "why" in rest:
        rest["why"] = [_without_answers(one) for one in rest["why"]]
    return rest


def guided(world: World) -> Record:
    """Answer what is asked, and nothing else."""
    said: Record = {}
    while told := guidance(world.published, said):
        code = told["next"]["field"]
        assert code not in said
        said[code] = world.answers[code]
    return said


def composed(world: World, answers: Record) -> Record | None:
    try:
        return shape(compose(world.published, answers, world.held))
    except NothingToDo:
        return None


@settings(BUSY, max_examples=150)
@given(worlds())
def test_answering_what_is_asked_gives_the_plan_of_answering_everything(world):
    assert composed(world, guided(world)) == composed(world, world.answers)


@settings(BUSY, max_examples=25)
@given(worlds())
def test_a_question_that_can_change_the_plan_is_open(world):
    """Brute force: every answer to every question, against what is said to matter."""
    domains = {
        "sure": (False, True),
        "size": (1.0, 2.0, 2.5),
        "worker_count": (0, 1, 2, 3),
        "kind": ("hot", "cold", "no"),
    }
    all_answers = [
        dict(zip(QUESTIONS, one, strict=True))
        for one in itertools.product(*(domains[code] for code in QUESTIONS))
    ]
    plans = {tuple(one.values()): composed(world, one) for one in all_answers}
    for known in ({}, {"sure": True}, {"kind": "hot", "worker_count": 0}):
        open_ = open_questions(world.published, known)
        for at, code in enumerate(QUESTIONS):
            if code not in known and code not in open_:
                assert not _changes(plans, at, known), (code, known)


def _changes(plans: dict[tuple[Any, ...], Any], at: int, known: Record) -> bool:
    seen: dict[tuple[Any, ...], Any] = {}
    for answers, plan in plans.items():
        if any(answers[QUESTIONS.index(code)] != value for code, value in known.items()):
            continue
        others = (*answers[:at], *answers[at + 1 :])
        if seen.setdefault(others, plan) != plan:
            return True
    return False
