"""Questions that guide, over HTTP: one after another until the plan is there, and then a filing."""

from typing import Any

import pytest

from tests import county, world
from tests.bundle.office import Office, new_code, states
from tests.platform import Person
from tests.refusals import pointers, problem

LARGE = {
    "member": "fire",
    "item": "fire-safety",
    "holder": "company",
    "when": "worker_count > 0 && area >= 300.0",
}


@pytest.fixture
async def hall(office: Office) -> Office:
    """The restaurant, but a fire check only where somebody works: no workers, no question."""
    members = [*county.RESTAURANT["members"][:2], LARGE]
    questions = sorted(county.RESTAURANT["questions"], key=lambda q: q["field"] == "area")
    record = county.RESTAURANT | {"members": members, "questions": questions}
    await office.publish("guided", record)
    return office


async def ask(who: Person, answers: Any, **more: Any) -> Any:
    return await who.post("/bundles/guided/compositions", json={"answers": answers} | more)


async def test_one_question_after_another_leads_to_the_plan(hall: Office):
    ada, known = hall.somebody(), {"premises": "朝阳路 1 号", "worker_count": 2, "area": 350.0}
    said: dict[str, Any] = {}
    order = []
    while "next" in (told := await ask(ada, said)):
        order.append(told["next"]["field"])
        said[order[-1]] = known[order[-1]]

    assert order == ["premises", "worker_count", "area"]
    assert [m["member"] for m in told["members"]] == ["check-1", "check-2", "fire", "permit"]
    assert told["digest"] == (await ask(ada, known))["digest"]


async def test_what_makes_no_difference_is_neither_asked_nor_needed_for_filing(hall: Office):
    code = new_code()
    boss = hall.company(code)
    said = {"premises": "朝阳路 1 号", "worker_count": 0}

    plan = await ask(boss, said)
    application = await boss.post(
        "/applications",
        json={
            "bundle": "guided",
            "plan": plan["digest"],
            "answers": said,
            "form": {"enterprise_name": "清风餐饮", "credit_code": code},
            "materials": {
                one["key"]: [] if one["kind"] == "commitment" else [await hall.upload(boss)]
                for one in plan["materials"]
            },
        },
    )

    assert {one["member"]: one["answers"] for one in plan["left_out"]} == {
        "check": {"worker_count": 0},
        "fire": {"worker_count": 0},
    }
    assert states(application) == {"permit": "requested"}


async def test_the_next_question_says_who_hangs_on_it_in_the_bundles_words(hall: Office):
    told = await ask(hall.somebody(), {"premises": "x"})

    assert told["next"]["text"] == "几个人？"
    assert {one["item"] for one in told["next"]["decides"]} == {"health-check", "fire-safety"}
    assert told["answers"] == {"premises": "x"}
    assert [one["field"] for one in told["open"]] == ["worker_count", "area"]


async def test_a_wrong_answer_is_refused_before_anything_else_is_asked(hall: Office):
    ada = hall.somebody()
    body = {"answers": {"area": "large", "colour": "red", "worker_count": 51}}

    answer = await ada("POST", "/bundles/guided/compositions", json=body)

    assert pointers(answer) == ["/answers/area", "/answers/colour", "/answers/worker_count"]


async def test_a_filing_without_an_answer_that_matters_names_it(hall: Office):
    boss = hall.company(new_code())
    filing = {"bundle": "guided", "plan": "sha256:" + "0" * 64, "form": {}}

    answer = await boss(
        "POST", "/applications", json=filing | {"answers": {"worker_count": 1, "premises": "x"}}
    )

    assert pointers(answer) == ["/answers/area"]
    assert answer.json()["errors"][0]["fault"] == "missing-answer"


async def test_nobody_answers_questions_for_a_holder_they_may_not_act_for(hall: Office):
    answer = await hall.somebody()(
        "POST",
        "/bundles/guided/compositions",
        json={"answers": {}, "holder": {"number": new_code()}},
    )

    assert pointers(answer) == ["/holder/number"]


async def test_questions_tell_nothing_of_what_a_wallet_holds(hall: Office):
    """The premises are asked whether or not somebody holds papers for a place."""
    ada, bob = hall.somebody(), hall.somebody()
    first = await hall.filed(ada)
    await ada.put(f"/applications/{first['id']}/withdrawal")
    area = {"answers": {"area": 350.0}}

    told = [await who.post("/bundles/shop/compositions", json=area) for who in (ada, bob)]

    assert told[0] == told[1]
    assert told[0]["next"]["field"] == "premises"


async def test_a_bundle_whose_questions_change_nothing_is_composed_at_once(office: Office):
    await office.publish("idle-area", county.five("fire"))

    plan = await office.planned(office.somebody(), "idle-area", {})

    assert [one["member"] for one in plan["members"]] == ["fire"]
    assert [one["field"] for one in plan["form"]] == ["area"], "the form asks it all the same"


@pytest.mark.parametrize("role", ["officer", "bureau", "operator"])
async def test_only_applicants_are_asked(office: Office, role: str):
    somebody = office.person(role, "somebody", department="market")

    answer = await somebody("POST", "/bundles/shop/compositions", json={"answers": world.ANSWERS})

    assert problem(answer) == (403, "excluded")
