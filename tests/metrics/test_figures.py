"""Figures from events alone, the same in every order and however often an event is heard."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import (
    ApplicationCompleted,
    ApplicationSubmitted,
    ApprovalDecided,
    ApprovalDelivered,
    Duration,
    MemberSelected,
)
from tests.alone import Alone, letter

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, nine o'clock in Shanghai


def submitted(bundle: str, **more: Any) -> ApplicationSubmitted:
    promise = Duration(value=5)
    member = MemberSelected(
        member="permit",
        item="food-permit",
        item_version=1,
        department="health",
        approval=uuid4(),
        promise=promise,
    )
    told: dict[str, Any] = {
        "application": uuid4(),
        "bundle": bundle,
        "bundle_version": 1,
        "region": "430700",
        "filer": uuid4(),
        "holder": uuid4(),
        "submitted_at": MORNING,
        "promise_hours": 40,
        "members": (member,),
    }
    return ApplicationSubmitted(**told | more)


def completed(
    filed: ApplicationSubmitted, outcome: str = "granted", after: float = 3600
) -> ApplicationCompleted:
    return ApplicationCompleted(
        application=filed.application,
        bundle=filed.bundle,
        outcome=outcome,
        submitted_at=filed.submitted_at,
        completed_at=filed.submitted_at + timedelta(seconds=after),
        members=(),
    )


def decided(bundle: str, days: int = 0, seconds: int = 60, **more: Any) -> ApprovalDecided:
    told: dict[str, Any] = {
        "approval": uuid4(),
        "application": uuid4(),
        "bundle": bundle,
        "member": "permit",
        "item": "food-permit",
        "department": "health",
        "verdict": "granted",
        "opened_at": MORNING,
        "accepted_at": MORNING,
        "decided_at": MORNING + timedelta(days=days, seconds=seconds),
        "promise": Duration(value=5),
    }
    return ApprovalDecided(**told | more)


def delivered(one: ApprovalDecided, days: int, **more: Any) -> ApprovalDelivered:
    names = ("approval", "application", "bundle", "member", "item", "department", "decided_at")
    told = {name: getattr(one, name) for name in names} | {"way": "post", "by": "authority"}
    return ApprovalDelivered(
        **told | more, delivered_at=one.decided_at + timedelta(days=days, seconds=1)
    )


async def figures(metrics: Alone, bundle: str, **query: str) -> Any:
    return await metrics.person("bureau", "li").get(
        "/indicators", params={"bundle": bundle, **query}
    )


async def of(metrics: Alone, bundle: str) -> dict[str, Any]:
    [one] = (await figures(metrics, bundle))["applications"]
    return dict(one)


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0), (1, 0, 1)])
async def test_filing_and_outcome_count_the_same_in_either_order(
    metrics: Alone, bundle: str, order
):
    filed = submitted(bundle)
    said = [letter(filed), letter(completed(filed))]

    for one in order:
        await metrics.hear(said[one])
    await metrics.hear(said[1])

    assert await of(metrics, bundle) == {
        "bundle": bundle,
        "filed": 1,
        "settled": 1,
        "outcomes": {"granted": 1},
        "promised_days_mean": 5.0,
        "lived_seconds_p50": 3600.0,
        "lived_seconds_p90": 3600.0,
    }


async def test_an_outcome_heard_alone_promises_nothing_it_does_not_know(
    metrics: Alone, bundle: str
):
    filed = submitted(bundle)
    await metrics.hear(completed(filed, "refused"))

    first = await of(metrics, bundle)
    await metrics.hear(filed)

    assert (first["filed"], first["settled"], first["promised_days_mean"]) == (1, 1, None)
    assert (await of(metrics, bundle))["promised_days_mean"] == 5.0


async def test_one_batch_counts_like_one_by_one(metrics: Alone, bundle: str):
    filed = [submitted(bundle) for _ in range(3)]
    outcomes = ["granted", "refused", "granted"]
    settled = [completed(one, how) for one, how in zip(filed, outcomes, strict=True)]

    await metrics.hear(settled[1], *filed, settled[0], settled[2])

    counted = await of(metrics, bundle)
    assert (counted["filed"], counted["settled"]) == (3, 3)
    assert counted["outcomes"] == {"granted": 2, "refused": 1}


async def test_events_heard_at_the_same_moment_are_counted_once_each(metrics: Alone, bundle: str):
    filed = [submitted(bundle) for _ in range(8)]
    said = [letter(one) for pair in filed for one in (pair, completed(pair), decided(bundle))]

    await metrics.hear_at_once(*said, *said)

    counted = await of(metrics, bundle)
    [approvals] = (await figures(metrics, bundle))["approvals"]
    assert (counted["filed"], counted["settled"], approvals["decided"]) == (8, 8, 8)


async def test_a_decision_counts_once_per_approval(metrics: Alone, bundle: str):
    one = decided(bundle)

    await metrics.hear(letter(one), letter(one))
    await metrics.hear(letter(one))

    [counted] = (await figures(metrics, bundle))["approvals"]
    assert (counted["decided"], counted["granted"], counted["refused"]) == (1, 1, 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1), (1, 0, 1, 0)])
async def test_a_delivery_counts_the_same_in_either_order(metrics: Alone, bundle: str, order):
    one = decided(bundle)
    said = [letter(one), letter(delivered(one, 2))]

    for n in order:
        await metrics.hear(said[n])

    [counted] = (await figures(metrics, bundle))["approvals"]
    assert (counted["decided"], counted["delivered"]) == (1, 1)
    assert (counted["delivery_days_p50"], counted["delivery_days_p90"]) == (2, 2)


async def test_what_is_not_delivered_yet_makes_no_delivery_quick(metrics: Alone, bundle: str):
    """Monday's decisions: two delivered in time, the last day (the tenth) and the day after it."""
    made = [decided(bundle) for _ in range(4)]
    before = (await figures(metrics, bundle))["approvals"]
    await metrics.hear(*made, decided(bundle, department="fire"))
    await metrics.hear(delivered(made[0], 0), delivered(made[1], 14), delivered(made[2], 15))

    counted = {one["key"]: one for one in (await figures(metrics, bundle))["approvals"]}
    person = metrics.person("bureau", "li")
    share = await person.get("/indicators/delivered_in_time", params={"bundle": bundle})
    path = "/indicators/delivered_in_time/cases"
    late = await person.get(path, params={"bundle": bundle, "part": "rest"})

    assert before == []
    assert (counted["fire"]["delivered"], counted["fire"]["delivery_days_p50"]) == (0, None)
    health = counted["health"]
    assert (health["decided"], health["delivered"]) == (4, 3)
    assert (health["delivery_days_p50"], health["delivery_days_p90"]) == (10, 11)
    assert (share["numerator"], share["denominator"], share["value"]) == (2, 3, "0.666667")
    assert share["population"]["code"] == "delivered-approvals"
    [case] = late["items"]
    assert (case["case"], case["facts"]["waited_days"]) == (str(made[2].approval), 11)


async def test_a_delivery_is_the_figure_of_who_decided(metrics: Alone, bundle: str):
    """Handed over and decided elsewhere: the event of the delivery does not move it."""
    one = decided(bundle, department="fire")
    await metrics.hear(one, delivered(one, 1, department="health"))

    [counted] = (await figures(metrics, bundle))["approvals"]

    assert (counted["key"], counted["delivered"]) == ("fire", 1)


async def test_deliveries_at_the_same_moment_are_counted_once_each(metrics: Alone, bundle: str):
    made = [decided(bundle) for _ in range(6)]
    said = [letter(event) for one in made for event in (one, delivered(one, 1))]

    await metrics.hear_at_once(*said, *said)

    [counted] = (await figures(metrics, bundle))["approvals"]
    assert (counted["decided"], counted["delivered"]) == (6, 6)


async def test_percentiles_are_a_case_that_was_lived_the_nearest_rank(metrics: Alone, bundle: str):
    """Ten cases of 1 to 10 minutes: the median is the fifth, nine tenths the ninth."""
    await metrics.hear(*(decided(bundle, seconds=60 * n) for n in range(1, 11)))
    filed = [submitted(bundle) for _ in range(10)]
    await metrics.hear(*filed, *(completed(f, after=60 * n) for n, f in enumerate(filed, 1)))

    [counted] = (await figures(metrics, bundle))["approvals"]
    lived = await of(metrics, bundle)

    assert (counted["worked_seconds_p50"], counted["worked_seconds_p90"]) == (300, 540)
    assert (lived["lived_seconds_p50"], lived["lived_seconds_p90"]) == (300, 540)


async def test_of_three_cases_the_ninth_tenth_is_the_slowest(metrics: Alone, bundle: str):
    await metrics.hear(*(decided(bundle, days=n) for n in (1, 2, 3)))

    [counted] = (await figures(metrics, bundle))["approvals"]

    assert (counted["worked_days_p50"], counted["worked_days_p90"]) == (2, 3)


async def test_lived_days_stand_beside_the_promise(metrics: Alone, bundle: str):
    """Over the October holiday seven days on the wall are one working day."""
    before = datetime(2026, 9, 30, 2, tzinfo=UTC)
    holiday = decided(
        bundle, accepted_at=before, opened_at=before, decided_at=before + timedelta(days=8)
    )
    late = decided(bundle, days=9, promise=Duration(value=12, unit="hour"), verdict="refused")
    await metrics.hear(holiday, late)

    [counted] = (await figures(metrics, bundle))["approvals"]

    assert (counted["worked_days_p50"], counted["worked_days_p90"]) == (1, 7)
    assert counted["kept_promises"] == 0.5, "1 of 5 days; 7 of the 2 that 12 hours round up to"
    assert counted["promised_days_mean"] == 3.25


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [
        ("department", {"fire": 1, "health": 2}),
        ("item", {"check": 1, "food-permit": 2}),
        ("bundle", None),
    ],
)
async def test_approvals_are_grouped_as_asked(metrics: Alone, bundle: str, group_by, keys):
    fire = decided(bundle, department="fire", item="check", verdict="refused")
    await metrics.hear(decided(bundle), decided(bundle), fire)

    found = await figures(metrics, bundle, group_by=group_by)
    filtered = await figures(metrics, bundle, group_by=group_by, department="fire")

    assert found["group_by"] == group_by
    counted = {one["key"]: one["decided"] for one in found["approvals"]}
    assert counted == (keys or {bundle: 3})
    [only] = filtered["approvals"]
    assert (only["decided"], only["refused"], only["granted"]) == (1, 1, 0)


async def test_every_figure_says_what_it_counts(metrics: Alone, bundle: str):
    definitions = (await figures(metrics, bundle))["definitions"]

    assert len({one["code"] for one in definitions}) == len(definitions)
    assert all(one["name"] and one["name_en"] and one["formula"] for one in definitions)


@pytest.mark.parametrize("query", [{"bundle": "a\x00"}, {"item": "A B"}, {"group_by": "person"}])
async def test_a_figure_of_what_cannot_be_is_refused(metrics: Alone, query: dict[str, str]):
    answer = await metrics.person("bureau", "li")("GET", "/indicators", params=query)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "status"),
    [("bureau", 200), ("officer", 200), ("operator", 200), ("citizen", 403), ("partner", 403)],
)
async def test_figures_are_for_those_who_answer_for_them(metrics: Alone, role: str, status: int):
    somebody = metrics.person(role, "somebody", department="health")

    assert (await somebody("GET", "/indicators")).status_code == status
    assert (await metrics.client.get("/indicators")).status_code == 401
