"""What each bundle becomes for answers whose plan was worked out by hand."""

from typing import Any

import pytest

from services.bundle.composition.rules import compose
from services.bundle.composition.rules.composing import NothingToDo
from services.bundle.composition.rules.guiding import open_questions
from tests.example.plans import Expected, no, yes
from tests.example.plans.enterprises import ENTERPRISES, HYGIENE, PLACE, SIX
from tests.example.plans.people import OTHERS, PEOPLE

WORKED_OUT = [*PEOPLE, *ENTERPRISES]


@pytest.mark.parametrize("expected", WORKED_OUT, ids=str)
def test_a_plan_is_as_worked_out_by_hand(published, expected: Expected) -> None:
    plan = compose(published[expected.bundle], expected.answers, commitments=expected.signed)

    waits = {
        member["member"]: {wait["member"] for wait in member["waits_for"]}
        for member in plan["members"]
    }
    asked: dict[str, set[str]] = {}
    for material in plan["materials"]:
        asked.setdefault(material["owner"], set()).add(material["evidence"])
    assert waits == expected.waits
    assert asked == expected.materials
    assert plan["promise"]["working_days"] == expected.days


@pytest.mark.parametrize("expected", WORKED_OUT, ids=str)
def test_nobody_comes_before_whom_it_waits_for(published, expected: Expected) -> None:
    plan = compose(published[expected.bundle], expected.answers, commitments=expected.signed)
    order = [member["member"] for member in plan["members"]]

    for member, awaited in expected.waits.items():
        assert all(order.index(one) < order.index(member) for one in awaited)


def test_every_bundle_beside_those_of_the_demo_is_worked_out_twice(published) -> None:
    worked_out = [expected.bundle for expected in WORKED_OUT]
    others = set(published) - {"open-restaurant", "newborn", "start-company"}

    assert all(worked_out.count(bundle) >= 2 for bundle in others)


def test_whoever_has_the_certificate_and_wants_nothing_is_told_so(published) -> None:
    answers = {"has_disability_certificate": True, "low_income": False, **no(*OTHERS)}

    with pytest.raises(NothingToDo):
        compose(published["disability-services"], answers)


@pytest.mark.parametrize(
    ("bundle", "answers", "later"),
    [
        (
            "open-public-place",
            PLACE | {"place_kind": "shop"},
            {"hygiene-report"},
        ),
        (
            "retire",
            {"retire_kind": "normal"}
            | yes("one_child_bonus", "household_in_province")
            | no("file_reviewed", "has_housing_fund", "fund_account_sealed"),
            {"one-child-certificate"},
        ),
    ],
)
def test_what_may_come_later_is_said_to(published, bundle: str, answers, later: set[str]) -> None:
    plan = compose(published[bundle], answers)

    assert {one["evidence"] for one in plan["materials"] if one["deferrable"]} == later


def test_what_a_register_answers_is_asked_of_nobody(published) -> None:
    answers = {"household_in_district": True, "home_kind": "owned"}
    plan = compose(
        published["start-school"], answers | no("has_residence_permit", "lease_recorded")
    )

    spared = {one["evidence"]: one["why"] for one in plan["not_asked"]}
    assert spared == {"property-record": "register", "vaccination-check-proof": "issued"}


def test_six_papers_or_one_signature_is_the_applicants_choice(published) -> None:
    answers = PLACE | {"place_kind": "hairdresser"}
    offered = compose(published["open-public-place"], answers)
    signed = compose(published["open-public-place"], answers, commitments=HYGIENE)

    [one] = offered["commitments"]
    assert (one["code"], one["chosen"]) == ("hygiene-permit", False)
    assert {each["material"].partition(":")[0] for each in one["replaces"]} == SIX
    assert "六十日内" in one["text"] and one["fulfil_within"]["value"] == 60
    [chosen] = signed["commitments"]
    assert chosen["chosen"] and chosen["digest"] == one["digest"]


@pytest.mark.parametrize(
    ("bundle", "answers", "needless"),
    [
        ("retire", {"has_housing_fund": False}, {"fund_account_sealed"}),
        ("start-school", {"household_in_district": True}, {"has_residence_permit"}),
        ("start-school", {"home_kind": "owned"}, {"lease_recorded"}),
        ("open-public-place", {"place_kind": "shop"}, {"fire_by_commitment"}),
        ("connect-utilities", {"works_length": 150.0}, {"digs_road", "occupies_green"}),
        (
            "change-company",
            {"changes_name": False, "changes_address": False},
            {"holds_food_permit"},
        ),
    ],
)
def test_what_changes_nothing_any_more_is_not_asked(
    published, bundle: str, answers: dict[str, Any], needless: set[str]
) -> None:
    asked = set(open_questions(published[bundle], answers))
    before = set(open_questions(published[bundle], {}))

    assert needless <= before and not needless & asked


def test_every_question_matters_to_somebody(published) -> None:
    for code, bundle in published.items():
        assert open_questions(bundle, {}) == bundle.bundle.questions, code
