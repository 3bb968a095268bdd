"""What a record's elements count for, and quotients that no float decides."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.definitions import value
from services.metrics.indicators.registry import MEASURES
from services.metrics.lived.rules import DEFINITIONS
from services.metrics.paper.rules import has_online_address, hours, materials


@pytest.mark.parametrize(
    ("duration", "counted"),
    [
        ({"value": 0, "unit": "working_day"}, 0),
        ({"value": 20, "unit": "working_day"}, 160),
        ({"value": 20, "unit": "natural_day"}, 160),
        ({"value": 4, "unit": "hour"}, 4),
        ({"value": 2, "unit": "month"}, 2 * 22 * 8),
        ({"value": 1, "unit": "year"}, 250 * 8),
    ],
)
def test_times_are_counted_in_working_hours(duration, counted):
    assert hours(duration) == counted


def test_what_a_register_answers_is_no_material():
    sources = ["applicant", "item", "register", "commitment", "intermediary"]

    assert materials([{"source": source} for source in sources]) == 4


@pytest.mark.parametrize(
    ("channels", "online"),
    [
        ([], False),
        (["window", "post", "kiosk"], False),
        (["window", "pc"], True),
        (["mobile"], True),
    ],
)
def test_an_online_address_is_a_channel_from_home(channels, online):
    assert has_online_address(channels) is online


@pytest.mark.parametrize(
    ("above", "below", "exact"),
    [
        (1135, 1234, "0.919773"),
        (6170, 1234, "5.000000"),
        (1, 3, "0.333333"),
        (2, 3, "0.666667"),
        (-1, 3, "-0.333333"),
        (0, 5, "0.000000"),
        (25, 10**7, "0.000002"),  # 2.5 millionths: an exact half goes to the even digit
        (35, 10**7, "0.000004"),
        (5, 0, None),
    ],
)
def test_a_quotient_is_exact_to_six_places(above: int, below: int, exact: str | None):
    found = value(above, below)

    assert (None if found is None else str(found)) == exact


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12))
def test_no_quotient_is_further_off_than_half_a_millionth(above: int, below: int):
    found = value(above, below)

    assert found is not None
    assert abs(Fraction(found) - Fraction(above, below)) <= Fraction(1, 2 * 10**6)
    assert found == found.quantize(Decimal("0.000001"))


def test_every_indicator_says_in_both_languages_what_it_counts():
    words = [one.definition for one in MEASURES.values()] + list(DEFINITIONS)

    for one in words:
        assert one.name and one.name_en and one.formula and one.formula_en and one.unit, one.code
        assert one.version >= 1
    assert list(MEASURES) == [one.definition.code for one in MEASURES.values()]


def test_what_stands_beside_one_another_stands_both_ways():
    for code, one in MEASURES.items():
        other = one.definition.beside
        assert not other or MEASURES[other].definition.beside == code
        assert not other or MEASURES[other].source.kind != one.source.kind
