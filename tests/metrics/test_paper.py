"""Paper figures from the records' events: exact, each denominator by name, down to the cases."""

import itertools
from typing import Any

import pytest

from services.contracts import Duration
from tests.alone import Alone, letter
from tests.metrics.records import days, needs, published

PAPER = {
    "promise_compression",
    "average_materials",
    "online_share",
    "online_acceptance_share",
    "instant_share",
    "instant_type_share",
    "zero_visit_share",
    "average_visits",
}


def three(department: str) -> list[Any]:
    """A slow one at the hall, an instant one online, one without a limit that is unsuitable."""
    slow = published(
        f"{department}-slow",
        department,
        legal=days(20),
        promised=days(12),
        requirements=needs("applicant", "item", "register", "commitment"),
        visits=2,
        online_depth=2,
        at_hall=True,
        comprehensive_window=True,
    )
    instant = published(
        f"{department}-instant",
        department,
        legal=Duration(value=1, unit="working_day"),
        promised=days(0),
        handling="instant",
        requirements=needs("applicant"),
        channels=("window", "pc", "mobile"),
        online_depth=4,
        visits=1,
        at_hall=True,
    )
    hearing = published(
        f"{department}-hearing", department, promised=days(9), online_suitable=False, visits=3
    )
    return [slow, instant, hearing]


async def of(metrics: Alone, code: str, department: str, **query: Any) -> dict[str, Any]:
    params = {"department": department, **query}
    shown = await metrics.person("bureau", "li").get(f"/indicators/{code}", params=params)
    return dict(shown)


async def figure(metrics: Alone, code: str, department: str, **query: Any) -> tuple[Any, ...]:
    shown = await of(metrics, code, department, **query)
    return shown["numerator"], shown["denominator"], shown["value"]


async def behind(metrics: Alone, code: str, **query: Any) -> list[dict[str, Any]]:
    page = await metrics.person("bureau", "li").get(f"/indicators/{code}/cases", params=query)
    return list(page["items"])


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "value"),
    [
        ("promise_compression", 8 * 8 + 8, 21 * 8, "0.428571"),
        ("average_materials", 4, 3, "1.333333"),
        ("online_share", 2, 3, "0.666667"),
        ("online_acceptance_share", 1, 3, "0.333333"),
        ("instant_share", 1, 3, "0.333333"),
        ("instant_type_share", 1, 3, "0.333333"),
        ("zero_visit_share", 1, 3, "0.333333"),
        ("average_visits", 6, 3, "2.000000"),
    ],
)
async def test_paper_figures_as_worked_out_by_hand(
    metrics: Alone, department: str, code, numerator, denominator, value
):
    await metrics.hear(*three(department))

    assert await figure(metrics, code, department) == (numerator, denominator, value)


async def test_the_compression_is_a_ratio_of_sums_and_not_a_mean_of_ratios(
    metrics: Alone, department: str
):
    long = published("long", department, legal=days(90), promised=days(90))
    short = published("short", department, legal=days(10), promised=days(0))
    await metrics.hear(long, short)

    assert (await of(metrics, "promise_compression", department))["value"] == "0.100000"


async def test_each_denominator_is_named(metrics: Alone, department: str):
    await metrics.hear(*three(department))

    counted = {
        scope: await of(metrics, "average_visits", department, scope=scope)
        for scope in ("all", "hall", "comprehensive_window")
    }

    assert {scope: one["denominator"] for scope, one in counted.items()} == {
        "all": 3,
        "hall": 2,
        "comprehensive_window": 1,
    }
    assert {one["population"]["code"] for one in counted.values()} == {
        "items",
        "items-at-hall",
        "items-at-comprehensive-windows",
    }
    assert all(one["population"]["name"] for one in counted.values())


async def test_both_readings_of_unsuitable_items_are_shown(metrics: Alone, department: str):
    await metrics.hear(*three(department))

    on = await of(metrics, "online_share", department)
    off = await of(metrics, "online_share", department, unsuitable_counts_as_online=False)

    assert (on["numerator"], on["switch"]["on"]) == (2, True)
    assert (off["numerator"], off["switch"]["on"]) == (1, False)
    assert on["switch"]["otherwise"] == {"numerator": 1, "denominator": 3, "value": "0.333333"}
    assert off["switch"]["otherwise"]["numerator"] == 2
    assert (await of(metrics, "instant_share", department))["switch"] is None


async def test_the_drill_down_follows_the_switch(metrics: Alone, department: str):
    await metrics.hear(*three(department))
    asked = {"department": department, "part": "numerator"}

    on = await behind(metrics, "online_share", **asked)
    off = await behind(metrics, "online_share", unsuitable_counts_as_online=False, **asked)

    assert [one["case"] for one in on] == [f"{department}-hearing", f"{department}-instant"]
    assert [one["case"] for one in off] == [f"{department}-instant"]


@pytest.mark.parametrize("code", sorted(PAPER))
@pytest.mark.parametrize("scope", ["all", "hall"])
async def test_the_cases_add_up_to_the_figure(
    metrics: Alone, department: str, code: str, scope: str
):
    await metrics.hear(*three(department))
    asked = {"department": department, "scope": scope}

    shown = await of(metrics, code, **asked)
    cases = await behind(metrics, code, **asked)
    above = await behind(metrics, code, part="numerator", **asked)
    rest = await behind(metrics, code, part="rest", **asked)

    assert sum(one["numerator"] for one in cases) == shown["numerator"]
    assert sum(one["denominator"] for one in cases) == shown["denominator"]
    assert sum(one["numerator"] for one in above) == shown["numerator"]
    assert sorted([*above, *rest], key=lambda one: one["case"]) == cases
    assert all(one["facts"]["name"] for one in cases)


async def test_cases_come_in_pages_each_once(metrics: Alone, department: str):
    await metrics.hear(*(published(f"{department}-{n:02}", department) for n in range(5)))
    bureau = metrics.person("bureau", "li")
    asked: dict[str, Any] = {"department": department, "limit": 2}
    seen = []

    for _ in range(3):
        page = await bureau.get("/indicators/average_visits/cases", params=asked)
        seen += [one["case"] for one in page["items"]]
        asked["cursor"] = page["next"]

    assert seen == [f"{department}-{n:02}" for n in range(5)]
    assert page["next"] is None


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1, 2])))
async def test_the_newest_version_counts_in_every_order(metrics: Alone, department: str, order):
    said = [
        letter(published(f"{department}-item", department, version, visits=version), version)
        for version in (1, 2, 3)
    ]

    for one in order:
        await metrics.hear(said[one])
    await metrics.hear(said[0])

    assert await figure(metrics, "average_visits", department) == (3, 1, "3.000000")


async def test_of_two_versions_in_one_batch_the_newer_counts(metrics: Alone, department: str):
    newer = published(f"{department}-item", department, 2, visits=2)
    await metrics.hear(newer, published(f"{department}-item", department, 1, visits=1))

    assert await figure(metrics, "average_visits", department) == (2, 1, "2.000000")


async def test_versions_heard_at_the_same_moment_leave_the_newest(metrics: Alone, department: str):
    said = [
        published(f"{department}-{n}", department, version, visits=version)
        for version in range(1, 6)
        for n in range(3)
    ]
    await metrics.hear_at_once(*said)

    assert await figure(metrics, "average_visits", department) == (15, 3, "5.000000")


async def test_an_item_that_moves_to_another_department_is_counted_there(
    metrics: Alone, department: str
):
    code, elsewhere = f"{department}-item", f"{department}-next"
    await metrics.hear(published(code, department, 1))
    await metrics.hear(published(code, elsewhere, 2))

    assert await figure(metrics, "average_visits", department) == (0, 0, None)
    assert (await figure(metrics, "average_visits", elsewhere))[1] == 1
