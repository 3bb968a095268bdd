"""The data files make sense together, before any service sees them."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from cel_expr_python import cel

from deploy.example import district, generator
from deploy.example.demo import expectations

DEPARTMENTS = district.by_code((district.table("departments.json"),))
FIELDS = district.by_code(district.fields())
EVIDENCE = district.by_code(district.evidence_types())
ITEMS = district.by_code(district.items())
BUNDLES = district.by_code(district.bundles())
TABLES = [
    district.table("departments.json"),
    *district.fields(),
    *district.evidence_types(),
    *district.items(),
    *district.bundles(),
]
CEL = {"boolean": cel.Type.BOOL, "integer": cel.Type.INT, "number": cel.Type.DOUBLE}


DEMO = ("open-restaurant", "newborn", "start-company")


def test_there_is_enough_to_look_at() -> None:
    assert len(DEPARTMENTS) == 28
    assert len(ITEMS) >= 90
    assert len(BUNDLES) >= 12
    assert {*DEMO} <= set(BUNDLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_record_says_which_place_it_speaks_of_and_where_it_is_from(table) -> None:
    codes = [record["code"] for record in table.records]

    assert len(codes) == len(set(codes))
    for record in table.records:
        assert re.fullmatch(r"4307\d\d", record["region"]), record["code"]
        assert record["source_note"] and record["name"] and record["name_en"], record["code"]


@pytest.mark.parametrize("tables", [district.fields(), district.evidence_types(), district.items()])
def test_codes_are_defined_once_over_all_files(tables: tuple[district.Table, ...]) -> None:
    codes = [record["code"] for table in tables for record in table.records]

    assert len(codes) == len(set(codes))


def test_nothing_is_defined_that_nobody_uses() -> None:
    whole = [*ITEMS.values(), *generator.generated()]
    needed = {need["evidence"] for item in whole for need in item["requirements"]}
    issued = {item.get("issues") for item in ITEMS.values()}
    asked = {use["field"] for item in ITEMS.values() for use in item["fields"]}
    asked |= {question["field"] for bundle in BUNDLES.values() for question in bundle["questions"]}
    inside = {code for field in FIELDS.values() for code in field.get("of", ())}
    carried = {
        code
        for kind in EVIDENCE.values()
        for code in (*kind.get("content", ()), kind.get("subject_field"))
    }

    assert set(EVIDENCE) <= needed | issued
    assert set(FIELDS) <= asked | inside | carried


@pytest.mark.parametrize("code", ITEMS)
def test_an_item_names_only_what_is_defined(code: str) -> None:
    item = ITEMS[code]

    assert item["department"] in DEPARTMENTS
    assert {use["field"] for use in item["fields"]} <= set(FIELDS)
    assert {need["evidence"] for need in item["requirements"]} <= set(EVIDENCE)
    assert item.get("issues") in {None, *EVIDENCE}
    assert item["legal_basis"] and all(need["legal_basis"] for need in item["requirements"])


def test_evidence_and_lists_name_only_fields_that_are_defined() -> None:
    for kind in EVIDENCE.values():
        named = [*kind.get("content", ()), kind.get("subject_field"), kind.get("identifies")]
        assert {*named} <= {None, *FIELDS}, kind["code"]
        assert kind.get("identifies") in {None, *kind.get("content", ())}, kind["code"]
    for field in FIELDS.values():
        assert {*field.get("of", ())} <= set(FIELDS), field["code"]


def test_what_is_said_to_come_from_an_item_does() -> None:
    issued = {item.get("issues") for item in ITEMS.values()}
    orphans = {
        (item["code"], need["evidence"])
        for item in ITEMS.values()
        for need in item["requirements"]
        if need.get("source") == "item" and need["evidence"] not in issued
    }

    assert not orphans


@pytest.mark.parametrize("code", BUNDLES)
def test_a_bundle_names_only_what_is_defined(code: str) -> None:
    bundle = BUNDLES[code]
    members = {member["member"] for member in bundle["members"]}
    roles = {party["role"]: party for party in bundle["parties"]}

    assert bundle["lead_department"] in DEPARTMENTS
    assert {member["item"] for member in bundle["members"]} <= set(ITEMS)
    assert {end for edge in bundle["edges"] for end in (edge["from"], edge["to"])} <= members
    assert {question["field"] for question in bundle["questions"]} <= set(FIELDS)
    for member in bundle["members"]:
        issues = ITEMS[member["item"]].get("issues")
        holder = roles[member["holder"]]
        assert issues is None or EVIDENCE[issues]["holder_kind"] == holder["kind"], member


@pytest.mark.parametrize("code", DEMO)
def test_every_refusal_policy_occurs_in_each_bundle_of_the_demo(code: str) -> None:
    policies = {member["on_refusal"] for member in BUNDLES[code]["members"]}

    assert policies == {"stop", "continue", "ask"}


def conditions(bundle: dict[str, Any]) -> Iterator[str]:
    for member in bundle["members"]:
        item = ITEMS[member["item"]]
        for one in (member, *item["fields"], *item["requirements"]):
            if one.get("when"):
                yield one["when"]


@pytest.mark.parametrize("code", BUNDLES)
def test_conditions_read_only_questions_and_are_true_or_false(code: str) -> None:
    asked = [FIELDS[question["field"]] for question in BUNDLES[code]["questions"]]
    types = {field["code"]: CEL.get(field["type"], cel.Type.STRING) for field in asked}
    for name, value in expectations.thresholds(BUNDLES[code]).items():
        types[name] = cel.Type.DOUBLE if isinstance(value, float) else cel.Type.INT
    env = cel.NewEnv(variables=types)

    for condition in conditions(BUNDLES[code]):
        assert env.compile(condition).return_type() == cel.Type.BOOL, condition


@pytest.mark.parametrize("code", BUNDLES)
def test_no_question_is_personal(code: str) -> None:
    asked = [question["field"] for question in BUNDLES[code]["questions"]]

    assert not [field for field in asked if FIELDS[field].get("personal")]


STEPS = {"integer": 1, "number": 0.1}


def samples(field: dict[str, Any], read: list[str]) -> list[Any]:
    """Answers on both sides of every threshold that a condition sets, and on it."""
    rule = field.get("rule", {})
    if field["type"] == "choice":
        return [option["value"] for option in rule["options"]]
    if field["type"] not in STEPS:
        return {"boolean": [True, False], "text": ["同一处"]}[field["type"]]
    step = STEPS[field["type"]]
    pattern = rf"\b{field['code']} *[<>=]=? *([0-9.]+)"
    limits = {type(step)(limit) for text in read for limit in re.findall(pattern, text)}
    around = {round(limit + way * step, 1) for limit in limits for way in (-1, 0, 1)}
    around |= {type(step)(rule["minimum"]), type(step)(rule["minimum"]) + step}
    return sorted(one for one in around if rule["minimum"] <= one <= rule["maximum"])


def _in_numbers(text: str, thresholds: dict[str, Any]) -> str:
    for name, value in thresholds.items():
        text = re.sub(rf"\b{name}\b", str(value), text)
    return text


def combinations(code: str) -> Iterator[dict[str, Any]]:
    """All answers that differ for some condition, but those under which there is nothing to do."""
    bundle = BUNDLES[code]
    asked = [FIELDS[question["field"]] for question in bundle["questions"]]
    thresholds = expectations.thresholds(bundle)
    read = [_in_numbers(text, thresholds) for text in conditions(bundle)]
    for answers in itertools.product(*(samples(field, read) for field in asked)):
        given = {field["code"]: answer for field, answer in zip(asked, answers, strict=True)}
        known = thresholds | given
        if any(expectations.holds(member.get("when"), known) for member in bundle["members"]):
            yield given


@pytest.mark.parametrize("code", BUNDLES)
def test_no_answers_make_a_plan_slower_than_promised(code: str) -> None:
    promised = BUNDLES[code]["promised"]
    slowest = max(
        expectations.plan(code, answers).after["working_days"] for answers in combinations(code)
    )

    assert promised["unit"] == "working_day"
    assert slowest <= promised["value"]


def test_the_fire_check_begins_at_three_hundred_square_metres() -> None:
    answers = next(combinations("open-restaurant"))
    below = expectations.plan("open-restaurant", answers | {"business_area": 299.9})
    at = expectations.plan("open-restaurant", answers | {"business_area": 300.0})

    assert "fire-check" in below.left_out
    assert "fire-check" not in at.left_out
