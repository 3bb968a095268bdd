"""Paper and lived figures side by side, who may see what is behind them, and what is refused."""

from typing import Any

import pytest

from services.contracts import Duration
from tests.alone import Alone
from tests.metrics.test_figures import decided
from tests.metrics.test_paper import PAPER, behind, of, three


async def test_promised_and_lived_stand_side_by_side(metrics: Alone, department: str, bundle: str):
    """Promised 12 of 20 days; the two approvals took 2 and 6: lived is better than paper."""
    await metrics.hear(
        decided(bundle, department=department, item=f"{department}-slow", days=2),
        decided(bundle, department=department, item=f"{department}-slow", days=8),
    )
    before = await of(metrics, "lived_compression", department)
    await metrics.hear(*three(department))

    paper = await of(metrics, "promise_compression", department, item=f"{department}-slow")
    lived = await of(metrics, "lived_compression", department)

    assert (before["denominator"], before["value"]) == (0, None), "no record yet, no legal time"
    assert (paper["value"], paper["beside"]) == ("0.400000", "lived_compression")
    assert (lived["value"], lived["beside"]) == ("0.800000", "promise_compression")
    assert (lived["numerator"], lived["denominator"]) == (40 * 8 - 8 * 8, 40 * 8)
    assert lived["population"]["code"] == "decided-approvals"


async def test_items_handled_at_once_and_cases_handled_at_once_are_two_figures(
    metrics: Alone, department: str, bundle: str
):
    """One item of two is instant, but three cases of four are."""
    await metrics.hear(*three(department))
    await metrics.hear(
        *(decided(bundle, department=department, item=f"{department}-instant") for _ in range(3)),
        decided(bundle, department=department, item=f"{department}-slow"),
    )

    assert (await of(metrics, "instant_type_share", department))["value"] == "0.333333"
    assert (await of(metrics, "instant_case_share", department))["value"] == "0.750000"


async def test_kept_promises_are_counted_in_days_rounded_up(
    metrics: Alone, department: str, bundle: str
):
    half = Duration(value=12, unit="hour")
    of_department = {"department": department, "promise": half}
    await metrics.hear(*(decided(bundle, days=n, **of_department) for n in (1, 2, 3)))

    kept = await of(metrics, "kept_promises", department)
    broken = await behind(metrics, "kept_promises", department=department, part="rest")

    assert (kept["numerator"], kept["denominator"]) == (2, 3)
    assert [one["facts"]["worked_days"] for one in broken] == [3]


async def test_a_figure_says_what_it_was_narrowed_by(metrics: Alone, department: str):
    query = {"bundle": "open-restaurant", "department": department}
    shown = await metrics.person("bureau", "li").get("/indicators", params=query)
    narrowed = {one["code"]: one["narrowed_by"] for one in shown["indicators"]}

    assert narrowed["average_visits"] == {"department": department}, "records know no bundle"
    assert narrowed["kept_promises"] == query


async def test_all_indicators_are_listed_paper_and_lived(metrics: Alone, department: str):
    await metrics.hear(*three(department))
    shown = await metrics.person("bureau", "li").get(
        "/indicators", params={"department": department}
    )
    by_code = {one["code"]: one for one in shown["indicators"]}

    assert {code for code, one in by_code.items() if one["kind"] == "paper"} == PAPER
    for code, one in by_code.items():
        assert one == await of(metrics, code, department)


async def test_an_officer_sees_the_own_departments_approvals_only(
    metrics: Alone, department: str, bundle: str
):
    mine, other = decided(bundle, department=department), decided(bundle, department="health")
    await metrics.hear(mine, other)
    officer = metrics.person("officer", "wang", department=department)
    path = "/indicators/kept_promises/cases"

    all_of_it = await officer.get(path, params={"bundle": bundle})
    foreign = await officer.get(path, params={"bundle": bundle, "department": "health"})

    assert [one["case"] for one in all_of_it["items"]] == [str(mine.approval)]
    assert foreign == {"items": [], "next": None}
    assert len(await behind(metrics, "kept_promises", bundle=bundle)) == 2


@pytest.mark.parametrize(
    ("path", "query", "status", "named"),
    [
        ("/indicators/satisfaction", {}, 404, "indicator-unknown"),
        ("/indicators/satisfaction/cases", {}, 404, "indicator-unknown"),
        ("/indicators/online_share", {"scope": "some"}, 422, "/query/scope"),
        ("/indicators/online_share/cases", {"part": "all"}, 422, "/query/part"),
        ("/indicators/online_share/cases", {"limit": 0}, 422, "/query/limit"),
        ("/indicators/kept_promises/cases", {"cursor": "eA"}, 422, "/query/cursor"),
        ("/indicators/online_share/cases", {"cursor": "AA"}, 422, "/query/cursor"),
        ("/indicators/ONLINE", {}, 422, "/path/code"),
        ("/indicators", {"region": "a\x00"}, 422, "/query/region"),
        ("/indicators", {"unsuitable_counts_as_online": "perhaps"}, 422, "unsuitable"),
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    metrics: Alone, path: str, query: dict[str, Any], status: int, named: str
):
    answer = await metrics.person("bureau", "li")("GET", path, params=query)

    assert answer.status_code == status
    assert named in answer.text


@pytest.mark.parametrize("path", ["/indicators/online_share", "/indicators/online_share/cases"])
async def test_indicators_are_for_those_who_answer_for_them(metrics: Alone, path: str):
    citizen = metrics.person("citizen", "ada")

    assert (await citizen("GET", path)).status_code == 403
    assert (await metrics.client.get(path)).status_code == 401
