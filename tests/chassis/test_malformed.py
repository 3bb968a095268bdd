"""What was wrong with a value is said in words, in both languages, and never repeats it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from services.chassis import problems
from services.chassis.malformed import MESSAGES, OTHERWISE, flaws, pointer


def test_every_message_has_both_languages_and_fills_in():
    for kind in problems.STATUS:
        assert kind.zh and kind.__doc__
    context = {"min_length": 1, "max_length": 2, "pattern": "p", "expected": "e"}
    context |= {"gt": 1, "ge": 1, "lt": 1, "le": 1}
    for kind in MESSAGES:
        [flaw] = flaws([{"type": kind, "loc": ("body",), "ctx": context}])
        assert flaw.zh != flaw.en


def said(kind: str, where: tuple[str | int, ...] = ("body", "x"), **context: object):
    [flaw] = flaws([{"type": kind, "loc": where, "ctx": context}])
    return flaw.zh, flaw.en


def test_a_choice_is_listed_in_the_language_of_the_sentence():
    zh, en = said("literal_error", expected="'granted', 'refused' or 'to or not to'")

    assert zh == "应为 'granted'、'refused'、'to or not to' 之一。"
    assert en == "This should be one of 'granted', 'refused' or 'to or not to'."


def test_one_is_not_said_as_if_it_were_many():
    assert said("too_short", min_length=1)[1] == "At least 1 entry."
    assert said("too_short", min_length=11)[1] == "At least 11 entries."
    assert said("string_too_short", min_length=1)[1] == "At least 1 character."


def test_a_pattern_of_ours_is_said_in_words():
    zh, en = said("string_pattern_mismatch", pattern=r"^[a-z][a-z0-9-]*$")

    assert zh == "应为代码：小写字母开头，只含小写字母、数字和“-”。"
    assert en == "This should be a code: lower-case letters, digits and hyphens, a letter first."


SIMPLE = {
    "a day": (date, ["x", "2026-13-01", "2026-11-24T10:00"]),
    "a moment": (datetime, ["x", "2026-13-01T00:00:00Z", []]),
    "a moment and its offset": (AwareDatetime, ["2026-11-24T10:00", "x"]),
    "a whole number": (int, ["x", 1.5, "9" * 5000, 1e20, None]),
    "a number": (float, ["x", None]),
    "a text": (str, [1, None]),
    "a set": (frozenset[str], ["x", {}]),
    "several": (tuple[int, ...], ["x", {}, ["x"]]),
    "an id": (UUID, ["x", 1]),
    "a choice": (Literal["a", "b"], ["x", 1]),
}


@pytest.mark.parametrize(("kind", "wrong"), SIMPLE.values(), ids=SIMPLE)
def test_what_would_be_right_is_said_of_every_simple_kind_of_value(kind, wrong):
    for value in wrong:
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(kind).validate_python(value)
        assert OTHERWISE[1] not in [flaw.en for flaw in flaws(refused.value.errors())]


def test_a_pointer_escapes_what_json_pointer_asks_to_escape():
    assert pointer(("body", "a/b", 0, "c~d")) == "/a~1b/0/c~0d"
    assert pointer(()) == ""
    assert pointer(("data", "x")) == "/data/x"
