"""Every contradiction of an item is named, where it stands, in Chinese and English."""

from typing import Any

import pytest

from deploy.example import district
from services.catalog.records.rules import RecordFaulty, Vocabulary, check_item, item_flaws
from services.contracts import FieldDefinition, ItemDefinition
from tests.catalog.records import (
    DAYS,
    INSPECTION,
    INSTANT,
    KNOWN,
    PROMISE,
    code,
    days,
    item,
    need,
    told,
)


def ruled(rule: str) -> dict[str, Any]:
    return INSTANT | {"instant": {"rule": rule}}


LATER: dict[str, Any] = {
    "fields": [{"field": "area"}, {"field": "purpose"}],
    "requirements": [{"evidence": "plan", "when": 'area < 50.0 && purpose == "sealed"'}],
    "issues": "permit",
    "validity": {"value": 5},
    "later_filings": [
        {"kind": "renewal", "fields": ["area"], "evidence": ["plan"], "days_before": 60},
        {"kind": "change", "fields": ["purpose"]},
        {"kind": "replacement"},
    ],
}


def later(*offered: dict[str, Any], **more: Any) -> dict[str, Any]:
    return LATER | {"later_filings": list(offered)} | more


RIGHT: dict[str, dict[str, Any]] = {
    "the least": {},
    "an instant item": INSTANT,
    "entrusted": {"power_source": "entrusted", "entrusted_by": "city"},
    "a licence and its law": {"legal": days(90), "legal_basis": "某条例第九条"},
    "twenty and ten": {"legal": days(20), "extension": days(10)},
    "jointly": {"legal": days(45), "extension": days(15), "joint_order": "某办〔2022〕1号"},
    "no licence": {"kind": "20", "legal": days(60), "extension": days(30)},
    "twice, on two conditions": {
        "requirements": [
            {"evidence": "plan", "when": "area < 50.0"},
            {"evidence": "plan", "when": "area >= 50.0"},
        ]
    },
    "what is asked later": LATER,
    "a literal that sounds like a field": need(when='purpose == "owner_phone"'),
    "10 digits": code("catalog-code", "0001310110"),
    "12 digits": code("catalog-code", "000131011000"),
    "24": code("task-code", "1143070000660000X4000131"),
    "36": code("task-code", "X" * 36),
    "a local code": code("local", "XK-00112-001"),
    "14 natural days where the law gives ten working days": {
        "legal": days(10),
        "promised": days(14, "natural_day"),
    },
}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("unknown-code", {"department": "nowhere"}, "/department"),
    ("unknown-code", {"issued_by": "nowhere", "issues": "permit"}, "/issued_by"),
    ("unknown-code", {"regulator": "nowhere"}, "/regulator"),
    (
        "unknown-code",
        {"entrusted_by": "nowhere", "power_source": "entrusted"},
        "/entrusted_by",
    ),
    ("unknown-code", {"joint_with": ["city", "nowhere"]}, "/joint_with/1"),
    ("duplicate-code", {"joint_with": ["city", "city"]}, "/joint_with/1"),
    ("joint-with-itself", {"joint_with": ["city", "market"]}, "/joint_with/1"),
    ("unknown-code", need(kept_by="nowhere"), "/requirements/0/kept_by"),
    ("unknown-code", need(evidence="nothing"), "/requirements/0/evidence"),
    ("unknown-code", {"issues": "nothing"}, "/issues"),
    ("unknown-code", {"fields": [{"field": "nothing"}]}, "/fields/0/field"),
    ("duplicate-code", {"fields": [{"field": "area"}, {"field": "area"}]}, "/fields/1/field"),
    ("duplicate-code", {"requirements": [{"evidence": "plan"}] * 2}, "/requirements/1/evidence"),
    ("duplicate-code", {"commitments": [PROMISE, PROMISE]}, "/commitments/1/code"),
    ("duplicate-code", {"situations": [{"code": "a", "name": "甲"}] * 2}, "/situations/1/code"),
    ("duplicate-code", {"fees": [{"name": "工本费"}] * 2}, "/fees/1/name"),
    ("duplicate-code", {"codes": code("local", "1")["codes"] * 2}, "/codes/1"),
    ("entrusting-missing", {"power_source": "entrusted_peer"}, "/entrusted_by"),
    ("entrusting-misplaced", {"entrusted_by": "city"}, "/entrusted_by"),
    (
        "entrusted-by-itself",
        {"power_source": "entrusted", "entrusted_by": "market"},
        "/entrusted_by",
    ),
    ("unknown-kind", {"kind": "1"}, "/kind"),
    ("unknown-kind", {"kind": "11"}, "/kind"),
    ("nobody-served", {"audience": []}, "/audience"),
    ("no-channel", {"channels": []}, "/channels"),
    ("slower-than-the-law", {"legal": days(4)}, "/promised"),
    ("slower-than-the-law", {"legal": days(39, "hour")}, "/promised"),
    ("slower-than-the-law", {"legal": days(6, "natural_day")}, "/promised"),
    ("extension-without-limit", {"extension": days(1)}, "/extension"),
    ("extension-beyond-the-law", {"legal": days(20), "extension": days(11)}, "/extension"),
    ("extension-beyond-the-law", {"legal": days(20), "extension": days(15)}, "/extension"),
    (
        "extension-beyond-the-law",
        {"legal": days(45), "extension": days(16), "joint_order": "某办〔2022〕1号"},
        "/extension",
    ),
    ("limit-beyond-the-law", {"legal": days(21)}, "/legal"),
    (
        "limit-beyond-the-law",
        {"legal": days(46), "joint_order": "某办〔2022〕1号", "legal_basis": "某法"},
        "/legal",
    ),
    ("unknown-field", ruled("sealed"), "/instant/rule"),
    ("unknown-field", ruled("nothing > 1"), "/instant/rule"),
    ("unknown-field", ruled("nothing.size > 1.0"), "/instant/rule"),
    ("personal-field", ruled('owner_phone == "1"'), "/instant/rule"),
    ("list-field", ruled("workers.size() > 1"), "/instant/rule"),
    ("faulty-condition", ruled("area >"), "/instant/rule"),
    ("faulty-condition", ruled("area > 50"), "/instant/rule"),
    ("faulty-condition", ruled("area"), "/instant/rule"),
    ("faulty-condition", ruled("(" * 400), "/instant/rule"),
    (
        "unknown-commitment",
        INSTANT | {"commitments": [PROMISE | {"code": "other"}]},
        "/instant/commitment",
    ),
    ("unknown-commitment", need(commitment="hygiene"), "/requirements/0/commitment"),
    ("instant-without-supervision", INSTANT | {"supervision": []}, "/supervision"),
    ("instant-without-regulator", INSTANT | {"regulator": None}, "/regulator"),
    ("supervision-without-regulator", {"supervision": [INSPECTION]}, "/regulator"),
    (
        "nothing-to-verify",
        {"supervision": [INSPECTION | {"kind": "verify_commitment"}], "regulator": "health"},
        "/supervision/0/kind",
    ),
    (
        "duty-after-nothing",
        {"supervision": [INSPECTION | {"after": "verify_commitment"}], "regulator": "health"},
        "/supervision/0/after",
    ),
    (
        "share-misplaced",
        {"supervision": [INSPECTION | {"share": 0.5}], "regulator": "health"},
        "/supervision/0/share",
    ),
    ("deferral-misplaced", need(deferral=DAYS), "/requirements/0/deferral"),
    ("register-misplaced", need(register_name="登记库"), "/requirements/0/register_name"),
    (
        "needs-what-it-issues",
        {"issues": "plan", "requirements": [{"evidence": "plan"}]},
        "/issues",
    ),
    ("validity-without-result", {"validity": {"value": 5}}, "/validity"),
    ("issued-by-without-result", {"issued_by": "city"}, "/issued_by"),
    (
        "reduction-misplaced",
        {"fees": [{"name": "工本费", "reduction_basis": "某文"}]},
        "/fees/0/reduction_basis",
    ),
    ("unknown-source", code("somewhere", "1"), "/codes/0/system"),
    ("malformed-code", code("catalog-code", "00013101100"), "/codes/0/value"),
    ("malformed-code", code("catalog-code", "000131011000\n"), "/codes/0/value"),
    ("malformed-code", code("catalog-code", "００01310110"), "/codes/0/value"),
    ("malformed-code", code("task-code", "x" * 24), "/codes/0/value"),
    ("malformed-code", code("task-code", "1" * 25), "/codes/0/value"),
    ("malformed-code", code("handling-item", "a 1"), "/codes/0/value"),
    ("malformed-code", code("local", "地方"), "/codes/0/value"),
    ("code-taken", code("task-code", "T" * 24), "/codes/0/value"),
    ("personal-field", need(when='owner_phone == "1"'), "/requirements/0/when"),
    ("unknown-field", {"fields": [{"field": "area", "when": "nothing"}]}, "/fields/0/when"),
    (
        "faulty-condition",
        {"situations": [{"code": "a", "name": "甲", "when": "sealed ="}]},
        "/situations/0/when",
    ),
    (
        "later-filing-without-result",
        later({"kind": "change"}, issues=None, validity=None),
        "/later_filings",
    ),
    ("duplicate-code", later({"kind": "change"}, {"kind": "change"}), "/later_filings/1/kind"),
    ("renewal-without-end", later({"kind": "renewal"}, validity=None), "/later_filings/0/kind"),
    ("renewal-only", later({"kind": "change", "days_before": 9}), "/later_filings/0/days_before"),
    (
        "renewal-only",
        later({"kind": "replacement", "deemed_consent": "某法"}),
        "/later_filings/0/deemed_consent",
    ),
    (
        "not-asked-at-all",
        later({"kind": "change", "fields": ["workers"]}),
        "/later_filings/0/fields/0",
    ),
    (
        "not-asked-at-all",
        later({"kind": "change", "evidence": ["permit"]}),
        "/later_filings/0/evidence/0",
    ),
    (
        "duplicate-code",
        later({"kind": "change", "fields": ["area", "area"]}),
        "/later_filings/0/fields/1",
    ),
    (
        "condition-unfed",
        later({"kind": "renewal", "evidence": ["plan"]}, fields=[{"field": "area"}]),
        "/later_filings/0",
    ),
]


@pytest.mark.parametrize("record", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_let_through(record: dict[str, Any]):
    assert told(**record) == []


@pytest.mark.parametrize(("fault", "record", "where"), WRONG)
def test_a_contradiction_is_named_where_it_stands(fault, record, where):
    assert told(**record) == [(fault, where)]


def test_all_contradictions_are_told_at_once():
    record = item(kind="x", regulator="nowhere", legal=days(1), validity={"value": 1})

    with pytest.raises(RecordFaulty) as refused:
        check_item(record, KNOWN)

    faults = {flaw.more["fault"] for flaw in refused.value.errors}
    assert faults == {
        "unknown-kind",
        "unknown-code",
        "slower-than-the-law",
        "validity-without-result",
    }


def test_every_item_of_the_example_district_makes_sense():
    whole = district.by_code(district.fields())
    fields = {}
    for field, record in whole.items():
        own = {k: v for k, v in record.items() if k not in ("code", "region", "source_note")}
        fields[field] = FieldDefinition.model_validate(own).model_dump()
    known = Vocabulary(
        departments=district.by_code((district.table("departments.json"),)),
        fields=fields,
        evidence=district.by_code(district.evidence_types()),
    )

    faults = {}
    for name, record in district.by_code(district.items()).items():
        own = {k: v for k, v in record.items() if k != "code"}
        whole_record = ItemDefinition.model_validate(own).model_dump(mode="json")
        if flaws := item_flaws(whole_record, known):
            faults[name] = [(flaw.more["fault"], flaw.pointer) for flaw in flaws]
    assert faults == {}


def limit(name: str, value: float = 300) -> dict[str, Any]:
    return {"thresholds": [{"name": name, "value": value}]}


@pytest.mark.parametrize("value", [300, 300.0, 299.5])
def test_a_condition_names_a_threshold_of_its_item(value: float):
    assert told(**limit("fire_from", value), **need(when="area >= fire_from")) == []


def test_a_condition_names_no_threshold_that_its_item_does_not_have():
    assert told(**need(when="area >= fire_from")) == [
        ("unknown-field", "/requirements/0/when"),
    ]


def test_a_threshold_fits_what_it_is_compared_with_or_the_condition_is_faulty():
    assert told(**limit("fire_from"), **need(when="purpose == fire_from")) == [
        ("faulty-condition", "/requirements/0/when"),
    ]
    whole = {"thresholds": [{"name": "many", "value": 3}, {"name": "large", "value": 2.5}]}
    assert told(**whole, **need(when="area >= large && area >= many")) == []


def test_a_threshold_has_a_name_of_its_own():
    twice = {"thresholds": [{"name": "a_b", "value": 1}, {"name": "a_b", "value": 2}]}
    assert told(**twice) == [("duplicate-code", "/thresholds/1/name")]
    assert told(**limit("area")) == [("threshold-name", "/thresholds/0/name")]
