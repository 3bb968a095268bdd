"""Applications keep their plan: what was agreed to long ago must still read."""

import json
from pathlib import Path

import pytest

from services.bundle.applications.rules import Graph
from services.bundle.composition.rules import check_filing, digest, dossier_fields, gaps
from services.bundle.composition.rules.deferral import may_come_until
from tests.bundle.test_composition_deferrals import WEDNESDAY

PLANS = sorted((Path(__file__).parent / "plans").glob("*.json"))
"""As they were stored: before commitments, later dates and levels were part of a plan."""


@pytest.fixture(params=PLANS, ids=lambda path: path.stem)
def plan(request):
    return json.loads(request.param.read_text())


def test_its_digest_is_still_its_own(plan):
    assert digest(plan) == plan["digest"]


def test_its_members_still_wait_for_one_another(plan):
    graph = Graph.of(plan)

    assert set(graph.waits) == {one["member"] for one in plan["members"]}
    assert [wait.member for wait in graph.waits["food"]] == ["health-1", "health-2", "fire", "fire"]


def test_its_desks_still_read_what_their_items_declared(plan):
    food, fire = dossier_fields(plan, "food"), dossier_fields(plan, "fire")

    assert food.held == ("0198b0a0-0000-7000-8000-000000000001",)
    assert food.registers == ("business-licence",)
    assert fire.materials == ("layout:company",)
    assert fire.original("layout:company", "C", False) == "to_be_checked", "the plan said level B"
    assert food.original("cleaning-plan:company", "C", False) is None


def test_what_it_deferred_has_no_day(plan):
    [photo, _] = [one for one in plan["materials"] if one["deferrable"]]

    assert may_come_until(photo, WEDNESDAY) is None
    assert gaps(plan, {photo["key"]}, WEDNESDAY) == {
        "photo:worker[2]": {"until": None, "came_at": None, "for": ["health-2"]}
    }


def test_a_filing_is_still_checked_against_it(plan):
    form = {
        "company_name": "清风",
        "address": plan["answers"]["address"],
        "workers": [{"person_name": "王一", "person_phone": "13800138000"}] * 2,
    }
    materials = {
        one["key"]: [] if one["kind"] == "commitment" else ["u"] for one in plan["materials"]
    }

    assert check_filing(plan, form, materials)["area"] == 350.0
