"""One later filing at a time; it ends with its result, and a notice leads to it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.contracts import ApprovalStopped
from tests import world
from tests.alone import letter
from tests.bundle.holding import END, holding
from tests.bundle.office import Office, accepted, decided, issued, of, states
from tests.bundle.test_expiries import look
from tests.bundle.test_expiries import notices as expiring
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("in_spring")


async def test_two_at_once_are_one_and_the_other_is_shown_it(office: Office):
    await office.connect()
    for _ in range(5):
        one = await holding(office)
        filings = [await one.filing(kind) for kind in ("renewal", "change", "renewal")]

        answers = await asyncio.gather(
            *(one.who("POST", "/applications", json=filing) for filing in filings)
        )

        [made] = [answer.json() for answer in answers if answer.status_code == 201]
        others = [answer for answer in answers if answer.status_code != 201]
        assert {problem(answer) for answer in others} == {(409, "already-filed")}
        for other in others:
            [shown] = other.json()["already_open"]
            assert shown["application"] == made["id"]


async def test_it_is_open_until_it_is_issued_or_refused(office: Office):
    one = await holding(office)
    first = await one.filed("change")
    await office.hear(accepted(first, "change"), decided(first, "change"))
    granted = await one.try_plan("renewal")
    await office.hear(one.following(first, "change"))
    replaced = await one.asked("renewal")

    assert [shown["application"] for shown in granted["already_open"]] == [first["id"]]
    assert problem(replaced) == (409, "earlier-replaced")


async def test_after_a_refusal_or_a_withdrawal_it_may_be_asked_again(office: Office):
    one = await holding(office)
    first = await one.filed("change")
    await office.hear(decided(first, "change", "refused"))
    second = await one.filed("change")
    await one.who.put(f"/applications/{second['id']}/withdrawal")

    third = await one.filed("renewal")

    assert states(third) == {"renewal": "requested"}


async def test_a_first_filing_of_the_same_item_is_another_matter(office: Office):
    one = await holding(office)
    await one.filed("renewal")

    plan = await office.planned(one.who, "shop", world.ANSWERS)

    assert "permit" in [member["member"] for member in plan["members"]]


def stopped(application: Any, member: str, **more: Any) -> ApprovalStopped:
    own = of(application, member)
    now = datetime.now(UTC)
    about = {"bundle": application["bundle"], "item": own["item"], "opened_at": now}
    return ApprovalStopped(
        approval=UUID(own["approval"]),
        application=application["id"],
        member=member,
        department=own["department"],
        stopped_at=now,
        **about | more,
    )


async def test_what_loses_its_result_becomes_impossible_and_is_told_once(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")
    told = letter(stopped(application, "renewal", because="earlier_result_gone"))

    await office.hear(accepted(application, "renewal"), told)
    await office.hear(told)

    seen = await office.progress(one.who, application)
    assert (states(seen), seen["outcome"]) == ({"renewal": "impossible"}, "stopped")
    assert of(seen, "renewal")["reason_code"] == "earlier-result-gone"
    about = [n for n in (await one.who.get("/notices"))["items"] if n["kind"] == "completed"]
    assert [n["application"] for n in about] == [application["id"]]
    await office.hear(decided(application, "renewal"))
    assert states(await office.progress(one.who, application)) == {"renewal": "impossible"}


async def test_a_stop_that_we_wished_for_is_no_news(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")

    await office.hear(stopped(application, "renewal"))

    assert states(await office.progress(one.who, application)) == {"renewal": "requested"}


async def test_a_decision_that_came_first_stands(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")
    await office.hear(decided(application, "renewal"))

    await office.hear(stopped(application, "renewal", because="earlier_result_gone"))

    assert states(await office.progress(one.who, application)) == {"renewal": "granted"}


async def test_the_notice_leads_to_the_renewal(office: Office):
    one = await holding(office)

    await look(office, END - timedelta(days=40))

    [notice] = await expiring(one.who)
    path = f"/api/wallet/results/{one.number}/compositions"
    assert notice["next"] == {"code": "renew", "path": path}


async def test_of_what_is_replaced_nobody_is_told_that_it_runs_out(office: Office):
    one = await holding(office)
    application = await one.filed("change")
    await office.hear(one.following(application, "change", valid_until=None))

    await look(office, END - timedelta(days=40))

    assert await expiring(one.who) == []


async def test_an_unknown_successor_is_no_error(office: Office):
    """What replaces a result that never lay here (an older system's) is just a result."""
    who = office.somebody()
    application = await office.filed(who)
    about = {"replaces": f"OV-{uuid4()}", "replaced_as": "change", "replaced_from": END}

    await office.hear(issued(application, "licence", "licence-fact", **about))

    assert states(await office.progress(who, application))["licence"] == "granted"
