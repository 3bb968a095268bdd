"""Every grant opens its duties at the named regulator, once, and they are worked off there."""

import asyncio
import random
from typing import Any
from uuid import uuid4

import pytest

from tests.alone import Alone
from tests.approval.conftest import request
from tests.approval.supervising import (
    INSPECT,
    VERIFY,
    drawn,
    duties,
    duty,
    granted,
    inspector,
    item,
    let_time_run_out,
    look_at_grants,
    moment,
    new_item,
    supervised,
)
from tests.approval.test_instant import instantly, trace
from tests.approval.timed import ends, set_clock
from tests.refusals import pointers, problem

pytestmark = pytest.mark.usefixtures("own_time")

OPENED = "approval.supervision.opened"
CLOSED = "approval.supervision.closed"
RECTIFY = {
    "verdict": "rectify",
    "reason_codes": ["no-test-report"],
    "within": {"value": 10, "unit": "natural_day"},
}


async def test_a_grant_opens_what_its_item_plans_at_the_named_regulator(desk: Alone):
    approval = await supervised(desk, VERIFY, INSPECT)

    [one] = await duties(desk, approval)
    assert (one.kind, one.regulator, one.state) == ("verify_commitment", "enforcement", "opened")
    [told] = await desk.told(OPENED, approval=approval)
    assert (told["supervision"], told["department"]) == (str(one.id), "market")
    assert (one.due - one.opened_at).days >= 60


async def test_a_grant_waits_for_word_of_its_items_version(desk: Alone):
    code = new_item()
    await desk.hear(item(code))
    approval = await granted(desk, code, item_version=2)
    await look_at_grants(desk)
    assert await duties(desk, approval) == []

    await desk.hear(item(code, VERIFY, version=2))
    await look_at_grants(desk)

    assert len(await duties(desk, approval)) == 1


async def test_replicas_and_restarts_open_each_duty_once(desk: Alone):
    code = new_item()
    await desk.hear(item(code, VERIFY, {**INSPECT, "after": "grant"}))
    approvals = [await granted(desk, code) for _ in range(5)]

    await asyncio.gather(*(look_at_grants(desk) for _ in range(4)))
    await desk.rows("UPDATE supervision_cursor SET position = 0")  # as if it had never looked
    await look_at_grants(desk)

    for approval in approvals:
        assert sorted(one.kind for one in await duties(desk, approval)) == [
            "inspect",
            "verify_commitment",
        ]
        assert len(await desk.told(OPENED, approval=approval)) == 2


async def test_in_a_random_run_every_grant_has_its_duties_once(desk: Alone):
    """Items told before, after or never; grants and refusals; whoever acknowledges."""
    lots = random.Random(7)
    plans = [(), (VERIFY,), (VERIFY, INSPECT), (drawn(0.5),), (drawn(1.0), VERIFY)]
    owes: dict[Any, set[str]] = {}
    later = []
    for _ in range(40):
        code, plan = new_item(), lots.choice(plans)
        told = item(code, *plan)
        if lots.random() < 0.7:
            await desk.hear(told)
        else:
            later.append(told)
        if lots.random() < 0.2:
            asked = request(item=code)
            await desk.hear(asked)
            body = {"verdict": "refused", "reason_code": "no"}
            await desk.officer("market").put(f"/approvals/{asked.approval}/decision", body)
            owes[asked.approval] = set()
        else:
            owes[await granted(desk, code)] = {
                one["kind"] for one in plan if one.get("after", "grant") == "grant"
            }
        if lots.random() < 0.3:
            await look_at_grants(desk)
    await desk.hear(*later)
    await look_at_grants(desk)

    for approval, kinds in owes.items():
        found = [one.kind for one in await duties(desk, approval)]
        assert len(found) == len(set(found))
        sure = kinds - {"random_check"}
        assert sure <= set(found) <= kinds
        for one in await duties(desk, approval):
            if lots.random() < 0.5:
                await inspector(desk).put(f"/supervisions/{one.id}/acknowledgement")
    waiting = "SELECT count(*) AS n FROM supervised_grant WHERE outlook = 'waiting'"
    assert (await desk.rows(waiting + " AND approval = ANY(:ids)", ids=list(owes)))[0].n == 0


async def test_the_worklist_is_the_regulators_and_comes_in_pages(desk: Alone):
    code = new_item()
    regulator = f"office-{uuid4().hex}"
    await desk.hear(item(code, VERIFY, regulator=regulator))
    for _ in range(5):
        await granted(desk, code)
    await look_at_grants(desk)
    mine = inspector(desk, department=regulator)

    first = await mine.get("/supervisions?limit=3")
    second = await mine.get(f"/supervisions?limit=3&cursor={first['next']}")

    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)
    other = await inspector(desk, department="fire")("GET", f"/supervisions/{uuid4()}")
    foreign = await inspector(desk, department="fire")(
        "GET", f"/supervisions/{first['items'][0]['id']}"
    )
    assert problem(other) == problem(foreign) == (404, "duty-unknown")


async def test_a_disputed_duty_is_seen_by_whom_it_is_said_to_be(desk: Alone):
    path = await duty(desk, await supervised(desk, VERIFY))
    fire = inspector(desk, department="fire")
    assert (await fire("GET", path)).status_code == 404

    said = {"reason_code": "not-our-trade", "refer_to": "fire"}
    assert (await inspector(desk).put(f"{path}/dispute", said))["state"] == "disputed"
    taken = await fire.put(f"{path}/acknowledgement")

    assert (taken["regulator"], taken["state"]) == ("fire", "acknowledged")
    assert (await inspector(desk)("GET", path)).status_code == 404


async def test_a_duty_is_nobodys_who_does_not_exist(desk: Alone):
    """Nobody would find it in a worklist."""
    path = await duty(desk, await supervised(desk, VERIFY))
    said = {"reason_code": "not-our-trade", "refer_to": "nowhere"}
    bureau = desk.person("bureau", "li")

    disputed = await inspector(desk)("PUT", f"{path}/dispute", json=said)
    assigned = await bureau("PUT", f"{path}/regulator", json={"regulator": "nowhere"})

    assert problem(disputed) == problem(assigned) == (422, "dispute-faulty")
    assert pointers(disputed) == ["/refer_to"] and pointers(assigned) == ["/regulator"]
    assert (await inspector(desk).get(path))["state"] == "opened"


async def test_the_bureau_ends_a_dispute(desk: Alone):
    path = await duty(desk, await supervised(desk, VERIFY))
    said = {"reason_code": "not-our-trade", "refer_to": "fire"}
    await inspector(desk).put(f"{path}/dispute", said)

    bureau = desk.person("bureau", "li")
    given = await bureau.put(f"{path}/regulator", {"regulator": "enforcement"})

    assert (given["regulator"], given["state"]) == ("enforcement", "opened")


async def test_what_is_passed_is_closed_and_opens_what_waited_for_it(desk: Alone):
    approval = await supervised(desk, VERIFY, INSPECT)
    path = await duty(desk, approval)
    await inspector(desk).put(f"{path}/acknowledgement")

    passed = await inspector(desk).post(f"{path}/findings", {"verdict": "pass"})

    assert passed["state"] == "passed"
    [told] = await desk.told(CLOSED, approval=approval)
    assert told["outcome"] == "passed"
    assert [(one.kind, one.state) for one in await duties(desk, approval)] == [
        ("verify_commitment", "passed"),
        ("inspect", "opened"),
    ]
    again = await inspector(desk)(
        "POST", f"{path}/findings", json={"verdict": "fail", "reason_codes": ["x"]}
    )
    assert problem(again) == (409, "duty-over")


async def test_a_missed_rectification_proposes_an_ending_and_is_held_against_the_holder(
    desk: Alone,
):
    set_clock(desk, moment("2026-12-01"))
    holder = uuid4()
    approval = await supervised(desk, VERIFY, holder=holder)
    path = await duty(desk, approval)
    await inspector(desk).put(f"{path}/acknowledgement")
    shown = await inspector(desk).post(f"{path}/findings", RECTIFY)
    assert (shown["state"], shown["due"]) == ("rectifying", ends("2026-12-11"))

    set_clock(desk, moment("2026-12-12"))
    await asyncio.gather(let_time_run_out(desk), let_time_run_out(desk))
    await let_time_run_out(desk)

    proposed = await inspector(desk).get(path)
    assert (proposed["state"], proposed["reason_code"]) == (
        "ending_proposed",
        "rectification-missed",
    )
    records = (await inspector(desk).get(f"/credit-records?holder={holder}"))["items"]
    assert [(one["cause"], one["lifted_at"]) for one in records] == [("broken_promise", None)]
    asked = instantly(holder=holder)
    await desk.hear(asked)
    assert (await trace(desk, asked))["why"] == "excluded"

    await inspector(desk).post(f"{path}/findings", {"verdict": "pass"})
    again = instantly(holder=holder)
    await desk.hear(again)
    assert (await trace(desk, again))["why"] == "granted"


async def test_another_check_that_passes_does_not_mend_a_broken_promise(desk: Alone):
    holder = uuid4()
    approval = await supervised(desk, VERIFY, drawn(1.0), holder=holder)
    paths = {one.kind: f"/supervisions/{one.id}" for one in await duties(desk, approval)}
    for path in paths.values():
        await inspector(desk).put(f"{path}/acknowledgement")
    failed = {"verdict": "fail", "reason_codes": ["false-promise"]}
    await inspector(desk).post(f"{paths['verify_commitment']}/findings", failed)

    await inspector(desk).post(f"{paths['random_check']}/findings", {"verdict": "pass"})

    asked = instantly(holder=holder)
    await desk.hear(asked)
    assert (await trace(desk, asked))["why"] == "excluded"
    await inspector(desk).post(f"{paths['verify_commitment']}/findings", {"verdict": "pass"})
    again = instantly(holder=holder)
    await desk.hear(again)
    assert (await trace(desk, again))["why"] == "granted"


async def test_only_the_drawn_inspector_checks(desk: Alone):
    department = f"office-{uuid4().hex}"
    for account in ("chen", "zhao"):
        await inspector(desk, department=department)("PUT", f"/inspectors/{account}")
    code = new_item()
    await desk.hear(item(code, drawn(1.0), regulator=department))
    approval = await granted(desk, code)
    await look_at_grants(desk)
    [one] = await duties(desk, approval)
    path, other = f"/supervisions/{one.id}", {"chen": "zhao", "zhao": "chen"}[one.inspector]
    await inspector(desk, other, department).put(f"{path}/acknowledgement")

    answer = await inspector(desk, other, department)(
        "POST", f"{path}/findings", json={"verdict": "pass"}
    )

    assert problem(answer) == (403, "another-was-drawn")
    await inspector(desk, one.inspector, department).post(f"{path}/findings", {"verdict": "pass"})


async def test_coverage_counts_grants_that_owe_a_duty(desk: Alone):
    department = f"office-{uuid4().hex}"
    code, plain = new_item(), new_item()
    await desk.hear(item(code, VERIFY, {**INSPECT, "after": "grant"}, regulator=department))
    await desk.hear(item(plain))
    one, _ = await granted(desk, code), await granted(desk, code)
    await granted(desk, plain)
    await look_at_grants(desk)
    mine = inspector(desk, department=department)
    for owed in await duties(desk, one):
        await mine.put(f"/supervisions/{owed.id}/acknowledgement")

    figure = await mine.get("/supervisions/coverage")

    assert (figure["numerator"], figure["denominator"], figure["share"]) == (1, 2, 0.5)
    assert figure["en"].startswith("Grants with a duty")
    assert "no_plan" in (await desk.person("bureau", "li").get("/supervisions/coverage"))["outlook"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"verdict": "fail"}, "/reason_codes"),
        ({"verdict": "rectify", "reason_codes": ["x"]}, "/within"),
        ({"verdict": "pass", "within": {"value": 3}}, "/within"),
        ({"verdict": "perhaps"}, "/verdict"),
    ],
)
async def test_a_finding_says_what_it_must(desk: Alone, body: dict[str, Any], pointer: str):
    path = await duty(desk, await supervised(desk, VERIFY))
    early = await inspector(desk)("POST", f"{path}/findings", json={"verdict": "pass"})
    assert problem(early) == (409, "not-acknowledged")
    await inspector(desk).put(f"{path}/acknowledgement")

    answer = await inspector(desk)("POST", f"{path}/findings", json=body)

    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


async def test_an_older_reading_does_not_change_a_duty(desk: Alone):
    path = await duty(desk, await supervised(desk, VERIFY))
    await inspector(desk).put(f"{path}/acknowledgement")

    late = await inspector(desk)("PUT", f"{path}/inspection", headers={"if-match": '"1"'})

    assert late.status_code == 412
