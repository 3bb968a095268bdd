"""Single values: what fits a field's type and rule, and what the check characters prove."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.bundle.composition.rules.field_records import Rule
from services.bundle.composition.rules.identifiers import (
    CREDIT_ALPHABET,
    is_credit_code,
    is_id_number,
)
from services.bundle.composition.rules.values import READERS, Unfit, fit

# A busy machine is slow; that is no fault of what is tested.
BUSY = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def rule(**record):
    return Rule.from_record(record)


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        ("text", "张三 Zhang\n", "张三 Zhang\n"),
        ("integer", 0, 0),
        ("integer", -(2**53) + 1, -(2**53) + 1),
        ("number", 3, 3.0),
        ("number", -0.0, 0.0),
        ("boolean", False, False),
        ("date", "2024-02-29", "2024-02-29"),
        ("phone", "13800138000", "13800138000"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("id_number", " 440524188001010014 ", "440524188001010014"),
        ("credit_code", "91350100m000100y43", "91350100M000100Y43"),
    ],
)
def test_what_fits_is_kept_in_one_spelling(type_, value, kept):
    assert str(fit(value, type_, rule())) == str(kept)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", ""),
        ("text", "   "),
        ("text", 5),
        ("text", "nul\x00"),
        ("text", "lone \ud800 surrogate"),
        ("text", "x" * 4001),
        ("integer", True),
        ("integer", 1.0),
        ("integer", "1"),
        ("integer", 2**53),
        ("number", True),
        ("number", "1.5"),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", 10**400),
        ("boolean", 1),
        ("boolean", "true"),
        ("date", "2023-02-29"),
        ("date", "20240229"),
        ("date", "2024-W09-4"),
        ("date", "2024-02-29T00:00:00"),
        ("date", "２０２４-02-29"),
        ("phone", "23800138000"),
        ("phone", "1380013800"),
        ("phone", "1380013800０"),
        ("id_number", "110105194912310021"),
        ("id_number", "11010519490231002X"),
        ("id_number", "11010519491231002"),
        ("credit_code", "91350100M000100Y42"),
        ("credit_code", "91350100M000100I43"),
        ("choice", None),
    ],
)
def test_what_does_not_fit_is_refused(type_, value):
    with pytest.raises(Unfit):
        fit(value, type_, rule())


@pytest.mark.parametrize(
    ("type_", "of", "good", "bad"),
    [
        ("integer", {"minimum": 1, "maximum": 3}, (1, 3), (0, 4)),
        ("number", {"minimum": 0.5}, (0.5,), (0.4,)),
        ("text", {"max_length": 2}, ("ab", "张三"), ("abc",)),
        ("text", {"pattern": "[a-z]+"}, ("abc",), ("abc1", "1abc", "abc\n")),
        ("text", {"pattern": "a|b"}, ("a", "b"), ("ax", "xb")),
        ("choice", {"options": [{"value": "a", "name": "A"}]}, ("a",), ("b", "A")),
    ],
)
def test_rules_bind(type_, of, good, bad):
    for value in good:
        assert fit(value, type_, rule(**of)) == value
    for value in bad:
        with pytest.raises(Unfit):
            fit(value, type_, rule(**of))


def test_nothing_fits_a_pattern_that_is_none():
    with pytest.raises(Unfit):
        fit("a", "text", rule(pattern="(a"))


def test_a_pattern_cannot_hang_a_filing():
    with pytest.raises(Unfit):
        fit("a" * 4000 + "!", "text", rule(pattern="(a+)+"))


ID_BODY = st.builds(
    "{}{:04}{:02}{:02}{:03}".format,
    st.integers(110000, 659999),
    st.integers(1900, 2030),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)


@BUSY
@given(ID_BODY, st.integers(0, 16))
def test_an_id_number_has_one_check_character_and_no_digit_may_slip(body, place):
    good = [body + check for check in "0123456789X" if is_id_number(body + check)]
    assert len(good) == 1
    for other in "0123456789":
        slipped = good[0][:place] + other + good[0][place + 1 :]
        assert is_id_number(slipped) == (slipped == good[0])


@BUSY
@given(st.text(CREDIT_ALPHABET, min_size=9, max_size=9), st.integers(0, 999999), st.integers(8, 16))
def test_a_credit_code_has_one_check_character_and_no_character_may_slip(tail, region, place):
    body = f"91{region:06}{tail}"
    good = [body + check for check in CREDIT_ALPHABET if is_credit_code(body + check)]
    assert len(good) == 1
    for other in CREDIT_ALPHABET:
        slipped = good[0][:place] + other + good[0][place + 1 :]
        assert is_credit_code(slipped) == (slipped == good[0])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(BUSY, max_examples=300)
@given(JSON, st.sampled_from(sorted(READERS)))
def test_any_json_either_fits_or_does_not(value, type_):
    try:
        kept = fit(value, type_, rule(maximum=10, max_length=20, pattern=".*"))
    except Unfit:
        return
    assert fit(kept, type_, rule()) == kept
