"""The same digit means opposite things in two systems; what nobody said is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.crosswalks.rules import (
    Crosswalk,
    CrosswalkFaulty,
    Unknown,
    check_crosswalk,
    deepest,
    translate,
    translate_all,
)

NATIONAL = Crosswalk("gb-39046", {"handling": {"1": "instant", "2": "promise", "9": "other"}})
SWAPPED = Crosswalk("city", {"handling": {"1": "promise", "2": "instant", "3": "forward"}})
WORDS = {"handling": {"instant", "promise", "forward", "other"}, "online_depth": set("1234")}


@pytest.mark.parametrize(
    ("value", "national", "swapped"), [("1", "instant", "promise"), ("2", "promise", "instant")]
)
def test_one_and_two_are_swapped_between_systems(value: str, national: str, swapped: str):
    assert translate(NATIONAL, "handling", value) == national
    assert translate(SWAPPED, "handling", value) == swapped


def test_there_and_back_again_is_the_other_systems_digit():
    back = {word: value for value, word in SWAPPED.elements["handling"].items()}

    for value, other in (("1", "2"), ("2", "1")):
        word = translate(NATIONAL, "handling", value)
        assert isinstance(word, str)
        assert back[word] == other


@pytest.mark.parametrize("cell", [1, 1.0, "1", " 1 ", "1\n"])
def test_a_code_is_the_same_code_however_a_spreadsheet_holds_it(cell: object):
    assert translate(NATIONAL, "handling", cell) == "instant"


@pytest.mark.parametrize("cell", ["01", "1.5", 1.5, True, None, "", "instant", "即办件", "１"])
def test_what_only_looks_like_a_known_value_is_unknown(cell: object):
    found = translate(NATIONAL, "handling", cell)

    assert isinstance(found, Unknown) and found.element == "handling"


def test_an_element_that_the_crosswalk_does_not_have_is_unknown():
    assert translate(NATIONAL, "level", "4") == Unknown("level", "4")


tables = st.dictionaries(
    st.text(max_size=3),
    st.dictionaries(st.text(max_size=3), st.sampled_from(sorted(WORDS["handling"]))),
)
cells = st.one_of(st.none(), st.text(max_size=4), st.integers(), st.floats(), st.booleans())


@given(tables, st.text(max_size=3), cells)
def test_an_answer_is_a_word_that_somebody_wrote_down_for_this_value(table, element, cell):
    found = translate(Crosswalk("any", table), element, cell)

    if isinstance(found, str):
        assert table[element][_spelled(cell)] == found
    else:
        assert found.value not in table.get(element, {})


def _spelled(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell) if whole else cell).strip()  # type: ignore


DEPTH = Crosswalk(
    "capabilities",
    {"online_depth": {"": "1", "1": "1", "9": "1", "2": "2", "3": "2", "4": "3", "5": "4"}},
    {"online_depth": ","},
)


@pytest.mark.parametrize(
    ("cell", "level"),
    [("", "1"), (None, "1"), ("9", "1"), ("1,2", "2"), ("2, 4", "3"), ("5,1", "4")],
)
def test_the_online_depth_is_the_deepest_of_several_capabilities(cell, level):
    words = translate_all(DEPTH, "online_depth", cell)

    assert deepest(one for one in words if isinstance(one, str)) == level
    assert not [one for one in words if isinstance(one, Unknown)]


def test_one_unknown_value_among_several_is_told_by_itself():
    assert translate_all(DEPTH, "online_depth", "4,8,8") == ["3", Unknown("online_depth", "8")]


def test_without_a_separator_a_cell_is_one_value():
    assert translate_all(NATIONAL, "handling", "1,2") == [Unknown("handling", "1,2")]


def test_a_crosswalk_names_only_elements_and_words_that_records_have():
    record = {
        "elements": {
            "handling": {"1": "instant", "a/b": "at-once", " 2": "promise"},
            "colour": {"1": "red"},
        },
        "separators": {"online_depth": ","},
    }

    with pytest.raises(CrosswalkFaulty) as refused:
        check_crosswalk(record, WORDS)

    told = [(flaw.more["fault"], flaw.pointer) for flaw in refused.value.errors]
    assert told == [
        ("unknown-word", "/elements/handling/a~1b"),
        ("spaced-value", "/elements/handling/ 2"),
        ("unknown-element", "/elements/colour"),
        ("unknown-element", "/separators/online_depth"),
    ]
