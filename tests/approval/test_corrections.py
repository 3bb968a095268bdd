"""One notice with all gaps, in time; then the applicant's answer, and acceptance counts from it."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import ApprovalAmended, ApprovalRequested, DossierAmended, SparedEvidence
from tests.alone import Alone, letter
from tests.approval.conftest import ACCEPTED, DIGEST, cancellation, decide, opened, request, state
from tests.approval.timed import at, ends, reached, set_clock, shown, tick
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")

ASKED = "approval.approval.correction_requested"
GAPS = [
    {"field": "shop_name", "reason_code": "differs"},
    {"evidence": "floor-plan:owner", "reason_code": "illegible"},
]
NOTICE = {"gaps": GAPS, "explanation": DIGEST}


async def ask(desk: Alone, approval: Any, **more: Any) -> Any:
    headers, department = more.pop("headers", {}), more.pop("department", "market")
    path = f"/approvals/{approval}/correction-requests"
    return await desk.officer(department)("POST", path, json=NOTICE | more, headers=headers)


def answer(asked: ApprovalRequested, because: str = "correction", **more: Any) -> DossierAmended:
    return DossierAmended(
        approval=asked.approval,
        application=asked.application,
        member=asked.member,
        department=asked.department,
        because=because,
        fields=("shop_name",),
        evidence=("floor-plan:owner",),
        amended_at=datetime.now(UTC),
        **more,
    )


async def test_the_applicant_is_told_everything_at_once_and_the_clock_waits(desk: Alone):
    asked = request(accepts="department")
    await desk.hear(asked)

    made = await ask(desk, asked.approval, answer_by="2026-11-20")

    assert made.status_code == 201
    assert (made.json()["state"], made.json()["gaps"][0]["field"]) == ("correcting", "shop_name")
    [told] = await desk.told(ASKED, approval=asked.approval)
    assert [one["reason_code"] for one in told["gaps"]] == ["differs", "illegible"]
    assert (told["explanation"], told["answer_by"]) == (DIGEST, "2026-11-20")
    for body in ({}, {"verdict": "acceptance_refused", "reason_code": "late"}):
        path = f"/approvals/{asked.approval}/acceptance"
        answered = await desk.officer("market")("PUT", path, json=body)
        assert problem(answered) == (409, "awaiting-correction")
    early = await decide(desk, asked.approval, {"verdict": "granted"})
    assert problem(early) == (409, "awaiting-correction")
    set_clock(desk, at("2026-12-01"))
    await tick(desk)
    assert await state(desk, asked.approval) == "correcting", "nobody is deemed to have accepted"


async def test_once_answered_the_time_for_accepting_begins_anew(desk: Alone):
    asked = request(accepts="department")
    await desk.hear(asked)
    await ask(desk, asked.approval)
    set_clock(desk, at("2026-11-16"))
    told = letter(answer(asked))

    await desk.hear(told)
    await desk.hear(told)

    assert await state(desk, asked.approval) == "opened"
    listed = await desk.officer("market").get(f"/approvals/{asked.approval}/correction-requests")
    assert listed["items"][0]["answered_at"]
    set_clock(desk, at("2026-11-23", 23))
    await tick(desk)
    assert await state(desk, asked.approval) == "opened"
    set_clock(desk, at("2026-11-24", 0))
    await tick(desk)
    assert await state(desk, asked.approval) == "accepted"
    [accepted] = await desk.told(ACCEPTED, approval=asked.approval)
    assert accepted["by"] == "law"
    assert accepted["accepted_at"].startswith("2026-11-16"), "from the day it was complete"
    # The promise counts from that day too, and has run out by now.
    assert await reached(desk, asked.approval) == ["yellow", "deemed_accepted", "red"]


async def test_what_a_rule_accepted_is_accepted_anew_when_it_is_complete(desk: Alone):
    asked = request()
    await desk.hear(asked)
    assert (await shown(desk, asked.approval))["due"] == ends("2026-11-09")

    await ask(desk, asked.approval)
    seen = await desk.officer("market").get(f"/approvals/{asked.approval}")
    assert (seen["state"], seen["accepted_at"]) == ("correcting", None)
    set_clock(desk, at("2026-11-16"))
    await desk.hear(answer(asked))

    seen = await desk.officer("market").get(f"/approvals/{asked.approval}")
    assert (seen["state"], seen["acceptor"]) == ("accepted", "automatic")
    assert (await shown(desk, asked.approval))["due"] == ends("2026-11-23")
    first, second = await desk.told(ACCEPTED, approval=asked.approval)
    assert second["accepted_at"] > first["accepted_at"]
    assert (await decide(desk, asked.approval, {"verdict": "granted"})).status_code == 200


async def test_a_second_notice_is_refused_by_name(desk: Alone):
    asked = request(accepts="department")
    await desk.hear(asked)
    await ask(desk, asked.approval)
    during = await ask(desk, asked.approval)
    await desk.hear(answer(asked))

    again = await ask(desk, asked.approval)

    assert problem(during) == (409, "awaiting-correction")
    assert problem(again) == (409, "correction-asked-once")
    assert len(await desk.told(ASKED, approval=asked.approval)) == 1


async def test_after_five_working_days_it_is_too_late(desk: Alone):
    approval, prompt = await opened(desk), await opened(desk)
    set_clock(desk, at("2026-11-09", 23))
    assert (await ask(desk, prompt)).status_code == 201
    set_clock(desk, at("2026-11-10", 0))

    assert problem(await ask(desk, approval)) == (409, "correction-too-late")


@pytest.mark.parametrize("by", ["department", "law"])
async def test_what_was_accepted_is_complete(desk: Alone, by: str):
    approval = await opened(desk, accepts="department")
    if by == "department":
        await desk.officer("market").put(f"/approvals/{approval}/acceptance")
    else:
        set_clock(desk, at("2026-11-10"))
        await tick(desk)

    assert problem(await ask(desk, approval)) == (409, "already-accepted")


FAULTY: list[tuple[dict[str, Any], list[str]]] = [
    ({"gaps": []}, ["/gaps"]),
    ({"gaps": [{"reason_code": "late"}]}, ["/gaps/0"]),
    ({"gaps": [{**GAPS[0], "evidence": "floor-plan"}]}, ["/gaps/0"]),
    ({"gaps": [GAPS[0], GAPS[0]]}, ["/gaps/1"]),
    ({"gaps": [{"field": "Shop Name", "reason_code": "late"}]}, ["/gaps/0/field"]),
    ({"gaps": [{"evidence": "a b", "reason_code": "late"}]}, ["/gaps/0/evidence"]),
    ({"gaps": [{"field": "shop_name", "reason_code": "Not good!"}]}, ["/gaps/0/reason_code"]),
    ({"gaps": [{"field": "shop_name"}]}, ["/gaps/0/reason_code"]),
    ({"explanation": "please"}, ["/explanation"]),
    ({"answer_by": "2026-11-02"}, ["/answer_by"]),
    ({"answer_by": "soon"}, ["/answer_by"]),
    ({"note": "x"}, ["/note"]),
]


@pytest.mark.parametrize(("wrong", "where"), FAULTY)
async def test_a_notice_that_lacks_something_changes_nothing(desk: Alone, wrong, where):
    approval = await opened(desk)

    answered = await ask(desk, approval, **wrong)

    assert answered.status_code == 422
    assert [one["pointer"] for one in answered.json()["errors"]] == where
    assert await state(desk, approval) == "accepted"


async def test_another_department_asks_nothing_and_reads_nothing(desk: Alone):
    approval = await opened(desk)
    path = f"/approvals/{approval}/correction-requests"

    for one in (path, f"/approvals/{uuid4()}/correction-requests"):
        asked = await desk.officer("health")("POST", one, json=NOTICE)
        read = await desk.officer("health")("GET", one)
        assert problem(asked) == problem(read) == (404, "approval-unknown")
    citizen = await desk.citizen()("POST", path, json=NOTICE)
    assert problem(citizen) == (403, "excluded")
    assert await state(desk, approval) == "accepted"


async def test_the_same_request_sent_again_is_one_notice(desk: Alone):
    approval = await opened(desk)
    key = {"idempotency-key": "once"}

    answers = await asyncio.gather(*(ask(desk, approval, headers=key) for _ in range(8)))

    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert len(await desk.told(ASKED, approval=approval)) == 1


async def test_an_unanswered_correction_ends_when_its_last_day_has_passed(desk: Alone):
    approval = await opened(desk, accepts="department")
    await ask(desk, approval, answer_by="2026-11-20")
    path, no = f"/approvals/{approval}/acceptance", {"verdict": "acceptance_refused"}
    no["reason_code"] = "not-completed"

    set_clock(desk, at("2026-11-20", 23))
    early = await desk.officer("market")("PUT", path, json=no)
    set_clock(desk, at("2026-11-21", 0))
    ended = await desk.officer("market")("PUT", path, json=no)

    assert problem(early) == (409, "awaiting-correction")
    assert ended.json()["state"] == "acceptance_refused"


async def test_an_answer_and_a_cancellation_mean_the_same_in_both_orders(desk: Alone):
    for reason, ends_as in (("withdrawn", "cancelled"), ("stopped", "accepted")):
        for order in ((0, 1), (1, 0)):
            asked = request()
            await desk.hear(asked)
            await ask(desk, asked.approval)
            said = (answer(asked), cancellation(asked, reason))
            for one in order:
                await desk.hear(said[one])
            assert await state(desk, asked.approval) == ends_as, (reason, order)


async def test_a_stop_ends_a_correction_of_what_nobody_had_accepted(desk: Alone):
    asked = request(accepts="department")
    await desk.hear(asked)
    await ask(desk, asked.approval)

    await desk.hear(cancellation(asked, "stopped"))
    await desk.hear(answer(asked))

    assert await state(desk, asked.approval) == "cancelled"


async def test_a_decision_on_an_older_reading_is_told_that_the_dossier_changed(desk: Alone):
    asked = request("fire")
    await desk.hear(asked)

    await desk.hear(answer(asked, because="shared"))

    stale = await decide(
        desk,
        asked.approval,
        {"verdict": "granted"},
        department="fire",
        headers={"if-match": '"1"'},
    )
    assert problem(stale) == (412, "stale")
    [told] = await desk.told("partner.fire.dossier.amended", approval=asked.approval)
    assert (told["because"], told["accepted"], told["fields"]) == ("shared", True, ["shop_name"])
    assert told["due"]


async def test_a_partner_hears_of_the_answer_and_of_what_nobody_could_answer(desk: Alone):
    asked = request("fire", accepts="department")
    await desk.hear(asked)
    await ask(desk, asked.approval, department="fire")

    await desk.hear(answer(asked, unknown=("colour",)))

    [told] = await desk.told("partner.fire.dossier.amended", approval=asked.approval)
    assert (told["because"], told["accepted"], told["unknown"]) == ("correction", False, ["colour"])
    listed = await desk.officer("fire").get(f"/approvals/{asked.approval}/correction-requests")
    assert listed["items"][0]["unknown"] == ["colour"]


async def test_what_is_over_is_not_amended(desk: Alone):
    asked = request("fire")
    await desk.hear(asked)
    await decide(desk, asked.approval, {"verdict": "granted"}, department="fire")

    await desk.hear(answer(asked, because="shared"), answer(request("fire")))

    assert not await desk.told("partner.fire.dossier.amended", approval=asked.approval)
    seen = await desk.officer("fire").get(f"/approvals/{asked.approval}")
    assert (seen["state"], seen["version"]) == ("granted", 2)


async def test_nobody_may_ask_for_what_a_retirement_has_spared(desk: Alone):
    asked = request(accepts="department")
    gone = SparedEvidence(evidence="floor-plan", retired="planning")
    amended = ApprovalAmended(
        approval=asked.approval,
        application=asked.application,
        member=asked.member,
        item=asked.item,
        department=asked.department,
        retired="planning",
        effective=date(2026, 11, 2),
        spared=(gone,),
    )
    await desk.hear(asked)
    await desk.hear(amended)

    refused = await ask(desk, asked.approval)

    assert problem(refused) == (422, "correction-faulty")
    [flaw] = refused.json()["errors"]
    assert (flaw["pointer"], flaw["fault"]) == ("/gaps/1/evidence", "evidence-spared")
    assert await state(desk, asked.approval) == "opened"
    assert (await ask(desk, asked.approval, gaps=GAPS[:1])).status_code == 201
