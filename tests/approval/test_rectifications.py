"""What is to be put right: files that are the regulator's own, the holder's answer, and silence."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.contracts import ExhibitFiled, RectificationAnswered
from tests.alone import Alone
from tests.approval.chain import acts
from tests.approval.conftest import DIGEST, opened
from tests.approval.ends import WITHDRAWN, end
from tests.approval.supervising import (
    VERIFY,
    duties,
    duty,
    inspector,
    let_time_run_out,
    moment,
    number_of,
    supervised,
)
from tests.approval.timed import ends, set_clock
from tests.refusals import problem

FOUND = "approval.supervision.found"
PROPOSED = "approval.supervision.ending_proposed"
TO_PARTNER = "partner.fire.supervision.ending_proposed"
RECTIFY = {
    "verdict": "rectify",
    "reason_codes": ["no-test-report"],
    "within": {"value": 10, "unit": "natural_day"},
    "explanation": "sha256:" + "1" * 64,
}


@pytest.fixture(autouse=True)
def december(desk: Alone, own_time: None) -> None:
    set_clock(desk, moment("2026-12-01"))


async def exhibit(desk: Alone, department: str = "enforcement") -> str:
    """An upload of the department's, of which bundle has told."""
    upload = uuid4()
    told = ExhibitFiled(
        exhibit=upload, department=department, digest=DIGEST, filed_at=moment("2026-12-01")
    )
    await desk.hear(told)
    return str(upload)


async def checked(desk: Alone, **more: Any) -> tuple[UUID, str]:
    """A grant whose regulator has taken its duty on, and the duty's path."""
    approval = await supervised(desk, VERIFY, **more)
    path = await duty(desk, approval)
    await inspector(desk).put(f"{path}/acknowledgement")
    return approval, path


async def find(desk: Alone, path: str, body: Any) -> httpx.Response:
    return await inspector(desk)("POST", f"{path}/findings", json=body)


async def rectifying(desk: Alone, **more: Any) -> tuple[UUID, str, str]:
    approval, path = await checked(desk, **more)
    answer = await find(desk, path, RECTIFY)
    return approval, path, answer.json()["findings"][0]["id"]


def answered(approval: UUID, path: str, finding: str, day: str) -> RectificationAnswered:
    return RectificationAnswered(
        supervision=UUID(path.rpartition("/")[2]),
        finding=UUID(finding),
        approval=approval,
        application=uuid4(),
        statement="sha256:" + "2" * 64,
        uploads=(uuid4(),),
        answered_at=moment(day),
    )


async def test_a_finding_rests_on_uploads_of_its_own_department(desk: Alone):
    approval, path = await checked(desk)
    mine = [await exhibit(desk), await exhibit(desk)]

    answer = await find(desk, path, RECTIFY | {"uploads": mine})

    assert answer.status_code == 201, answer.text
    [told] = await desk.told(FOUND, approval=approval)
    assert (told["exhibits"], told["verdict"]) == (mine, "rectify")
    assert told["explanation"] == RECTIFY["explanation"]
    act = (await acts(desk, approval))[-1]
    assert (act["act"], act["authority"], act["respondent"]) == ("found",) + ("enforcement",) * 2
    assert act["exhibits"] == [{"upload": one, "digest": DIGEST} for one in mine]


async def test_a_foreign_upload_and_none_look_alike_and_nothing_is_entered(desk: Alone):
    approval, path = await checked(desk)
    mine = await exhibit(desk)
    problems = []
    for wrong in (await exhibit(desk, "fire"), str(uuid4())):
        answer = await find(desk, path, RECTIFY | {"uploads": [mine, wrong]})
        problems.append({k: v for k, v in answer.json().items() if k != "trace_id"})
        assert answer.headers["retry-after"] == "1", "it may have been uploaded a moment ago"
    twice = await find(desk, path, RECTIFY | {"uploads": [mine, mine]})

    assert problems[0] == problems[1]
    assert [one["pointer"] for one in problems[0]["errors"]] == ["/uploads/1"]
    assert [one["pointer"] for one in twice.json()["errors"]] == ["/uploads/1"]
    assert [one["act"] for one in await acts(desk, approval)] == ["decided"]
    assert (await inspector(desk).get(path))["findings"] == []


@pytest.mark.parametrize(
    ("evidence", "status"),
    [("own", 201), ("foreign", 422), ("absent", 422), ("慕容紫英灵", 422), ("13907364127", 422)],
)
async def test_a_suspension_rests_on_an_own_upload_or_a_documents_number(
    desk: Alone, evidence: str, status: int
):
    approval = await opened(desk)
    given = {"own": "market", "foreign": "fire"}
    named = await exhibit(desk, given[evidence]) if evidence in given else evidence
    named = str(uuid4()) if evidence == "absent" else named
    body = {"kind": "inspection", "evidence": named, "expected": {"value": 5}}

    answer = await desk.officer("market")("POST", f"/approvals/{approval}/suspensions", json=body)

    assert answer.status_code == status, answer.text
    if status == 422:
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/evidence"]
        assert await acts(desk, approval) == []
    else:
        [act] = await acts(desk, approval)
        assert act["exhibit"] == {"upload": named, "digest": DIGEST}
        [told] = await desk.told("approval.approval.suspended", approval=approval)
        assert told["exhibit"] == named


async def test_a_hearing_rests_on_an_own_upload_too(desk: Alone):
    number = await number_of(desk, await supervised(desk, VERIFY))
    officer, path = desk.officer("market"), f"/results/{number}/hearing"
    for wrong in (await exhibit(desk, "fire"), str(uuid4()), "没有文号"):
        answer = await officer("PUT", path, json={"outcome": "held", "evidence": wrong})
        assert problem(answer) == (422, "evidence-faulty")

    said = {"outcome": "held", "evidence": await exhibit(desk, "market")}
    assert (await officer.put(path, said))["evidence"] == said["evidence"]


async def test_an_answer_in_time_is_the_regulators_turn_and_silence_proposes_nothing(desk: Alone):
    approval, path, finding = await rectifying(desk)
    told = answered(approval, path, finding, "2026-12-10")
    await desk.hear(told)
    await desk.hear(told)

    shown = await inspector(desk).get(path)
    assert (shown["state"], shown["due"]) == ("answered", ends("2026-12-24"))
    [first] = shown["findings"]
    assert (first["statement"], first["answer_uploads"]) == (
        told.statement,
        [str(one) for one in told.uploads],
    )
    set_clock(desk, moment("2026-12-12"))
    await let_time_run_out(desk)
    assert (await inspector(desk).get(path))["state"] == "answered"
    assert await desk.told(PROPOSED, approval=approval) == []

    set_clock(desk, moment("2026-12-25"))
    await let_time_run_out(desk)
    late = await inspector(desk).get(path)
    assert (late["state"], bool(late["overdue_at"])) == ("answered", True), "the regulator is late"
    assert (await find(desk, path, {"verdict": "pass"})).json()["state"] == "passed"


async def test_silence_proposes_an_ending_to_the_authority_once(desk: Alone):
    approval, path, _ = await rectifying(desk, department="fire")
    granting = desk.officer("fire")
    assert (await desk.person("officer", "f", department="fire")("GET", path)).status_code == 404

    set_clock(desk, moment("2026-12-12"))
    await asyncio.gather(*(let_time_run_out(desk) for _ in range(3)))
    await let_time_run_out(desk)

    for subject in (PROPOSED, TO_PARTNER):
        [told] = await desk.told(subject, approval=approval)
        assert (told["department"], told["reason_code"]) == ("fire", "rectification-missed")
        assert told["withdrawn"] is False
    assert (await granting.get(path))["state"] == "ending_proposed"
    listed = (await granting.get("/supervisions?state=ending_proposed"))["items"]
    assert str(approval) in [one["approval"] for one in listed]
    command = await granting("PUT", f"{path}/inspection", json={})
    assert problem(command) == (404, "duty-unknown"), "it reads, and does not inspect"


async def test_an_answer_in_time_that_is_heard_late_takes_back_what_silence_had_brought(
    desk: Alone,
):
    holder = uuid4()
    approval, path, finding = await rectifying(desk, department="fire", holder=holder)
    set_clock(desk, moment("2026-12-12"))
    await let_time_run_out(desk)

    await desk.hear(answered(approval, path, finding, "2026-12-10"))

    assert (await inspector(desk).get(path))["state"] == "answered"
    withdrawn = [one["withdrawn"] for one in await desk.told(TO_PARTNER, approval=approval)]
    assert withdrawn == [False, True]
    records = (await inspector(desk).get(f"/credit-records?holder={holder}"))["items"]
    assert [bool(one["lifted_at"]) for one in records] == [True]
    set_clock(desk, moment("2026-12-20"))
    await let_time_run_out(desk)
    assert (await inspector(desk).get(path))["state"] == "answered"


async def test_a_late_answer_is_read_and_changes_nothing_by_itself(desk: Alone):
    approval, path, finding = await rectifying(desk)
    set_clock(desk, moment("2026-12-12"))
    await let_time_run_out(desk)

    await desk.hear(answered(approval, path, finding, "2026-12-13"))

    shown = await inspector(desk).get(path)
    assert shown["state"] == "ending_proposed"
    assert shown["findings"][0]["answered_at"] is not None
    assert len(await desk.told(PROPOSED, approval=approval)) == 1


async def test_an_answer_to_an_older_finding_does_not_stand_for_the_newer(desk: Alone):
    approval, path, first = await rectifying(desk)
    set_clock(desk, moment("2026-12-01") + timedelta(hours=1))
    await find(desk, path, RECTIFY | {"reason_codes": ["no-manager"]})

    await desk.hear(answered(approval, path, first, "2026-12-05"))

    assert (await inspector(desk).get(path))["state"] == "rectifying"


async def test_an_answer_after_the_result_has_ended_changes_nothing(desk: Alone):
    approval, path, finding = await rectifying(desk)
    await end(desk, await number_of(desk, approval), WITHDRAWN)

    await desk.hear(answered(approval, path, finding, "2026-12-05"))

    [one] = await duties(desk, approval)
    assert one.state == "closed"


async def test_what_is_proposed_and_then_passed_is_proposed_no_more(desk: Alone):
    approval, path = await checked(desk, department="fire")
    failed = {"verdict": "fail", "reason_codes": ["false-promise"]}
    for _ in range(2):
        assert (await find(desk, path, failed)).status_code == 201
    await find(desk, path, {"verdict": "pass"})

    told = await desk.told(TO_PARTNER, approval=approval)
    assert [(one["reason_code"], one["withdrawn"]) for one in told] == [
        ("false-promise", False),
        ("false-promise", True),
    ]


async def test_who_takes_a_disputed_duty_over_is_told_of(desk: Alone):
    approval = await supervised(desk, VERIFY)
    path = await duty(desk, approval)
    said = {"reason_code": "not-our-trade", "refer_to": "health"}
    await inspector(desk).put(f"{path}/dispute", said)
    await inspector(desk, department="health").put(f"{path}/acknowledgement")
    await inspector(desk, department="health").put(f"{path}/acknowledgement")

    [told] = await desk.told("approval.supervision.assigned", approval=approval)
    assert told["regulator"] == "health"


async def test_an_answer_heard_late_does_not_lift_what_a_failed_check_brought(desk: Alone):
    holder = uuid4()
    approval, path = await checked(desk, holder=holder)
    await find(desk, path, {"verdict": "fail", "reason_codes": ["false-promise"]})
    set_clock(desk, moment("2026-12-01") + timedelta(hours=1))
    finding = (await find(desk, path, RECTIFY)).json()["findings"][0]["id"]
    set_clock(desk, moment("2026-12-12"))
    await let_time_run_out(desk)

    await desk.hear(answered(approval, path, finding, "2026-12-10"))

    assert (await inspector(desk).get(path))["state"] == "answered"
    [record] = (await inspector(desk).get(f"/credit-records?holder={holder}"))["items"]
    assert record["lifted_at"] is None, "it was broken, and nothing has been passed since"
    await find(desk, path, {"verdict": "pass"})
    [record] = (await inspector(desk).get(f"/credit-records?holder={holder}"))["items"]
    assert record["lifted_at"] is not None
