"""What the reference says a plan consists of is what a plan consists of."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.bundle.applications.compositions import LaterPlanView, PlanView, QuestionView
from services.bundle.applications.shapes import Shown
from services.bundle.composition.rules import compose, dated
from services.bundle.composition.rules.guiding import guidance
from tests.example.plans import Expected
from tests.example.plans.enterprises import ENTERPRISES
from tests.example.plans.people import PEOPLE


def shapes(view: Any) -> dict[str, TypeAdapter[Any]]:
    return {
        name: TypeAdapter(shown.shape)
        for name, field in view.model_fields.items()
        for shown in field.metadata
        if isinstance(shown, Shown)
    }


@pytest.mark.parametrize("expected", [*PEOPLE, *ENTERPRISES], ids=str)
def test_a_plan_has_what_the_reference_says_and_nothing_else(published, expected: Expected):
    plan = compose(published[expected.bundle], expected.answers, commitments=expected.signed)
    plan = dated(plan, date(2026, 11, 24))

    for name, shape in shapes(PlanView).items():
        shape.validate_python(plan[name])


def test_a_question_has_what_the_reference_says_and_nothing_else(published):
    for bundle in published.values():
        guide = guidance(bundle, {})
        for question in guide["open"] if guide else ():
            for name, shape in shapes(QuestionView).items():
                shape.validate_python(question[name])


def test_the_page_names_every_part_of_a_plan():
    schema = LaterPlanView.model_json_schema(mode="serialization")

    assert {"FormField", "PlannedMaterial", "PlannedMember", "Reason"} <= schema["$defs"].keys()
    assert schema["properties"]["form"]["items"] == {"$ref": "#/$defs/FormField"}
    assert schema["properties"]["replaces"]["properties"].keys() == {"number", "kind"}
