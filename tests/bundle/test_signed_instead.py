"""What may be signed instead of shown: in the text of the plan, or not at all."""

from typing import Any

import pytest

from tests.bundle import store
from tests.bundle.office import Office
from tests.bundle.store import CHOICE, PROMISE, dossier, filed, filing, plan_of
from tests.refusals import pointers, problem


async def test_a_commitment_that_was_chosen_is_signed_and_shown_to_its_desk(shop: Office):
    ada = shop.somebody()
    plan = await plan_of(ada, CHOICE)
    assert "safety-report:owner" not in {one["key"] for one in plan["materials"]}

    application = await filed(shop, ada, CHOICE)

    [signed] = application["commitments"]
    assert (signed["code"], signed["version"]) == ("safe", 2)
    assert signed["replaces"] == ["safety-report:owner"]
    [shown] = (await dossier(shop, application, "depot"))["signed"]
    assert (shown["text"], shown["digest"]) == (PROMISE["text"], signed["digest"])
    assert shown["replaces"] == ["safety-report:owner"]
    assert (await dossier(shop, application, "yard"))["signed"] == []


async def test_without_a_choice_the_evidence_is_asked_and_nothing_is_signed(shop: Office):
    ada = shop.somebody()

    application = await filed(shop, ada)

    assert application["commitments"] == []
    assert "safety-report:owner" in application["materials"]
    [offer] = (await plan_of(shop.somebody()))["commitments"]
    assert offer["chosen"] is False


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"digest": "sha256:" + "0" * 64}, ["/commitments/0/digest"]),
        ({"version": 1}, ["/commitments/0/digest"]),
    ],
)
async def test_another_text_than_the_plans_is_refused(shop: Office, change: Any, where: Any):
    ada = shop.somebody()
    whole = await filing(shop, ada, CHOICE)
    whole["commitments"][0] |= change

    answer = await ada("POST", "/applications", json=whole)

    assert pointers(answer) == where


async def test_a_text_that_changed_since_is_a_changed_plan(shop: Office):
    ada = shop.somebody()
    whole = await filing(shop, ada, CHOICE)
    await shop.hear(store.depot(2, commitments=[PROMISE | {"version": 3, "text": "另一文本"}]))

    answer = await ada("POST", "/applications", json=whole)
    await shop.hear(store.depot(3))

    assert problem(answer) == (409, "plan-changed")
    [offer] = answer.json()["plan"]["commitments"]
    assert offer["version"] == 3


async def test_leaving_the_signature_out_is_another_plan(shop: Office):
    """Who does not sign is asked for the evidence."""
    ada = shop.somebody()
    whole = await filing(shop, ada, CHOICE) | {"commitments": []}

    answer = await ada("POST", "/applications", json=whole)

    assert problem(answer) == (409, "plan-changed")
    asked = {one["key"] for one in answer.json()["plan"]["materials"]}
    assert "safety-report:owner" in asked


@pytest.mark.parametrize(
    "choice", [{"item": "depot", "code": "x"}, {"item": "yard", "code": "safe"}]
)
async def test_a_commitment_nobody_offers_is_refused(shop: Office, choice: Any):
    body = {"answers": {}, "commitments": [choice]}
    answer = await shop.somebody()("POST", "/bundles/store/compositions", json=body)

    assert pointers(answer) == ["/commitments/0"]
