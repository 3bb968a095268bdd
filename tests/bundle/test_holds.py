"""What keeps a member standing still is shown while it does, in whatever order it is heard."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.bundle.applications.rules import Hold, begun, ended, open_holds
from services.contracts import (
    ApprovalAccepted,
    ApprovalExtended,
    ApprovalResumed,
    ApprovalSuspended,
    Duration,
)
from tests.alone import letter
from tests.bundle.office import DIGEST, Office, accepted, decided, of, states

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
WEEK = Duration(value=5)


def about(application: Any, member: str) -> dict[str, Any]:
    own = of(application, member)
    told = {"approval": own["approval"], "application": application["id"], "member": member}
    return told | {"department": own["department"]}


def suspended(application: Any, number: int = 1, **more: Any) -> ApprovalSuspended:
    said = {"number": number, "kind": "inspection", "expected": WEEK, "since": NOW} | more
    return ApprovalSuspended(**about(application, "fire"), **said)


def resumed(application: Any, number: int = 1, **more: Any) -> ApprovalResumed:
    return ApprovalResumed(**about(application, "fire"), number=number, until=NOW + DAY, **more)


def extended(application: Any, due: datetime) -> ApprovalExtended:
    said = {"length": WEEK, "reason_code": "complex-case", "explanation": DIGEST, "due": due}
    return ApprovalExtended(**about(application, "fire"), **said, extended_at=NOW)


async def kinds(who: Any) -> list[str]:
    return [one["kind"] for one in (await who.get("/notices"))["items"]]


async def test_a_special_procedure_is_shown_and_told_with_the_time_it_needs(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    await office.hear(suspended(application, explanation=DIGEST))

    seen = await office.progress(ada, application)
    [hold] = of(seen, "fire")["holds"]
    assert (hold["kind"], hold["procedure"], hold["expected"]["value"]) == (
        "procedure",
        "inspection",
        5,
    )
    assert seen["to_do"] == [], "it is the authority's turn"
    assert states(seen)["fire"] == "requested"
    [notice] = (await ada.get("/notices"))["items"]
    assert (notice["kind"], notice["facts"]["expected"]["unit"]) == ("suspended", "working_day")

    await office.hear(resumed(application, due=NOW + 7 * DAY))

    seen = await office.progress(ada, application)
    assert of(seen, "fire")["holds"] == []
    assert of(seen, "fire")["due"] == "2026-12-01T02:00:00Z"
    assert await kinds(ada) == ["resumed", "suspended"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_beginnings_and_ends_mean_the_same_in_every_order(office: Office, order):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    said = [
        letter(suspended(application), 2),
        letter(resumed(application), 3),
        letter(suspended(application, 2), 4),
        letter(accepted(application, "fire"), 1),
    ]

    for place in order:
        await office.hear(said[place])
        await office.hear(said[place])
    await office.hear(*said)

    seen = await office.progress(ada, application)
    assert [one["number"] for one in of(seen, "fire")["holds"]] == [2]
    assert states(seen)["fire"] == "accepted"


async def test_while_time_stands_still_no_day_is_promised(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    told = accepted(application, "fire").model_dump() | {"due": NOW + DAY}
    await office.hear(letter(ApprovalAccepted(**told), 1))
    before = of(await office.progress(ada, application), "fire")["due"]
    await office.hear(letter(suspended(application), 2))
    during = of(await office.progress(ada, application), "fire")["due"]
    await office.hear(letter(resumed(application, due=NOW + 7 * DAY), 3))

    after = of(await office.progress(ada, application), "fire")["due"]
    assert during is None
    assert before is not None and after is not None and before < after


async def test_the_due_date_is_what_the_authority_said_last(office: Office):
    ada = office.somebody()
    dates = [NOW + n * DAY for n in range(3)]
    for order in itertools.permutations(range(3)):
        application = await office.five(ada, "fire", "tax")
        first = ApprovalAccepted(**accepted(application, "fire").model_dump() | {"due": dates[0]})
        said = [
            letter(first, 1),
            letter(resumed(application, due=dates[1]), 3),
            letter(extended(application, dates[2]), 4),
        ]
        for place in order:
            await office.hear(said[place])
        seen = await office.progress(ada, application)
        assert of(seen, "fire")["due"] == "2026-11-26T02:00:00Z", order
        await ada.put(f"/applications/{application['id']}/withdrawal")


async def test_more_time_is_told_once_with_its_reasons(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")

    await office.hear(letter(extended(application, NOW + DAY), 2))
    await office.hear(letter(extended(application, NOW + DAY), 2))

    [notice] = (await ada.get("/notices"))["items"]
    assert notice["kind"] == "extended"
    assert (notice["facts"]["reason_code"], notice["facts"]["length"]["value"]) == (
        "complex-case",
        5,
    )
    assert of(await office.progress(ada, application), "fire")["holds"] == []


async def test_of_what_is_over_nobody_is_told(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    await office.hear(decided(application, "fire"))

    await office.hear(suspended(application), extended(application, NOW))

    assert await kinds(ada) == []
    assert of(await office.progress(ada, application), "fire")["holds"] == []


def test_an_end_that_comes_first_leaves_a_mark():
    holds = ended({}, Hold.PROCEDURE, 1, "2026-11-25")
    holds = begun(holds, Hold.PROCEDURE, 1, "2026-11-24", {"procedure": "hearing"})

    assert list(open_holds(holds)) == []
    assert begun(holds, Hold.PROCEDURE, 1, "2026-11-26", {}) == holds
    assert ended(holds, Hold.PROCEDURE, 1, "2026-11-27") == holds
