"""What comes too early, too late, twice, or about another department's approval."""

import json
from uuid import uuid4

from tests.alone import Alone
from tests.approval.conftest import DECIDED, cancellation, request, result, state
from tests.approval.partner import Partner
from tests.approval.partners.conftest import lies_at_desk, opened, publish
from tests.platform import eventually


async def test_a_partner_cannot_answer_for_another_department(
    desk: Alone, js, fire: Partner, health: Partner
):
    approval = await opened(desk, js, "fire", accepts="department")
    data = {"approval": str(approval)}

    said = [
        await health.say("acceptance", data),
        await health.say("decision", data | {"verdict": "granted"}),
        await health.say("decision", data | {"verdict": "granted"}, department="fire"),
        await health.say("result", data | {"result": result("FOREIGN")}),
    ]

    problems = [await health.refused(one) for one in said]
    assert {(p["type"], p["status"]) for p in problems} == {("/problems/approval-unknown", 404)}
    unknown = await health.refused(await health.decide(uuid4()))
    assert {p["detail"] for p in problems} == {unknown["detail"]}, (
        "foreign and absent look the same"
    )
    assert await state(desk, approval) == "opened"
    await fire.say("acceptance", data)


async def test_a_decision_before_its_approval_is_refused_and_right_a_moment_later(
    desk: Alone, js, fire: Partner
):
    asked = request("fire")
    early = await fire.decide(asked.approval)
    assert (await fire.refused(early))["type"] == "/problems/approval-unknown"

    await publish(js, asked)
    await lies_at_desk(desk, asked)

    assert (await fire.answer(await fire.decide(asked.approval)))[0] == "accepted"


async def test_a_second_decision_is_refused_and_the_first_stands(desk: Alone, js, fire: Partner):
    approval = await opened(desk, js)

    first = await fire.decide(approval)
    second = await fire.decide(approval, "refused", reason_code="second-thoughts")

    assert (await fire.answer(first))[0] == "accepted"
    problem = await fire.refused(second)
    assert (problem["type"], problem["verdict"]) == ("/problems/already-decided", "granted")
    assert await state(desk, approval) == "granted"
    assert len(await desk.told(DECIDED, approval=approval)) == 1


async def test_the_same_message_twice_has_one_effect_and_one_answer(desk: Alone, js, fire: Partner):
    """The broker's window swallows an equal Nats-Msg-Id; ours must do without it."""
    approval = await opened(desk, js)
    data = {"approval": str(approval), "verdict": "granted"}
    document = {"specversion": "1.0", "id": "said-twice", "type": "in.decision", "data": data}

    for _ in range(3):
        await fire.shout("decision", json.dumps(document).encode())
    after = await fire.decide(uuid4())

    assert (await fire.answer("said-twice"))[0] == "accepted"
    await fire.refused(after)
    assert (await fire.answer("said-twice"))[0] == "accepted", "and no second answer"
    assert len(await desk.told(DECIDED, approval=approval)) == 1


async def test_an_answer_to_what_is_no_longer_wanted_is_refused(desk: Alone, js, fire: Partner):
    asked = request("fire")
    await publish(js, asked)
    await lies_at_desk(desk, asked)
    await publish(js, cancellation(asked))

    async def ended() -> bool:
        return await state(desk, asked.approval) == "cancelled"

    await eventually(ended)
    problem = await fire.refused(await fire.decide(asked.approval))

    assert (problem["type"], problem["status"]) == ("/problems/approval-cancelled", 409)
    told = [one for one in fire.heard if one["data"].get("approval") == str(asked.approval)]
    assert [one["type"] for one in told][:2] == [
        "partner.approval.opened",
        "partner.approval.cancelled",
    ]


async def test_two_partners_with_one_message_id_do_not_swallow_one_another(
    desk: Alone, js, fire: Partner, health: Partner
):
    both = {partner: await opened(desk, js, partner.department) for partner in (fire, health)}

    for partner, approval in both.items():
        await partner.decide(approval, id="1")

    for partner, approval in both.items():
        assert (await partner.answer("1"))[1]["approval"] == str(approval)
        assert await state(desk, approval) == "granted"
