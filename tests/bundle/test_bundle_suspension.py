"""A suspended bundle takes no filings, and what runs goes on."""

from typing import Any

import pytest

from tests import county
from tests.bundle.office import Office, accepted
from tests.platform import Person
from tests.refusals import problem


async def test_while_it_is_suspended_nobody_composes_or_files_and_what_runs_goes_on(
    office: Office, bureau: Person
):
    ada = office.somebody()
    running = await office.five(ada, "fire")
    code = running["bundle"]
    bob = office.somebody()
    plan = await office.planned(bob, code, {"area": 10.0})
    filing = {"bundle": code, "plan": plan["digest"], "answers": {"area": 10.0}}

    suspended = await bureau.put(f"/bundles/{code}/suspension", {"reason": "系统升级"})
    composed = await bob("POST", f"/bundles/{code}/compositions", json={"answers": {}})
    filed = await bob("POST", "/applications", key="later", json=filing | {"form": {"area": 10.0}})
    await office.hear(accepted(running, "fire"))
    shown = (await office.client.get(f"/bundles/{code}")).json()

    assert suspended["suspension"]["reason"] == "系统升级"
    assert problem(composed) == problem(filed) == (409, "bundle-suspended")
    assert "系统升级" not in composed.text, "free text stays where it is read"
    assert (await office.states(ada, running))["fire"] == "accepted"
    assert shown["suspension"] == suspended["suspension"]

    await bureau("DELETE", f"/bundles/{code}/suspension")
    again = await bob("POST", "/applications", key="later", json=filing | {"form": {"area": 10.0}})
    assert again.status_code == 201, "the same key works once it is open again"
    assert (await office.client.get(f"/bundles/{code}")).json()["suspension"] is None


async def test_suspending_again_changes_the_reason_and_resuming_again_changes_nothing(
    office: Office, bureau: Person
):
    await office.publish("pausing", county.five("fire"))

    first = await bureau.put("/bundles/pausing/suspension", {"reason": "一"})
    second = await bureau.put("/bundles/pausing/suspension", {"reason": "二"})
    ended = [(await bureau("DELETE", "/bundles/pausing/suspension")).json() for _ in range(2)]

    assert second["suspension"] == {"since": first["suspension"]["since"], "reason": "二"}
    assert ended[0] == ended[1]
    assert ended[0]["suspension"] is None


async def test_publishing_does_not_end_a_suspension(office: Office, bureau: Person):
    await office.publish("resting", county.five("fire"))
    await bureau.put("/bundles/resting/suspension", {"reason": "x"})
    await office.publish("resting", county.five("tax"))

    body = {"answers": {}}
    answer = await office.somebody()("POST", "/bundles/resting/compositions", json=body)
    assert problem(answer) == (409, "bundle-suspended")


async def test_a_draft_cannot_be_suspended(bureau: Person):
    await bureau.put("/bundles/drafted", county.five("fire"))

    for code in ("drafted", "none-such"):
        answer = await bureau("PUT", f"/bundles/{code}/suspension", json={"reason": "x"})
        assert problem(answer) == (404, "bundle-unknown")


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "y": 1}]
)
async def test_a_suspension_has_a_reason(bureau: Person, body: Any):
    answer = await bureau("PUT", "/bundles/shop/suspension", json=body)

    assert problem(answer) == (422, "malformed")
