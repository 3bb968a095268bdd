"""What is handed down is as the report counts it, and as the law allows it."""

from collections import Counter

import pytest

from deploy.example import district, generator
from deploy.example.generator.rights import Grant, grants
from deploy.example.handing_down import ANSWERING, MOST, parts
from services.catalog.delegations.rules import (
    ItemFacts,
    Mode,
    PointFacts,
    Right,
    Terms,
    objections,
)
from services.catalog.points.rules import PointKind

GRANTS = grants()
ITEMS = district.by_code(district.items()) | {item["code"]: item for item in generator.generated()}
POINTS = district.by_code((district.points(),))
COUNTED = {
    ("township", "accept"): (14, 129),
    ("township", "close"): (14, 34),
    ("village", "accept"): (129, 54),
    ("village", "close"): (129, 15),
    ("park", "accept"): (1, 47),
    ("kiosk", "accept"): (3, 602),
    ("kiosk", "close"): (3, 34),
}


def kind(grant: Grant) -> str:
    [one] = {POINTS[point]["kind"] for point in grant.points}
    return str(one)


def of(kind_of_point: str, right: str) -> set[str]:
    [found] = [one for one in GRANTS if (kind(one), one.right) == (kind_of_point, right)]
    return set(found.items)


def test_the_points_are_those_of_the_report() -> None:
    kinds = Counter(point["kind"] for point in POINTS.values())

    assert kinds == {"hall": 1, "park": 1, "township": 14, "village": 129, "kiosk": 3}
    assert len({point["name"] for point in POINTS.values()}) == 148
    assert set(ANSWERING) | set(ANSWERING.values()) <= set(POINTS)


def test_rights_are_as_many_as_the_report_counts() -> None:
    assert {
        (kind(one), one.right): (len(set(one.points)), len(set(one.items))) for one in GRANTS
    } == COUNTED


def test_they_are_of_as_many_departments_as_the_report_counts() -> None:
    def departments(items: set[str]) -> int:
        return len({ITEMS[code]["department"] for code in items})

    assert departments(of("township", "accept")) == 12
    assert departments(of("park", "accept")) == 16


def test_whoever_closes_accepts_and_what_is_near_is_nearer_still_above() -> None:
    assert of("township", "close") <= of("township", "accept")
    assert of("village", "accept") <= of("township", "accept")
    assert of("village", "close") <= of("village", "accept") & of("township", "close")
    assert of("kiosk", "close") <= of("kiosk", "accept")


@pytest.mark.parametrize("grant", GRANTS, ids=lambda one: f"{kind(one)} {one.right}")
def test_the_law_has_nothing_against_any_of_them(grant: Grant) -> None:
    for point in (POINTS[code] for code in grant.points):
        there = PointFacts(
            code=point["code"],
            kind=PointKind(point["kind"]),
            region=point["region"],
            organ=point.get("organ", False),
        )
        for item in (ITEMS[code] for code in grant.items):
            facts = ItemFacts(
                code=item["code"],
                department=item["department"],
                kind=item["kind"],
                region=item["region"],
                instant="instant" in item,
            )
            assert objections(facts, there, Right(grant.right), Terms(Mode.ENTRUST)) == []


@pytest.mark.parametrize("grant", GRANTS, ids=lambda one: f"{kind(one)} {one.right}")
def test_no_offer_is_larger_than_may_be(grant: Grant) -> None:
    cut = parts(grant)

    assert all(len(one.items) * len(one.points) <= MOST for one in cut)
    assert sum((one.points for one in cut), ()) == grant.points
    assert {(one.items, one.right) for one in cut} == {(grant.items, grant.right)}
