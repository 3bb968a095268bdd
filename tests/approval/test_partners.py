"""A partner department's own system over a real broker: every message has its effect and its
answer, or an answer that says why not."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import nats
import pytest
from nats.js import JetStreamContext

import services.approval.main
from deploy.local.nats import nats_server
from deploy.nats.partners import Partner as Account
from deploy.nats.streams import provision
from services.approval.main import ApprovalSettings
from services.chassis import envelope
from services.contracts import ApprovalRequested, DepartmentChanged
from tests.alone import Alone, alone, databases
from tests.approval.conftest import (
    DECIDED,
    DIGEST,
    ISSUED,
    SIGNING_KEYS,
    cancellation,
    request,
    result,
    state,
)
from tests.approval.partner import Partner
from tests.conftest import PARTNERS
from tests.platform import eventually


@pytest.fixture(scope="module")
async def desk(postgres, templates, signer, nats_root) -> AsyncIterator[Alone]:
    async with AsyncExitStack() as stack:
        fresh = await stack.enter_async_context(databases(postgres))
        server = stack.enter_context(nats_server(nats_root / "approval-partners"))
        await provision(server.url, [Account(department=code) for code in PARTNERS])
        settings = ApprovalSettings(
            database_url=await fresh("approval"),
            nats_url=server.url,
            oidc_issuer=signer.issuer,
            signing_keys=SIGNING_KEYS,
            log_level="CRITICAL",
            partners=",".join(PARTNERS),
        )
        app = services.approval.main.make(settings)
        made = await stack.enter_async_context(alone(app, signer))
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield made


@pytest.fixture(scope="module")
async def js(desk: Alone) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(desk.app.state.settings.nats_url)
    yield connection.jetstream()
    await connection.close()


@pytest.fixture
def fire(js: JetStreamContext) -> Partner:
    return Partner(js, "fire")


@pytest.fixture
def health(js: JetStreamContext) -> Partner:
    return Partner(js, "health")


async def opened(desk: Alone, js: JetStreamContext, department: str = "fire", **more: Any) -> UUID:
    asked = request(department, **more)
    await publish(js, asked)
    return await lies_at_desk(desk, asked)


async def publish(js: JetStreamContext, event: Any) -> None:
    sealed = envelope.seal(event, 1, "")
    await js.publish(sealed.subject, sealed.payload.encode())


async def lies_at_desk(desk: Alone, asked: ApprovalRequested) -> UUID:
    async def there() -> Any:
        return await desk.rows("SELECT 1 FROM approval WHERE id = :id", id=asked.approval)

    await eventually(there)
    return asked.approval


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


APPROVAL = "00000000-0000-4000-8000-000000000001"
MALFORMED = {
    "no verdict": ("decision", {"approval": APPROVAL}, "/data/verdict"),
    "another verdict": ("decision", {"approval": APPROVAL, "verdict": "maybe"}, "/data/verdict"),
    "no approval": ("decision", {"verdict": "granted"}, "/data/approval"),
    "an approval that is no id": ("acceptance", {"approval": "1"}, "/data/approval"),
    "a member nobody documented": ("acceptance", {"approval": APPROVAL, "x": 1}, "/data/x"),
    "no result": ("result", {"approval": APPROVAL}, "/data/result"),
    "a digest of another kind": (
        "result",
        {"approval": APPROVAL, "result": {"digest": "1", "issuer_number": "1"}},
        "/data/result/digest",
    ),
    "a free text for a code": (
        "decision",
        {"approval": APPROVAL, "verdict": "refused", "reason_code": "Not Good"},
        "/data/reason_code",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_message_is_answered_with_what_is_wrong(fire: Partner, name: str):
    what, data, pointer = MALFORMED[name]

    message = await fire.say(what, data)

    problem = await fire.refused(message)
    assert (problem["type"], problem["status"]) == ("/problems/malformed", 422)
    assert [flaw["pointer"] for flaw in problem["errors"]] == [pointer]


UNREADABLE = {
    "nothing": b"",
    "not JSON": b"granted, please",
    "not UTF-8": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "no CloudEvent": b'{"id": "1", "type": "in.decision", "data": {}}',
    "another version": b'{"specversion": "0.3", "id": "1", "type": "in.decision", "data": {}}',
    "no id": b'{"specversion": "1.0", "type": "in.decision", "data": {"approval": "x"}}',
    "an empty id": b'{"specversion": "1.0", "id": "", "type": "in.decision", "data": {}}',
    "an id that is a number": b'{"specversion": "1.0", "id": 7, "type": "in.decision", "data": {}}',
    "an endless id": json.dumps(
        {"specversion": "1.0", "id": "i" * 129, "type": "in.decision", "data": {}}
    ).encode(),
    "data that is a text": b'{"specversion": "1.0", "id": "1", "type": "in.decision", "data": "x"}',
    "as deep as it gets": b'{"a":' * 5000,
    "a text that no database can hold": json.dumps(
        {
            "specversion": "1.0",
            "id": "1",
            "type": "in.result",
            "data": {"approval": APPROVAL, "result": {"digest": "1", "issuer_number": "N\x00"}},
        }
    ).encode(),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_cannot_be_read_at_all_is_answered_by_its_place_in_the_stream(
    fire: Partner, name: str
):
    place = await fire.shout("decision", UNREADABLE[name])

    problem = await fire.refused(f"#INBOX_fire:{place}")

    assert problem["type"] == "/problems/malformed"


async def test_a_type_that_nobody_knows_is_refused_without_being_quoted(fire: Partner):
    message = await fire.say("decision", {"approval": APPROVAL}, type="in.身份证11010519491231002X")

    problem = await fire.refused(message)

    assert problem["status"] == 422
    assert "11010519491231002X" not in json.dumps(problem)


@pytest.mark.parametrize("what", ["suspension", "decision", "anything.else"])
async def test_a_type_is_judged_by_itself_whatever_subject_it_came_on(
    desk: Alone, js, fire: Partner, what: str
):
    approval = await opened(desk, js, accepts="department")

    message = await fire.say(what, {"approval": str(approval)}, type="in.acceptance")

    assert (await fire.answer(message))[0] == "accepted"


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


async def test_nonsense_in_a_burst_holds_nobody_up(desk: Alone, js, fire: Partner):
    """Good and bad messages in one batch: the bad ones undo nothing of the good ones."""
    approvals = [await opened(desk, js) for _ in range(6)]
    good, bad = [], []
    for approval in approvals:
        bad.append(f"#INBOX_fire:{await fire.shout('decision', b'nonsense')}")
        good.append(await fire.decide(approval))
        bad.append(await fire.decide(approval, "refused", reason_code="late"))

    assert [(await fire.answer(one))[0] for one in good] == ["accepted"] * 6
    for one in bad:
        await fire.refused(one)
    assert {await state(desk, one) for one in approvals} == {"granted"}
    assert not await desk.rows("SELECT 1 FROM parked"), (
        "a partner's mistake is answered, not parked"
    )
