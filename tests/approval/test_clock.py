"""The clock of an approval over HTTP: due dates, the ledger of pauses, extensions, explained."""

import asyncio
from typing import Any

import pytest

from services.approval.clock.rules import ledger, lengths
from services.contracts import Duration
from tests.alone import Alone
from tests.approval.conftest import ACCEPTED, cancellation, opened, request
from tests.approval.timed import at, ends, extend, pause, resume, set_clock, shown
from tests.refusals import problem

ACCEPTED_AT = at("2026-09-28")
WORKING = {"value": 20, "unit": "working_day"}


@pytest.fixture(autouse=True)
def before_the_holidays(desk: Alone, own_time: None) -> None:
    """The Monday before National Day 2026: 1 to 7 October are off, the 10th is worked."""
    set_clock(desk, ACCEPTED_AT)


def count(view: Any, kind: str = "promised") -> Any:
    return next(one for one in view["counts"] if one["kind"] == kind)


async def test_a_due_date_is_explained_day_by_day(desk: Alone):
    approval = await opened(desk)

    view = await shown(desk, approval)

    told = count(view)
    assert view["due"] == told["due"] == ends("2026-10-10")
    days = {step["day"]: (step["rule"], step["counted"]) for step in told["steps"]}
    assert days["2026-09-28"] == ("start", 0)
    assert days["2026-09-30"] == ("counted", 1)
    assert days["2026-10-01"] == ("holiday", 0)
    assert days["2026-10-10"] == ("make_up", 1)
    assert sum(step["counted"] for step in told["steps"]) == 5
    assert {step["holiday"] for step in told["steps"]} >= {"国庆节"}
    assert "国庆节" in told["zh"] and "2026-10-10 调休上班，计入" in told["zh"]
    assert "National Day" in told["en"] and "Ends with 2026-10-10" in told["en"]
    assert (view["provisional"], view["paused"], view["reached"]) == ([], False, [])
    assert view["calendars"][0]["source"].startswith("holidays ")


async def test_what_is_used_and_left_moves_with_the_days(desk: Alone):
    approval = await opened(desk)
    for day, used in (("2026-09-28", 0), ("2026-10-01", 2), ("2026-10-08", 2), ("2026-10-12", 5)):
        set_clock(desk, at(day))

        [budget] = count(await shown(desk, approval))["budget"]

        assert budget == {"value": 5, "unit": "working_day", "used": used, "left": 5 - used}
    assert count(await shown(desk, approval))["overdue_days"] == 1


async def test_yellow_comes_as_the_first_day_beyond_the_share_begins(desk: Alone):
    approval = await opened(desk)

    assert (await shown(desk, approval))["yellow"] == ends("2026-10-09")


async def test_the_law_and_the_promise_are_counted_side_by_side(desk: Alone):
    item = {"legal": Duration(value=20), "promise": Duration(value=30, unit="natural_day")}
    approval = await opened(desk, **item)

    view = await shown(desk, approval)

    assert count(view, "legal")["due"] == ends("2026-10-30")
    assert count(view)["due"] == ends("2026-10-28")
    assert view["due"] == ends("2026-10-28")
    assert count(view, "legal")["basis"] == "item"


@pytest.mark.parametrize(
    ("item", "days", "basis"),
    [
        ({"licensing_law": True}, 20, "licensing_law"),
        ({"licensing_law": True, "joint_order": True}, 45, "joint_order"),
        ({"licensing_law": True, "joint_order": True, "legal": Duration(value=15)}, 15, "item"),
        ({"joint_order": True}, None, None),
        ({}, None, None),
    ],
)
async def test_only_licences_have_the_laws_limit_and_only_an_order_gives_forty_five(
    desk: Alone, item: dict[str, Any], days: int | None, basis: str | None
):
    approval = await opened(desk, **item)

    view = await shown(desk, approval)

    found = [(c["budget"][0]["value"], c["basis"]) for c in view["counts"] if c["kind"] == "legal"]
    assert found == ([(days, basis)] if days else [])


async def test_before_the_acceptance_only_the_time_for_it_runs(desk: Alone):
    approval = await opened(desk, accepts="department")

    view = await shown(desk, approval)

    assert [one["kind"] for one in view["counts"]] == ["acceptance"]
    assert count(view, "acceptance")["due"] == ends("2026-10-10")
    assert (view["due"], view["accepted_at"]) == (None, None)

    set_clock(desk, at("2026-10-08"))
    await desk.officer("market").put(f"/approvals/{approval}/acceptance")

    view = await shown(desk, approval)
    assert view["due"] == ends("2026-10-14")  # the 9th, Saturday the 10th, 12th, 13th, 14th
    [told] = await desk.told(ACCEPTED, approval=approval)
    assert told["due"] == ends("2026-10-14")


async def test_a_partner_hears_when_it_is_due(desk: Alone):
    taken, waiting = request("fire"), request("fire", accepts="department")
    await desk.hear(taken, waiting)

    [told] = await desk.told("partner.fire.approval.opened", approval=taken.approval)
    assert told["due"] == ends("2026-10-10")
    [told] = await desk.told("partner.fire.approval.opened", approval=waiting.approval)
    assert told["due"] is None


async def test_while_the_clock_stands_still_nothing_is_due_and_then_the_rest_is(desk: Alone):
    approval = await opened(desk)
    set_clock(desk, at("2026-09-30"))
    await pause(desk, approval)
    set_clock(desk, at("2026-10-15"))

    view = await shown(desk, approval)
    assert (view["due"], view["yellow"], view["paused"]) == (None, None, True)
    assert count(view)["budget"][0]["left"] == 4
    assert "尚余 4 个工作日" in count(view)["zh"]

    set_clock(desk, at("2026-10-16"))
    await resume(desk, approval)
    view = await shown(desk, approval)
    assert view["due"] == ends("2026-10-21")  # 29 September, 16, 19, 20, 21 October
    steps = {step["day"]: step for step in count(view)["steps"]}
    assert (steps["2026-09-30"]["rule"], steps["2026-09-30"]["pause"]) == ("pause", 1)
    assert steps["2026-10-03"]["rule"] == "holiday"
    assert steps["2026-10-16"]["rule"] == "counted"
    [entry] = view["pauses"]
    assert (entry["reason_code"], entry["evidence"], entry["begun_by"]) == (
        "inspection",
        "doc-7",
        "wang",
    )


async def test_time_that_runs_out_today_does_not_run_out_in_a_pause(desk: Alone):
    approval = await opened(desk)
    set_clock(desk, at("2026-10-10", 23))
    await pause(desk, approval)
    set_clock(desk, at("2026-10-20"))

    assert (await shown(desk, approval))["due"] is None
    await resume(desk, approval)
    assert (await shown(desk, approval))["due"] == ends("2026-10-20")


async def test_pauses_do_not_overlap_and_have_evidence(desk: Alone):
    approval = await opened(desk)
    set_clock(desk, at("2026-10-08"))
    await pause(desk, approval, since=at("2026-10-08", 9))

    with pytest.raises(ledger.AlreadyPaused):
        await pause(desk, approval)
    with pytest.raises(ledger.PauseFaulty):
        await resume(desk, approval, until=at("2026-10-08", 8))
    with pytest.raises(ledger.PauseFaulty):
        await resume(desk, approval, until=at("2026-10-08", 11))
    await resume(desk, approval)
    with pytest.raises(ledger.NotPaused):
        await resume(desk, approval)

    wrong = {"since": at("2026-10-08", 9), "evidence": " "}, {"since": at("2026-10-09")}
    with pytest.raises(ledger.PauseFaulty) as refused:
        await pause(desk, approval, **wrong[0])
    assert {flaw.pointer for flaw in refused.value.errors} == {"/since", "/evidence"}
    with pytest.raises(ledger.PauseFaulty):
        await pause(desk, approval, **wrong[1])
    with pytest.raises(ledger.PauseFaulty):
        await pause(desk, approval, since=at("2026-09-01"))
    assert len((await shown(desk, approval))["pauses"]) == 1


async def test_of_many_pauses_at_once_one_begins(desk: Alone):
    approval = await opened(desk)

    made = await asyncio.gather(*(pause(desk, approval) for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(one, ledger.AlreadyPaused) for one in made) == 7
    assert len((await shown(desk, approval))["pauses"]) == 1


async def test_what_does_not_run_cannot_be_paused(desk: Alone):
    waiting = await opened(desk, accepts="department")
    asked = request()
    await desk.hear(asked)
    await desk.hear(cancellation(asked))

    for approval in (waiting, asked.approval):
        with pytest.raises(ledger.NotRunning):
            await pause(desk, approval)


async def test_an_extension_is_added_once_with_anothers_consent_and_in_time(desk: Alone):
    item = {"promise": Duration(value=20), "licensing_law": True}
    approval = await opened(desk, **item)
    assert (await shown(desk, approval))["due"] == ends("2026-10-30")

    with pytest.raises(lengths.ExtensionFaulty) as refused:
        await extend(desk, approval, 11, consented_by="wang")
    assert {flaw.pointer for flaw in refused.value.errors} == {"/length", "/consented_by"}
    await extend(desk, approval, 10)
    with pytest.raises(lengths.AlreadyExtended):
        await extend(desk, approval, 1)

    view = await shown(desk, approval)
    assert view["due"] == ends("2026-11-13")
    assert [one["value"] for one in count(view, "legal")["budget"]] == [20, 10]
    assert view["extension"]["consented_by"] == "head"


async def test_time_is_not_extended_without_a_basis_or_after_it_ran_out(desk: Alone):
    with pytest.raises(lengths.NoExtension):
        await extend(desk, await opened(desk), 1)
    late = await opened(desk, extension=Duration(value=5))
    set_clock(desk, at("2026-10-12"))
    with pytest.raises(ledger.TimeRanOut):
        await extend(desk, late, 5)


async def test_only_the_department_and_the_bureau_see_a_clock(desk: Alone):
    approval = await opened(desk)
    path = f"/approvals/{approval}/clock"

    assert problem(await desk.officer("health")("GET", path)) == (404, "approval-unknown")
    assert (await desk.person("bureau", "li")("GET", path)).status_code == 200
    assert (await desk.citizen()("GET", path)).status_code == 403
    gone = await desk.officer("market")(
        "GET", "/approvals/0192f3a0-0000-7000-8000-000000000000/clock"
    )
    assert problem(gone) == (404, "approval-unknown")


async def test_after_the_decision_the_clock_shows_what_was_used(desk: Alone):
    approval = await opened(desk, issues=None)
    officer = desk.officer("market")
    answer = await officer.put(f"/approvals/{approval}/decision", {"verdict": "granted"})
    set_clock(desk, at("2026-12-01"))

    view = await shown(desk, approval)

    assert view["stopped_at"] == view["as_of"] == answer["decided_at"]
    assert view["state"] == "granted"
