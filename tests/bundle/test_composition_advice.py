"""What a designer is told at publishing that is no fault."""

from typing import Any

from hypothesis import given, settings

from services.bundle.composition.rules import advice, compose
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    Record,
    asked,
    bundle,
    catalogue,
    evidence,
    field,
    item,
    member,
    need,
    published,
)
from tests.bundle.worlds import BUSY, World, worlds

AREA = field("area", "number", rule={"minimum": 0})
SURE = field("sure", "boolean")
OTHER = field("other", "boolean")
COUNT = field("worker_count", "integer", rule={"minimum": 0, "maximum": 9})
FIELDS = (AREA, SURE, OTHER, COUNT, field("workers", "list", of=["name"]), field("name"))
TYPES = (evidence("licence"), evidence("permit", subject="area"), evidence("card", "person"))
ALL = item("all", fields=[{"field": code["code"]} for code in FIELDS[:5]])


def told(record: Record, *items: Record) -> list[tuple[str, str]]:
    return [(one.more["fault"], one.pointer) for one in found(record, *items)]


def found(record: Record, *items: Record) -> Any:
    return advice(published(record, catalogue(ALL, *items, fields=FIELDS, types=TYPES)))


# --- questions -----------------------------------------------------------------------------------


def test_a_question_that_changes_nothing_is_named():
    record = bundle(
        member("all"), member("fire", when="area >= 300.0"), questions=("area", "sure", "other")
    )

    assert told(record, item("fire")) == [
        ("idle-question", "/questions/1/field"),
        ("idle-question", "/questions/2/field"),
    ]


def test_a_question_that_says_what_evidence_is_about_changes_something():
    record = bundle(member("all"), member("fire"), questions=("area",))

    assert told(record, item("fire", requirements=[need("permit")])) == []
    assert told(record, item("fire", requirements=[need("licence")])) == [
        ("idle-question", "/questions/0/field")
    ]


def test_a_question_whose_answers_all_come_to_the_same_is_idle():
    record = bundle(
        member("all"), member("fire", when="area > 5.0 || area <= 5.0"), questions=("area",)
    )

    assert told(record, item("fire")) == [("idle-question", "/questions/0/field")]


def test_what_could_not_be_looked_through_is_said_and_not_guessed():
    record = bundle(member("all"), member("fire", when="area * 2.0 > 5.0"), questions=("area",))

    [one] = found(record, item("fire"))
    assert (one.more["fault"], one.pointer) == ("not-examined", "/questions/0/field")
    assert "not examined" in one.en


# --- sources -------------------------------------------------------------------------------------


def need_licence(**more: Any) -> Record:
    return item("bank", requirements=[need("licence", source="item", **more)])


REGISTER = item("register", issues="licence")


def test_answers_that_leave_a_requirement_without_a_source_are_shown():
    record = bundle(
        member("all"),
        member("register", when="sure && area > 10.0"),
        member("bank", when="other || sure"),
        questions=("area", "sure", "other"),
    )

    [one] = found(record, REGISTER, need_licence())
    assert (one.more["fault"], one.pointer) == ("no-source", "/members/2/item")
    assert (one.more["member"], one.more["evidence"]) == ("bank", "licence")
    example = one.more["answers"]
    plan = compose(
        published(record, catalogue(ALL, REGISTER, need_licence(), fields=FIELDS, types=TYPES)),
        example,
    )
    assert "licence:company" in asked(plan), "the example is a real one"


def test_a_source_that_is_there_whenever_it_is_needed_is_no_matter():
    record = bundle(
        member("all"),
        member("register", when="sure || area > 10.0"),
        member("bank", when="sure && area > 20.0"),
        questions=("area", "sure"),
    )

    assert told(record, REGISTER, need_licence()) == []


def test_the_requirements_own_condition_counts():
    record = bundle(
        member("all"), member("register", when="sure"), member("bank"), questions=("sure",)
    )

    assert told(record, REGISTER, need_licence(when="sure")) == []
    assert told(record, REGISTER, need_licence(when="!sure")) == [("no-source", "/members/2/item")]


def test_an_item_outside_the_bundle_is_a_source_nobody_selects():
    [one] = found(bundle(member("all"), member("bank")), need_licence())

    assert (one.more["fault"], one.more["answers"]) == ("no-source", {})


def test_what_the_applicant_brings_or_a_register_answers_needs_no_source():
    record = bundle(member("all"), member("bank"))

    for source in ("applicant", "register", "commitment", "intermediary"):
        assert told(record, item("bank", requirements=[need("licence", source=source)])) == []


def test_a_repeat_of_none_issues_nothing():
    check = item("check", issues="card", fields=[{"field": "workers"}])
    food = item("food", requirements=[need("card", source="item", whose="anyone")])
    record = bundle(
        member("all"),
        member("check", "worker", repeat={"count": "worker_count", "list": "workers"}),
        member("food"),
        questions=("worker_count",),
        parties=[APPLICANT, COMPANY, WORKER | {"name_field": "name"}],
    )

    [one] = found(record, check, food)
    assert (one.more["fault"], one.more["answers"]) == ("no-source", {"worker_count": 0})


def test_too_many_answers_are_not_examined():
    codes = tuple(f"q{n}" for n in range(13))
    fields = (*FIELDS, *(field(code, "boolean") for code in codes))
    record = bundle(
        member("all"), member("register", when=" || ".join(codes)), member("bank"), questions=codes
    )
    asks = item("all", fields=[{"field": code} for code in codes])
    known = catalogue(asks, REGISTER, need_licence(), fields=fields, types=TYPES)

    kinds = {(one.more["fault"], one.pointer) for one in advice(published(record, known))}
    assert ("not-examined", "/members/2/item") in kinds


# --- the rest ------------------------------------------------------------------------------------


def test_a_situation_that_no_question_feeds_is_not_told_in_plans():
    situations = [
        {"code": "large", "name": "大型", "when": "area >= 300.0"},
        {"code": "usual", "name": "一般"},
        {"code": "far", "name": "偏远", "when": "distance > 3.0"},
    ]
    record = bundle(member("all"), member("fire"), questions=("area",))
    fire = item("fire", situations=situations)

    assert told(record, fire) == [("situation-not-told", "/members/1/item")]
    thing = published(record, catalogue(ALL, fire, fields=FIELDS, types=TYPES))
    shown = {
        area: [one["code"] for one in compose(thing, {"area": area})["members"][1]["situations"]]
        for area in (20, 300)
    }
    assert shown == {20: ["usual"], 300: ["large", "usual"]}


def test_a_threshold_that_nothing_uses_is_named():
    record = bundle(
        member("all"),
        member("fire", when="area >= fire_from"),
        questions=("area",),
        thresholds={"fire_from": 300, "sign_from": 10},
    )

    assert told(record, item("fire")) == [("idle-threshold", "/thresholds/sign_from")]


@settings(BUSY, max_examples=60)
@given(worlds())
def test_advice_refuses_nothing_and_an_example_it_gives_is_a_real_one(world: World):
    for one in advice(world.published):
        if one.more["fault"] != "no-source":
            continue
        plan = compose(world.published, {**world.answers, **one.more["answers"]})
        needs = [
            (why["source"], material["evidence"])
            for material in plan["materials"]
            for why in material["why"]
            if why["member"].startswith(one.more["member"])
        ]
        signed = [
            place["material"].partition(":")[0]
            for commitment in plan["commitments"]
            for place in commitment["replaces"]
        ]
        assert ("item", one.more["evidence"]) in needs or one.more["evidence"] in signed
