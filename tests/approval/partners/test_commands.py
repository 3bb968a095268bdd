"""A department's system does all that its officers do: each message has its effect and its
answer, or an answer that says why not."""

from uuid import uuid4

import pytest

from services.contracts import DepartmentChanged
from tests.alone import Alone
from tests.approval.conftest import DECIDED, DIGEST, ISSUED, result, state
from tests.approval.partner import Partner
from tests.approval.partners.conftest import opened


async def test_a_decision_has_its_effect_and_its_answer(desk: Alone, js, fire: Partner):
    approval = await opened(desk, js)

    message = await fire.decide(approval, result=result("OVER-NATS", valid_until="2099-01-01"))

    assert await fire.answer(message) == (
        "accepted",
        {"message": message, "department": "fire", "approval": str(approval)},
    )
    assert await state(desk, approval) == "granted"
    [decided] = await desk.told(DECIDED, approval=approval)
    [issued] = await desk.told(ISSUED, approval=approval)
    assert (decided["verdict"], issued["issuer_number"]) == ("granted", "OVER-NATS")
    shown = await desk.officer("fire").get(f"/approvals/{approval}")
    assert shown["decided_by"] == "system:fire"


async def test_acceptance_decision_and_result_come_one_after_another(
    desk: Alone, js, fire: Partner
):
    approval = await opened(desk, js, accepts="department")
    early = await fire.decide(approval)
    assert (await fire.refused(early))["type"] == "/problems/not-accepted"

    said = [
        await fire.say("acceptance", {"approval": str(approval)}),
        await fire.decide(approval),
        await fire.say("result", {"approval": str(approval), "result": result("THIRD")}),
    ]

    assert [(await fire.answer(one))[0] for one in said] == ["accepted"] * 3
    [issued] = await desk.told(ISSUED, approval=approval)
    assert issued["issuer_number"] == "THIRD"


async def test_a_department_says_why_it_does_not_accept(desk: Alone, js, fire: Partner):
    approval = await opened(desk, js, accepts="department")
    data = {"approval": str(approval), "verdict": "acceptance_refused"}

    bare = await fire.refused(await fire.say("acceptance", data))
    said = await fire.say("acceptance", data | {"reason_code": "outside-area"})
    late = await fire.refused(await fire.say("acceptance", {"approval": str(approval)}))

    assert [flaw["pointer"] for flaw in bare["errors"]] == ["/reason_code"]
    assert (await fire.answer(said))[0] == "accepted"
    assert late["type"] == "/problems/acceptance-was-refused"
    assert await state(desk, approval) == "acceptance_refused"
    [told] = await desk.told("approval.approval.refused_acceptance", approval=approval)
    assert told["kind"] == "acceptance_refused"


async def test_a_department_asks_its_applicant_once_to_put_something_right(
    desk: Alone, js, fire: Partner
):
    approval = await opened(desk, js, accepts="department")
    gaps = [{"evidence": "floor-plan", "reason_code": "illegible"}]
    data = {"approval": str(approval), "gaps": gaps, "explanation": DIGEST}

    bare = await fire.refused(await fire.say("correction_request", data | {"gaps": []}))
    said = await fire.say("correction_request", data)
    again = await fire.refused(await fire.say("correction_request", data))

    assert [flaw["pointer"] for flaw in bare["errors"]] == ["/data/gaps"]
    assert (await fire.answer(said))[0] == "accepted"
    assert again["type"] == "/problems/awaiting-correction"
    assert await state(desk, approval) == "correcting"


async def test_a_department_pauses_and_resumes_in_turn_and_out_of_turn_is_refused(
    desk: Alone, js, fire: Partner
):
    approval = await opened(desk, js, licensing_law=True)
    data = {"approval": str(approval)}
    pause = data | {"kind": "inspection", "evidence": "doc-7", "expected": {"value": 5}}
    more = data | {"length": {"value": 5}, "reason_code": "complex", "explanation": DIGEST}

    early = await fire.refused(await fire.say("resumption", data))
    bare = await fire.refused(await fire.say("suspension", pause | {"evidence": " "}))
    begun = await fire.say("suspension", pause)
    twice = await fire.refused(await fire.say("suspension", pause))
    meanwhile = await fire.refused(await fire.decide(approval))
    ended = await fire.say("resumption", data)
    longer = await fire.say("extension", more)

    assert early["type"] == "/problems/not-suspended"
    assert [flaw["pointer"] for flaw in bare["errors"]] == ["/evidence"]
    assert twice["type"] == meanwhile["type"] == "/problems/approval-suspended"
    for said in (begun, ended, longer):
        assert (await fire.answer(said))[0] == "accepted"
    head = desk.officer("fire", "head")
    consented = await head.put(f"/approvals/{approval}/extension/consent")
    assert (consented["asked_by"], consented["consented_by"]) == ("system:fire", "head")
    assert (await fire.answer(await fire.decide(approval)))[0] == "accepted"


async def test_what_an_officer_works_on_the_system_leaves_alone(desk: Alone, js, fire: Partner):
    approval = await opened(desk, js)
    await desk.officer("fire", "zhao").put(f"/approvals/{approval}/claim")

    problem = await fire.refused(await fire.decide(approval))

    assert (problem["type"], problem["officer"]) == ("/problems/claimed-by-another", "zhao")


async def test_partners_ask_one_another_and_hand_over(
    desk: Alone, js, fire: Partner, health: Partner
):
    for code in ("fire", "health"):
        await desk.hear(DepartmentChanged(code=code, version=1, name=code))
    approval = await opened(desk, js)
    data = {"approval": str(approval)}
    ask = data | {"consulted": "health", "within": {"value": 2}, "fields": ["area"]}

    asked = await fire.say("consultation", ask)
    assert (await fire.answer(asked))[0] == "accepted"
    [told] = await desk.told("partner.health.consultation.opened", approval=approval)
    opinion = data | {"consultation": told["consultation"], "opinion": "agree"}
    foreign = await fire.refused(await fire.say("opinion", opinion))
    elsewhere = await health.refused(
        await health.say("opinion", opinion | {"approval": str(uuid4())})
    )
    given = await health.say("opinion", opinion)
    assert (await health.answer(given))[0] == "accepted"
    [back] = await desk.told("partner.fire.consultation.closed", approval=approval)

    move = data | {"to": "health", "kind": "misrouted"}
    bare = await fire.refused(await fire.say("transfer", move))
    moved = await fire.say("transfer", move | {"reason_code": "wrong-desk"})
    assert (await fire.answer(moved))[0] == "accepted"
    late = await fire.refused(await fire.decide(approval))

    assert foreign["type"] == elsewhere["type"] == "/problems/consultation-unknown"
    assert back["opinion"] == "agree"
    assert [flaw["pointer"] for flaw in bare["errors"]] == ["/reason_code"]
    assert late["type"] == "/problems/approval-unknown"
    assert (await health.answer(await health.decide(approval)))[0] == "accepted"


async def test_a_number_that_cannot_be_printed_is_refused(desk: Alone, js, fire: Partner):
    approval = await opened(desk, js)

    problem = await fire.refused(await fire.decide(approval, result=result("N\n1")))

    assert [flaw["pointer"] for flaw in problem["errors"]] == ["/result/issuer_number"]
    assert await state(desk, approval) == "accepted"


@pytest.mark.parametrize("said", [{}, {"reason_code": "late", "result": result("N")}])
async def test_a_refusal_keeps_to_the_rules_of_the_desk(desk: Alone, js, fire: Partner, said):
    approval = await opened(desk, js)

    problem = await fire.refused(await fire.decide(approval, "refused", **said))

    assert problem["type"] == "/problems/decision-faulty"
    assert await state(desk, approval) == "accepted"
    assert (await fire.answer(await fire.decide(approval, "refused", reason_code="late")))[0] == (
        "accepted"
    )
