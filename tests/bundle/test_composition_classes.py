"""A condition's text is read: what it compares, and which answers make no difference."""

from typing import Any

import pytest

from services.bundle.composition.rules.classes import answer_classes
from services.bundle.composition.rules.conditions import Condition
from services.bundle.composition.rules.field_records import FieldDefinition
from services.bundle.composition.rules.reading import compared, names
from tests.bundle.bundles import field


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a >= 300.0", (300.0,)),
        ("300.0 <= a", (300.0,)),
        ("a > -1.5 && !(b)", (-1.5,)),
        ("k in ['hot', \"cold\"]", ("hot", "cold")),
        ("a == limit", (7,)),
        ("b", ()),
        ("true || b", (True,)),
        ("b ? a > 1.0 : a > 2.0", (1.0, 2.0)),
        ("k == 'a > 3 && size(x)'", ("a > 3 && size(x)",)),
    ],
)
def test_what_a_condition_compares_with_is_read(text, values):
    assert compared(text, {"limit": 7}) == values


@pytest.mark.parametrize(
    "text",
    [
        "a + 1.0 > 3.0",
        "a > b",
        "a > 3.0 - 1.0",
        "size(k) > 3",
        "k.startsWith('x')",
        "k in [x, 'y']",
        "k in ['y', x]",
        "k in things",
        "a > (3.0)",
        "k == 'x' 'y'",
        "a > 0x1F",
        "a > 3u",
        "k == r'x'",
        "a > 3.0 // more",
        "k == 'it\\q",
        "l[0] > 3",
        "-a > 3.0",
    ],
)
def test_what_does_more_than_comparing_is_left_alone(text):
    assert compared(text, {}) is None


def test_names_in_quotes_are_no_names():
    assert names("kind == 'area' && size > 3.0") == {"kind", "size"}
    assert names("a 'broken") >= {"a"}


def definition(type_: str, **rule: Any) -> FieldDefinition:
    return FieldDefinition.from_record(field("x", type_, rule=rule))


def classes(text: str, type_: str, **rule: Any) -> Any:
    return answer_classes([definition(type_, **rule)], [Condition.compiled(text, {"x": type_})])[
        "x"
    ]


def test_numbers_fall_on_one_side_or_the_other_or_on_the_bound():
    found = classes("x >= 10.0 && x < 20.0", "number", minimum=0)
    assert {(n < 10, n == 10, n < 20, n == 20) for n in found} == {
        (True, False, True, False),
        (False, True, True, False),
        (False, False, True, False),
        (False, False, False, True),
        (False, False, False, False),
    }
    assert all(n >= 0 for n in found)


def test_bounds_outside_what_may_be_answered_make_no_class():
    assert all(1 <= n <= 5 for n in classes("x > 100.0", "number", minimum=1, maximum=5))
    assert len(classes("x > 100.0", "number", minimum=1, maximum=5)) == 1
    assert set(classes("x > 3", "integer", minimum=3, maximum=4)) == {3, 4}
    assert len(classes("x < 1e400", "number")) == 1


def test_options_that_nobody_names_are_one_class():
    options = [{"value": v, "name": v} for v in ("a", "b", "c", "d", "e")]
    found = classes("x == 'b'", "choice", options=options)
    assert "b" in found
    assert len(found) == 3, "before, on, and after the one that is named"


def test_any_other_text_is_one_class():
    found = classes("x == 'home' || x == 'shop'", "text")
    assert {"home", "shop"} < set(found)
    assert len(found) == 5


def test_where_a_condition_calculates_only_few_answers_can_be_tried():
    assert classes("x + 1 > 3", "integer") is None
    assert list(classes("x + 1 > 3", "integer", minimum=0, maximum=9)) == list(range(10))
