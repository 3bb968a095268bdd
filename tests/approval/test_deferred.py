"""容缺: accepted with a listed gap; what the grant issues waits until it is closed."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.contracts import ApprovalAmended, Deferred, DossierAmended, SparedEvidence
from tests.alone import Alone
from tests.approval.conftest import ACCEPTED, ISSUED, decide, request, result, state
from tests.refusals import problem

PLAN, PHOTO = "floor-plan:owner", "photo:owner"
LATER = Deferred(evidence=PLAN, until=date(2099, 1, 1))
BEFORE = Deferred(evidence=PHOTO)
GRANT: dict[str, Any] = {"verdict": "granted"}


def came(asked: Any, *evidence: str, because: Any = "deferral") -> DossierAmended:
    return DossierAmended(
        approval=asked.approval,
        application=asked.application,
        member=asked.member,
        department=asked.department,
        because=because,
        evidence=evidence or (PLAN,),
        amended_at=datetime.now(UTC),
    )


def spared(asked: Any, evidence: str) -> ApprovalAmended:
    return ApprovalAmended(
        approval=asked.approval,
        application=asked.application,
        member=asked.member,
        item=asked.item,
        department=asked.department,
        retired="planning",
        effective=date(2026, 12, 1),
        spared=(SparedEvidence(evidence=evidence, retired="planning"),),
    )


async def open_gaps(desk: Alone, asked: Any) -> list[str]:
    shown = await desk.officer(asked.department).get(f"/approvals/{asked.approval}")
    return [one["evidence"] for one in shown["deferred"]]


async def test_the_grant_goes_before_and_the_result_waits_for_the_gap(desk: Alone):
    asked = request(deferred=(LATER,))
    await desk.hear(asked)
    [accepted] = await desk.told(ACCEPTED, approval=asked.approval)
    assert accepted["deferred"] == [PLAN]
    officer, path = desk.officer("market"), f"/approvals/{asked.approval}/result"

    at_once = await decide(desk, asked.approval, GRANT | {"result": result("GAP-1")})
    assert problem(at_once) == (409, "gap-open")
    assert at_once.json()["deferred"] == [PLAN]
    assert (await decide(desk, asked.approval, GRANT)).status_code == 200
    early = await officer("PUT", path, json=result("GAP-1"))
    await desk.hear(came(asked))

    assert problem(early) == (409, "gap-open")
    assert await open_gaps(desk, asked) == []
    assert (await officer("PUT", path, json=result("GAP-1"))).status_code == 200
    assert len(await desk.told(ISSUED, approval=asked.approval)) == 1


async def test_what_has_no_day_of_its_own_is_due_before_the_grant(desk: Alone):
    asked = request(deferred=(BEFORE,), issues_with_gaps=True)
    await desk.hear(asked)

    early = await decide(desk, asked.approval, GRANT)
    await desk.hear(came(asked, PHOTO))

    assert problem(early) == (409, "gap-open")
    assert (await decide(desk, asked.approval, GRANT)).status_code == 200


async def test_a_refusal_waits_for_nothing(desk: Alone):
    asked = request(deferred=(LATER, BEFORE))
    await desk.hear(asked)

    no = {"verdict": "refused", "reason_code": "not-enough"}
    assert (await decide(desk, asked.approval, no)).status_code == 200


async def test_an_item_may_issue_all_the_same(desk: Alone):
    asked = request(deferred=(LATER,), issues_with_gaps=True)
    await desk.hear(asked)

    answer = await decide(desk, asked.approval, GRANT | {"result": result("GAP-2")})

    assert answer.status_code == 200
    assert await open_gaps(desk, asked) == [PLAN]


@pytest.mark.parametrize("because", ["deferral", "correction", "shared"])
async def test_whatever_brought_it_it_has_come(desk: Alone, because: str):
    asked = request(deferred=(LATER, BEFORE))
    await desk.hear(asked)

    await desk.hear(came(asked, PLAN, because=because))

    assert await open_gaps(desk, asked) == [PHOTO]


async def test_it_may_have_come_before_the_approval(desk: Alone):
    for order in ((0, 1), (1, 0)):
        asked = request(deferred=(LATER, BEFORE))
        said = (asked, came(asked))
        for one in order:
            await desk.hear(said[one])
        assert await open_gaps(desk, asked) == [PHOTO], order


async def test_what_is_no_longer_asked_is_not_waited_for(desk: Alone):
    for order in ((0, 1), (1, 0)):
        asked = request(deferred=(LATER, BEFORE))
        said = (asked, spared(asked, "floor-plan"))
        for one in order:
            await desk.hear(said[one])
        assert await open_gaps(desk, asked) == [PHOTO], order


@pytest.mark.parametrize("round", range(6))
async def test_opening_and_closing_at_the_same_moment_leave_no_gap(desk: Alone, round: int):
    asked = [request(deferred=(LATER, BEFORE)) for _ in range(4)]

    await desk.hear_at_once(
        *asked, *(came(one) for one in asked), *(spared(one, "photo") for one in asked)
    )

    assert [await open_gaps(desk, one) for one in asked] == [[], [], [], []]


async def test_the_swift_way_waits_too(desk: Alone, monkeypatch: pytest.MonkeyPatch):
    """Both ways refuse; and the gap's closing wins no race against a decision."""
    asked = request(deferred=(LATER,))
    await desk.hear(asked)

    answers = await asyncio.gather(
        decide(desk, asked.approval, GRANT | {"result": result("GAP-3")}), desk.hear(came(asked))
    )

    answer = answers[0]
    if answer.is_success:
        assert await state(desk, asked.approval) == "granted"
    else:
        assert problem(answer) == (409, "gap-open")
    assert await open_gaps(desk, asked) == []


async def test_a_partner_is_told_what_is_still_to_come(desk: Alone):
    asked = request("fire", deferred=(LATER, BEFORE))
    await desk.hear(asked)

    [told] = await desk.told("partner.fire.approval.opened", approval=asked.approval)

    assert told["deferred"] == [
        {"evidence": PLAN, "until": "2099-01-01"},
        {"evidence": PHOTO, "until": None},
    ]


async def test_a_grant_does_not_wait_for_what_nobody_issues_any_more(desk: Alone):
    """Nobody could ever bring it."""
    asked = request(deferred=(LATER,))
    await desk.hear(asked)
    await decide(desk, asked.approval, GRANT)

    await desk.hear(spared(asked, "floor-plan"))

    assert await open_gaps(desk, asked) == []
    path = f"/approvals/{asked.approval}/result"
    issued = await desk.officer("market")("PUT", path, json=result("GAP-9"))
    assert issued.status_code == 200, issued.text
