"""What is malformed or cannot be read is answered with what is wrong, and holds nobody up."""

import json

import pytest

from tests.alone import Alone
from tests.approval.conftest import state
from tests.approval.partner import Partner
from tests.approval.partners.conftest import opened

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
