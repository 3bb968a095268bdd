"""Publishing refuses codes and conditions that could never work, and names every fault."""

import pytest

from services.bundle.composition.rules import BundleFaulty, UnknownItem
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    bundle,
    catalogue,
    evidence,
    faults,
    field,
    item,
    member,
    need,
    published,
)
from tests.bundle.publishable import FIELDS, TYPES, items, shop


def test_a_sound_bundle_is_published():
    record = bundle(member("shop", when="area >= 300.0"), questions=("area",))
    assert published(record, items()).bundle.code == "thing"


def test_an_item_that_is_not_known_yet_is_asked_again_later():
    record = bundle(member("shop"), member("stranger"), member("other"))
    with pytest.raises(UnknownItem) as refused:
        published(record, items())
    assert refused.value.retry_after == 2
    assert [flaw.pointer for flaw in refused.value.errors] == ["/members/1/item", "/members/2/item"]


def test_all_faults_are_told_at_once():
    record = bundle(
        member("shop", when="aera > 3.0", holder="nobody"),
        questions=("area", "area"),
        edges=[{"from": "shop", "to": "shop", "state": "decided"}],
    )
    assert faults(record, items()) == [
        ("duplicate", "/questions/1/field"),
        ("unknown-role", "/members/0/holder"),
        ("faulty-condition", "/members/0/when"),
        ("cycle", "/members"),
    ]


def test_unknown_fields_and_evidence_types_of_an_item_are_named():
    broken = item("broken", fields=[{"field": "nothing"}], requirements=[need("paper")], issues="x")
    assert faults(bundle(member("shop"), member("broken")), items(broken)) == [
        ("unknown-field", "/members/1/item"),
        ("unknown-evidence", "/members/1/item"),
        ("unknown-evidence", "/members/1/item"),
    ]


def test_a_question_needs_a_known_field():
    assert faults(bundle(member("shop"), questions=("colour",)), items()) == [
        ("unknown-field", "/questions/0/field")
    ]


def test_a_question_never_asks_for_personal_data():
    record = bundle(member("shop"), questions=("person_name",))
    assert faults(record, items()) == [("personal-question", "/questions/0/field")]


def test_a_list_is_no_question():
    record = bundle(member("shop"), questions=("workers",))
    assert faults(record, items()) == [("list-question", "/questions/0/field")]


def test_edges_join_known_members():
    edges = [{"from": "shop", "to": "nobody", "state": "decided"}]
    assert faults(bundle(member("shop"), edges=edges), items()) == [
        ("unknown-member", "/edges/0/to")
    ]


def test_names_are_there_once():
    record = bundle(
        member("shop"),
        member("shop"),
        parties=[APPLICANT, COMPANY, COMPANY],
        edges=[{"from": "shop", "to": "x", "state": "decided"}] * 2,
    )
    found = [where for name, where in faults(record, items()) if name == "duplicate"]
    assert found == ["/parties/2/role", "/members/1/member", "/edges/1/from"]


def test_a_member_must_not_bear_the_name_of_a_repeat():
    check = member("shop", holder="worker", repeat={"count": "worker_count", "list": "workers"})
    record = bundle(
        check,
        member("shop", member="shop-2"),
        questions=("worker_count",),
        parties=[APPLICANT, COMPANY, WORKER],
    )
    assert faults(record, items()) == [("duplicate", "/members/1/member")]


def test_a_subject_that_nothing_asks_is_refused():
    fire = item("fire", requirements=[need("fire-paper")])
    known = catalogue(fire, fields=FIELDS, types=(evidence("fire-paper", subject="area"),))
    assert faults(bundle(member("fire")), known) == [("subject-not-asked", "/members/0/item")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (field("x"), field("x", "integer")),
        (
            field("x", "number", rule={"minimum": 10}),
            field("x", "number", rule={"maximum": 9}),
        ),
        (
            field("x", "integer", rule={"minimum": 1.2}),
            field("x", "integer", rule={"maximum": 1.8}),
        ),
        (
            field("x", "choice", rule={"options": [{"value": "a", "name": "A"}]}),
            field("x", "choice", rule={"options": [{"value": "b", "name": "B"}]}),
        ),
        (
            field("x", "choice", rule={"options": [{"value": "long", "name": "A"}]}),
            field("x", "choice", rule={"max_length": 2}),
        ),
        (field("x"), field("x", rule={"pattern": "(a"})),
    ],
)
def test_definitions_that_leave_no_value_are_a_conflict(one, other):
    first = catalogue(item("first", fields=[{"field": "x"}]), fields=(one,))
    second = catalogue(item("second", fields=[{"field": "x"}]), fields=(other,))
    with pytest.raises(BundleFaulty) as refused:
        published(bundle(member("first"), member("second")), first | second)
    conflict = refused.value.errors[0]
    assert (conflict.pointer, conflict.more) == (
        "/members/1/item",
        {"fault": "conflicting-field", "field": "x"},
    )


def joined(one, other):
    first = catalogue(item("first", fields=[{"field": "x"}]), fields=(one,))
    second = catalogue(item("second", fields=[{"field": "x"}]), fields=(other,))
    return published(bundle(member("first"), member("second")), first | second).fields["x"]


def test_definitions_that_differ_are_joined_to_the_strictest():
    text = joined(
        field("x", rule={"max_length": 9, "pattern": "a.*"}),
        field("x", personal=True, rule={"max_length": 5, "pattern": ".*b"}),
    )
    assert text.personal
    assert (text.rule.max_length, text.rule.patterns) == (5, ("a.*", ".*b"))
    number = joined(
        field("x", "number", rule={"minimum": 1, "maximum": 8}),
        field("x", "number", rule={"minimum": 2, "maximum": 9}),
    )
    assert (number.rule.minimum, number.rule.maximum) == (2, 8)
    options = [{"value": value, "name": value} for value in "abc"]
    choice = joined(
        field("x", "choice", rule={"options": options[:2]}),
        field("x", "choice", rule={"options": options[1:]}),
    )
    assert [option.value for option in choice.rule.options] == ["b"]


def test_an_evidence_type_has_one_kind_of_holder():
    first = catalogue(item("first", requirements=[need("p")]), types=(evidence("p"),))
    second = catalogue(
        item("second", requirements=[need("p")]), types=(evidence("p", kind="person"),)
    )
    record = bundle(member("first"), member("second"))
    assert faults(record, first | second) == [("conflicting-evidence", "/members/1/item")]


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("aera >= 300.0", "faulty-condition"),
        ("area >= 'x'", "faulty-condition"),
        ("area >", "faulty-condition"),
        ("area + 1.0", "faulty-condition"),
        ("dyn(area)", "faulty-condition"),
        ("worker_count > 3", "unfed-condition"),
        ("false", "unreachable"),
        ("area > 1.0 && false", "unreachable"),
        ("kind == 'cold'", "unreachable"),
    ],
)
def test_a_condition_that_cannot_work_is_refused(condition, fault):
    record = bundle(member("shop", when=condition), questions=("area", "kind"))
    assert faults(record, items()) == [(fault, "/members/0/when")]


def test_a_condition_inside_an_item_must_be_fed_too():
    known = items(requirements=[need("permit", when="worker_count > 3")])
    assert faults(bundle(member("shop")), known) == [("unfed-condition", "/members/0/item")]
    assert published(bundle(member("shop"), questions=("worker_count",)), known)


def test_a_bundle_of_nothing_is_refused():
    assert faults(bundle(), {}) == [("no-members", "/members")]


@pytest.mark.parametrize(
    ("of", "told"),
    [([], "has no fields"), (["ghost"], "unknown field ghost"), (["workers"], "a list workers")],
)
def test_a_list_has_plain_known_fields(of, told):
    broken = (*FIELDS, field("things", "list", of=of))
    known = catalogue(
        shop(), item("list", fields=[{"field": "things"}]), fields=broken, types=TYPES
    )
    with pytest.raises(BundleFaulty) as refused:
        published(bundle(member("shop"), member("list")), known)
    [flaw] = refused.value.errors
    assert flaw.more["fault"] == "faulty-list"
    assert told in flaw.en
