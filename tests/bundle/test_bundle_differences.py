"""Two versions in words, and a copy for another region."""

from types import MappingProxyType
from typing import Any

import pytest

from services.bundle.composition.rules import (
    CopyFaulty,
    copied,
    differences,
    item_differences,
    unchanged,
)
from tests.bundle.bundles import Record, bundle, catalogue, faults, field, item, member, plan_of

OLD = bundle(
    member("licence"),
    member("fire", when="area >= 300.0"),
    member("sign"),
    questions=("area", "premises"),
    edges=[{"from": "licence", "to": "fire", "state": "decided"}],
    promised={"value": 10, "unit": "working_day"},
    thresholds={"fire_from": 300},
)


def changed(**more: Any) -> list[tuple[str, str]]:
    return [(one.change, one.pointer) for one in differences(OLD, OLD | more)]


def words(**more: Any) -> tuple[str, str]:
    [one] = differences(OLD, OLD | more)
    return one.zh, one.en


def test_equal_versions_do_not_differ():
    assert differences(OLD, dict(OLD)) == []


def test_members_come_go_and_change():
    fire = member("fire", when="area >= 500.0", on_refusal="stop")
    tobacco = member("tobacco", item="tobacco-licence")

    found = differences(OLD, OLD | {"members": [member("licence"), fire, tobacco]})

    assert [(one.change, one.pointer) for one in found] == [
        ("changed", "/members/1/when"),
        ("changed", "/members/1/on_refusal"),
        ("added", "/members/2"),
        ("removed", "/members/2"),
    ]
    assert found[0].zh == "联办事项 fire 的条件由“area >= 300.0”改为“area >= 500.0”。"
    assert found[0].en == (
        "The condition of member fire changed from “area >= 300.0” to “area >= 500.0”."
    )
    assert found[1].zh == "联办事项 fire 的不予批准时的处理由“其余继续”改为“停止其余”。"
    assert found[2].zh == "新增联办事项 tobacco (tobacco-licence)。"
    assert found[3].en == "Member sign is gone."


def test_a_condition_that_came_or_went_is_told():
    always = [member("licence"), member("fire"), member("sign")]
    zh, en = words(members=always)
    assert "改为“无”" in zh and "to “none”" in en


def test_another_order_is_told_once():
    moved = [member("sign"), member("licence"), member("fire", when="area >= 300.0")]
    assert changed(members=moved) == [("moved", "/members")]
    assert words(members=moved)[1] == "The order of the members is now sign, licence, fire."


def test_questions_edges_parties_and_plain_values():
    questions = [{"field": "area", "text": "多大？"}, {"field": "cold", "text": "冷？"}]
    assert changed(questions=questions) == [
        ("changed", "/questions/0/text"),
        ("added", "/questions/1"),
        ("removed", "/questions/1"),
    ]
    issued = [{"from": "licence", "to": "fire", "state": "issued"}]
    assert changed(edges=issued) == [("changed", "/edges/0/state")]
    assert changed(edges=[]) == [("removed", "/edges/0")]
    assert changed(parties=OLD["parties"][:1]) == [("removed", "/parties/1")]
    assert words(name="另一件事") == (
        "名称由“一件事”改为“另一件事”。",
        "The name changed from “一件事” to “另一件事”.",
    )


def test_promise_and_thresholds_are_said_with_their_units():
    assert words(promised={"value": 8, "unit": "hour"}) == (
        "承诺时限由“10个工作日”改为“8小时”。",
        "The promise changed from “10 working days” to “8 hours”.",
    )
    assert words(promised=None)[0] == "承诺时限由“10个工作日”改为“无”。"
    assert words(thresholds={"fire_from": 500})[0] == "门槛 fire_from 由“300”改为“500”。"
    assert changed(thresholds={"sign_from": 3}) == [
        ("removed", "/thresholds/fire_from"),
        ("added", "/thresholds/sign_from"),
    ]


def test_records_from_before_thresholds_compare_too():
    old = {key: value for key, value in OLD.items() if key != "thresholds"}
    assert [one.change for one in differences(old, OLD)] == ["added"]


def test_items_in_another_version_are_told():
    found = list(item_differences({"a": 1, "b": 2, "gone": 1}, {"a": 3, "b": 2, "new": 1}))
    assert [(one.pointer, one.zh) for one in found] == [
        ("/items/a", "事项 a 由第 1 版换为第 3 版。")
    ]


# --- copies --------------------------------------------------------------------------------------


def test_a_copy_has_other_items_and_thresholds_and_is_otherwise_the_same():
    made = copied(
        OLD, {"fire": "fire-430800"}, {"fire_from": 200.5}, {}, region="430800", name=None
    )

    assert [one["item"] for one in made["members"]] == ["licence", "fire-430800", "sign"]
    assert made["thresholds"] == {"fire_from": 200.5}
    assert (made["region"], made["name"]) == ("430800", OLD["name"])
    assert OLD["members"][1]["item"] == "fire", "the first one is as it was"
    rest = ("questions", "edges", "parties", "holder", "promised")
    assert {key: made[key] for key in rest} == {key: OLD[key] for key in rest}


def test_what_the_bundle_does_not_have_is_refused_all_at_once():
    with pytest.raises(CopyFaulty) as refused:
        copied(OLD, {"nothing": "x"}, {"sign_from": 1, "fire_from": True}, {}, region="430800")

    assert {one.pointer: one.more["fault"] for one in refused.value.errors} == {
        "/items/nothing": "unknown-item",
        "/thresholds/sign_from": "unknown-threshold",
        "/thresholds/fire_from": "threshold-kind",
    }


def remarks(record: Record, *replaced: Any, known: Any = MappingProxyType({})) -> Any:
    return [(one.more["fault"], one.pointer) for one in unchanged(record, *replaced, known)]


def test_what_a_copy_leaves_as_it_was_is_named():
    assert remarks(OLD, {"licence": "l", "sign": "s"}, {}) == [
        ("kept-item", "/members/1/item"),
        ("kept-threshold", "/thresholds/fire_from"),
        ("number-in-condition", "/members/1/when"),
    ]
    named = OLD | {"members": [member("fire", when="area >= fire_from && sure")]}
    assert remarks(named, {"fire": "f"}, {"fire_from": 1}) == []
    hidden = OLD | {"members": [member("fire", when="size(premises) > 3")]}
    assert ("number-in-condition", "/members/0/when") in remarks(hidden, {}, {})


# --- the items' own thresholds -------------------------------------------------------------------


def signboard(value: float = 10.0, code: str = "sign", **more: Any) -> Record:
    needs = {"evidence": "report", "when": "area >= report_from"}
    own = [{"name": "report_from", "value": value}]
    return item(code, requirements=[needs], thresholds=own, **more)


def signboards(*items: Record) -> Any:
    report = {"code": "report", "name": "报告", "holder_kind": "enterprise"}
    return catalogue(*items, fields=(field("area", "number"),), types=(report,))


def asked(known: Any, area: float, **more: Any) -> list[str]:
    record = bundle(*(member(code) for code in known), questions=("area",), **more)
    return [one["evidence"] for one in plan_of(record, known, {"area": area})["materials"]]


def test_an_items_threshold_holds_unless_the_bundle_says_another():
    known = signboards(signboard())

    assert (asked(known, 9.9), asked(known, 10.0)) == ([], ["report"])
    there = {"thresholds": {"report_from": 5}}
    assert (asked(known, 4.9, **there), asked(known, 5.0, **there)) == ([], ["report"])


def test_why_a_material_is_asked_says_the_number():
    known = signboards(signboard())
    record = bundle(member("sign"), questions=("area",), thresholds={"report_from": 5})

    [material] = plan_of(record, known, {"area": 6.0})["materials"]

    assert material["why"][0]["answers"] == {"area": 6.0, "report_from": 5.0}


def test_two_items_that_disagree_are_told_until_the_bundle_says_which():
    known = signboards(signboard(), signboard(20.0, "banner"))
    record = bundle(member("sign"), member("banner"), questions=("area",))

    assert faults(record, known) == [("threshold-conflict", "/members/1/item")]
    assert asked(known, 12.0, thresholds={"report_from": 15}) == []


def test_a_threshold_of_an_item_has_no_name_of_a_field():
    known = signboards(item("sign", thresholds=[{"name": "area", "value": 1.0}]))

    told = faults(bundle(member("sign"), questions=("area",)), known)
    assert told == [("threshold-name", "/members/0/item")]


def test_a_copy_says_the_thresholds_of_its_items_too():
    known = signboards(signboard(), signboard(code="sign-430800"))
    record = bundle(member("sign"), questions=("area",))
    record.pop("thresholds", None)

    made = copied(record, {}, {"report_from": 5}, known, region="430800")
    other = copied(record, {"sign": "sign-430800"}, {"report_from": 5}, known, region="430800")

    assert made["thresholds"] == other["thresholds"] == {"report_from": 5}
    with pytest.raises(CopyFaulty):
        copied(record, {"sign": "unknown-there"}, {"report_from": 5}, known, region="430800")


def test_a_copy_that_keeps_an_item_is_told_of_its_threshold_and_of_its_bare_numbers():
    bare = {"evidence": "report", "when": "area >= 10.0 && area > 0.0"}
    known = signboards(signboard(), item("bare", requirements=[bare]))
    record = bundle(member("sign"), member("bare"), questions=("area",))

    assert remarks(record, {}, {}, known=known) == [
        ("kept-item", "/members/0/item"),
        ("kept-item", "/members/1/item"),
        ("kept-threshold", "/thresholds/report_from"),
        ("number-in-item", "/members/1/item"),
    ]
    assert remarks(record, {"bare": "b", "sign": "s"}, {}, known=known) == []
    assert remarks(record, {"bare": "b"}, {"report_from": 3}, known=known) == [
        ("kept-item", "/members/0/item")
    ]
