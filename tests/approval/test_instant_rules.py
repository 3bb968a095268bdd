"""When a rule grants, and what stands in its way."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.approval.instant.rules import Offer, Why, judge, last_day

LEVELS = ["0", "1", "2", "3"]
READS = {"area": "number", "kind": "choice", "by_promise": "boolean"}
RULE = 'by_promise && kind != "pool" && area <= 1000.0'
GOOD = {"area": 300.0, "kind": "hotel", "by_promise": True}


def judged(facts: dict[str, Any] = GOOD, acr: str = "2", **more: Any) -> Why:
    offer = {"rule": RULE, "reads": READS, "acr": "2", "signed": True} | {
        k: more.pop(k) for k in ("rule", "reads", "signed") if k in more
    }
    rest = {"levels": LEVELS, "excluded": False} | more
    return judge(Offer(**offer), facts, acr, **rest)


@pytest.mark.parametrize("area", [300.0, 300, 1000])
def test_a_true_rule_grants(area: float):
    assert judged(GOOD | {"area": area}) is Why.GRANTED


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        (Why.RULE_FALSE, {"facts": GOOD | {"kind": "pool"}}),
        (Why.RULE_FALSE, {"facts": GOOD | {"area": 1000.5}}),
        (Why.IDENTITY_TOO_WEAK, {"acr": "1"}),
        (Why.IDENTITY_TOO_WEAK, {"acr": ""}),
        (Why.IDENTITY_TOO_WEAK, {"acr": "9"}),
        (Why.NOT_SIGNED, {"signed": False}),
        (Why.EXCLUDED, {"excluded": True}),
        (Why.TWO_OFFICERS, {"two_officers": True}),
        (Why.GAPS_OPEN, {"gaps": True}),
    ],
)
def test_what_stands_in_its_way(why: Why, changed: dict[str, Any]):
    assert judged(**changed) is why


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        (RULE, {"kind": "hotel", "by_promise": True}),
        (RULE, {}),
        ("area / 0.0 > 1.0 && kind == 3", GOOD),
        ("kind", GOOD),
        ("area", GOOD),
        ("1 / 0 == 1", GOOD),
        ("nonsense(", GOOD),
        (RULE, GOOD | {"area": "wide"}),
    ],
)
def test_only_true_counts(rule: str, facts: dict[str, Any]):
    assert judged(facts, rule=rule) is Why.RULE_UNDECIDABLE


@pytest.mark.parametrize(
    ("start", "value", "unit", "end"),
    [
        (date(2026, 11, 24), 5, "year", date(2031, 11, 23)),
        (date(2024, 2, 29), 1, "year", date(2025, 2, 27)),
        (date(2026, 1, 31), 1, "month", date(2026, 2, 27)),
        (date(2026, 12, 1), 1, "month", date(2026, 12, 31)),
        (date(2026, 11, 24), 1, "day", date(2026, 11, 24)),
        (date(2026, 11, 24), 30, "day", date(2026, 12, 23)),
    ],
)
def test_the_last_day_of_a_validity(start: date, value: int, unit: str, end: date):
    assert last_day(start, value, unit) == end


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 240))
def test_consecutive_validities_do_not_overlap(start: date, months: int):
    end = last_day(start, months, "month")

    assert end >= start
    if start.day <= 28:
        assert (end + timedelta(days=1)).day == start.day
