"""Wrong answers are told at once, with what would be right."""

import pytest

from services.bundle.composition.rules import AnswersWrong, NothingToDo, Undecidable
from tests.bundle.bundles import bundle, catalogue, field, item, member, plan_of
from tests.bundle.restaurants import TINY, restaurant, restaurant_items


def wrong(answers, record=None, known=None):
    with pytest.raises(AnswersWrong) as refused:
        plan_of(record or restaurant(), known or restaurant_items(), answers)
    return {flaw.pointer: (flaw.more["fault"], flaw.zh, flaw.en) for flaw in refused.value.errors}


def test_every_wrong_answer_is_told_at_once_with_what_would_be_right():
    flaws = wrong({"area": "large", "worker_count": True, "colour": "red"})
    assert {pointer: fault for pointer, (fault, _, _) in flaws.items()} == {
        "/answers/area": "wrong-answer",
        "/answers/address": "missing-answer",
        "/answers/worker_count": "wrong-answer",
        "/answers/colour": "unknown-question",
    }
    _, zh, en = flaws["/answers/area"]
    assert zh == "字段 area，应为数字，不小于1，不大于10000。"
    assert en == "Field area, must be a number, at least 1, at most 10000."
    assert "large" not in zh + en


def test_options_are_listed():
    options = [
        {"value": "hot", "name": "热食", "name_en": "hot"},
        {"value": "cold", "name": "冷食"},
    ]
    known = catalogue(
        item("a", fields=[{"field": "kind"}]),
        fields=(field("kind", "choice", rule={"options": options}),),
    )
    record = bundle(member("a"), questions=("kind",))
    _, zh, en = wrong({"kind": "sweet"}, record, known)["/answers/kind"]
    assert "hot（热食）、cold（冷食）" in zh
    assert "hot (hot), cold (冷食)" in en


@pytest.mark.parametrize("count", [-1, 51, 2**70, 1.0, "2", True, None])
def test_a_count_is_a_small_whole_number(count):
    assert wrong(TINY | {"worker_count": count}) == {
        "/answers/worker_count": (
            "wrong-answer",
            "字段 worker_count，应为整数，不小于0，0到50之间。",
            "Field worker_count, must be a whole number, at least 0, from 0 to 50.",
        )
    }


def test_where_nothing_applies_there_is_nothing_to_do():
    known = catalogue(item("a", fields=[{"field": "sure"}]), fields=(field("sure", "boolean"),))
    with pytest.raises(NothingToDo):
        plan_of(bundle(member("a", when="sure"), questions=("sure",)), known, {"sure": False})


def test_a_condition_that_ends_in_an_error_counts_as_neither_true_nor_false():
    known = catalogue(item("a", fields=[{"field": "n"}]), fields=(field("n", "integer"),))
    record = bundle(member("a", when="10 / n > 1"), questions=("n",))
    assert plan_of(record, known, {"n": 2})
    with pytest.raises(Undecidable) as refused:
        plan_of(record, known, {"n": 0})
    assert refused.value.members == {"condition": "10 / n > 1"}
