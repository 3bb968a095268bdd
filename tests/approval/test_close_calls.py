"""What falls due, or ends, at the very moment in which something else is done."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from services.approval.endings import actions as endings
from services.approval.endings.actions import Said
from services.approval.endings.rules import Kind
from services.approval.supervision.opening import look
from services.contracts import Deferred, Duration
from tests.alone import Alone
from tests.approval.chain import acts
from tests.approval.conftest import decide, opened, state
from tests.approval.ends import end
from tests.approval.lateness import pass_to, rules_of
from tests.approval.supervising import (
    INSPECT,
    VERIFY,
    duties,
    duty,
    granted,
    inspector,
    item,
    look_at_grants,
    new_item,
    number_of,
    supervised,
)
from tests.approval.timed import alarm, at, reached, set_clock

pytestmark = pytest.mark.usefixtures("monday")

GRANT = {"verdict": "granted"}
WITHDRAWN = Said(Kind.WITHDRAWN_BY_AUTHORITY, ["law-changed"], "《行政许可法》第八条")
AFTER_RED = at("2026-11-10", 0) + timedelta(milliseconds=500)
"""Half a second after the last working day of what opened on Monday the 2nd."""


async def test_what_was_decided_just_before_a_due_alarm_rang_was_late_all_the_same(desk: Alone):
    approval = await opened(desk, issues=None)
    set_clock(desk, AFTER_RED)
    assert (await decide(desk, approval, GRANT)).status_code == 200

    await pass_to(desk, AFTER_RED + timedelta(milliseconds=500))
    await pass_to(desk, at("2026-12-20"))

    assert await reached(desk, approval) == ["yellow", "red"]
    assert await rules_of(desk, approval) == ["near_deadline", "promise_overdue"]
    assert await alarm(desk, approval) is None


async def test_what_was_decided_in_time_gets_no_card_however_late_the_alarm_rings(desk: Alone):
    approval = await opened(desk, issues=None)
    set_clock(desk, at("2026-11-09", 12))
    await decide(desk, approval, GRANT)

    await pass_to(desk, at("2026-12-20"))

    assert await reached(desk, approval) == ["yellow"], "that one had come before"


async def test_what_was_accepted_too_late_was_late_and_is_accepted_once(desk: Alone):
    approval = await opened(desk, accepts="department")
    set_clock(desk, AFTER_RED)
    officer = desk.officer("market")
    taken = await officer.put(f"/approvals/{approval}/acceptance")
    assert taken["state"] == "accepted"

    await pass_to(desk, AFTER_RED + timedelta(milliseconds=500))

    assert await rules_of(desk, approval) == ["acceptance_overdue"]
    [told] = await desk.told("approval.approval.accepted", approval=approval)
    assert told["by"] == "department"


async def test_what_was_not_accepted_too_late_was_late_too(desk: Alone):
    approval = await opened(desk, accepts="department")
    set_clock(desk, AFTER_RED)
    no = {"verdict": "acceptance_refused", "reason_code": "incomplete"}
    await desk.officer("market").put(f"/approvals/{approval}/acceptance", no)

    await pass_to(desk, AFTER_RED + timedelta(milliseconds=500))

    assert await rules_of(desk, approval) == ["acceptance_overdue"]
    assert await desk.told("approval.approval.accepted", approval=approval) == []


async def begun(desk: Alone, other: Awaitable[Any]) -> asyncio.Task[Any]:
    """A task that has come as far as it can: it is done, or waits for a lock."""
    task = asyncio.ensure_future(other)
    waiting = "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    waiting += "AND datname = current_database()"
    while not task.done() and not (await desk.rows(waiting))[0].n:
        await asyncio.sleep(0.01)
    return task


async def test_a_look_during_an_ending_opens_nothing(desk: Alone):
    code = new_item()
    approval = await granted(desk, code)
    await look_at_grants(desk)
    number = await number_of(desk, approval)
    await desk.hear(item(code, VERIFY))

    async with desk.app.state.sessions.begin() as tx:
        about = desk.app.state.timekeeper, number, "market", WITHDRAWN, "wang"
        await endings.end(tx, *about)
        looking = await begun(desk, look_at_grants(desk))
    await looking

    assert [one.state for one in await duties(desk, approval)] == []


async def test_an_ending_during_a_look_closes_what_it_opens(desk: Alone):
    code = new_item()
    approval = await granted(desk, code)
    await look_at_grants(desk)
    number = await number_of(desk, approval)
    await desk.hear(item(code, VERIFY))

    async with desk.app.state.sessions.begin() as tx:
        await look(desk.app.state.timekeeper)(tx, at("2026-11-03"))
        ending = await begun(desk, end(desk, number))
    assert (await ending).status_code == 201

    assert [one.state for one in await duties(desk, approval)] == ["closed"]


async def test_an_ending_and_a_finding_that_opens_another_duty_leave_none_open(desk: Alone):
    approval = await supervised(desk, VERIFY, INSPECT)
    path, number = await duty(desk, approval), await number_of(desk, approval)
    await inspector(desk).put(f"{path}/acknowledgement")

    async with desk.app.state.sessions.begin() as tx:
        about = desk.app.state.timekeeper, number, "market", WITHDRAWN, "wang"
        await endings.end(tx, *about)
        finding = inspector(desk)("POST", f"{path}/findings", json={"verdict": "pass"})
        answer = await begun(desk, finding)

    assert (await answer).status_code == 409
    assert [one.state for one in await duties(desk, approval)] == ["closed"]


async def test_many_endings_and_findings_at_once_leave_no_duty_open(desk: Alone):
    approvals = [await supervised(desk, VERIFY, INSPECT) for _ in range(8)]
    paths = [await duty(desk, one) for one in approvals]
    for path in paths:
        await inspector(desk).put(f"{path}/acknowledgement")
    numbers = [await number_of(desk, one) for one in approvals]
    found = (
        inspector(desk)("POST", f"{path}/findings", json={"verdict": "pass"}) for path in paths
    )

    answers = await asyncio.gather(*found, *(end(desk, one) for one in numbers))

    assert {one.status_code for one in answers} <= {201, 409}
    for one in approvals:
        assert {each.state for each in await duties(desk, one)} <= {"passed", "closed"}


async def test_a_grant_whose_own_result_has_ended_is_not_looked_at_again(desk: Alone):
    first = await number_of(desk, await granted(desk, new_item()))
    relying = await granted(desk, new_item(), relies_on=[first])
    assert (await end(desk, await number_of(desk, relying))).status_code == 201

    assert (await end(desk, first)).status_code == 201

    assert await duties(desk, relying) == []
    assert len(await desk.told("approval.approval.flagged", approval=relying)) == 1


CONSENT: dict[str, Any] = {"legal": Duration(value=5), "deemed_consent": True, "issues": None}


async def test_silence_is_consent_once_where_the_item_names_the_law(desk: Alone):
    approval = await opened(desk, **CONSENT)
    without = await opened(desk, **CONSENT | {"deemed_consent": False})

    for moment in (AFTER_RED, at("2026-11-12"), at("2026-12-20")):
        await asyncio.gather(pass_to(desk, moment), pass_to(desk, moment))

    assert (await state(desk, approval), await state(desk, without)) == ("granted", "accepted")
    [told] = await desk.told("approval.approval.decided", approval=approval)
    assert (told["verdict"], told["reason_code"]) == ("granted", "deemed-consent")
    act = (await acts(desk, approval))[-1]
    assert (act["act"], act["actor"], act["authority"]) == ("decided", "law", "market")


@pytest.mark.parametrize("claimed", [False, True])
async def test_a_decision_in_time_goes_before_silence_and_a_claim_does_not_hinder_it(
    desk: Alone, claimed: bool
):
    approval = await opened(desk, **CONSENT)
    if claimed:
        await desk.officer("market").put(f"/approvals/{approval}/claim")
    else:
        set_clock(desk, at("2026-11-09", 12))
        no = {"verdict": "refused", "reason_code": "not-enough"}
        assert (await decide(desk, approval, no)).status_code == 200

    await pass_to(desk, AFTER_RED)

    assert await state(desk, approval) == ("granted" if claimed else "refused")


async def test_a_filing_that_lacks_what_comes_before_any_decision_is_not_consented_to(desk: Alone):
    missing = Deferred(evidence="floor-plan:owner")
    approval = await opened(desk, **CONSENT, deferred=[missing])

    await pass_to(desk, AFTER_RED)

    assert await state(desk, approval) == "accepted"
    assert "deemed_consent" in await reached(desk, approval), "it was looked at, and not again"
