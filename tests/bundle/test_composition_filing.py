"""A filing against its plan: complete, fitting, nothing extra, and no value ever repeated."""

import pytest

from services.bundle.composition.rules import FilingIncomplete, Held, check_filing
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    bundle,
    catalogue,
    evidence,
    field,
    item,
    member,
    need,
    plan_of,
)

ID_NUMBER = "11010519491231002X"
CREDIT_CODE = "91350100M000100Y43"

FIELDS = (
    field("area", "number", rule={"minimum": 1}),
    field("worker_count", "integer"),
    field("workers", "list", of=["person_name", "person_id_number"]),
    field("person_name", personal=True, rule={"max_length": 10}),
    field("person_id_number", "id_number", personal=True),
    field("phone", "phone", personal=True),
    field("credit_code", "credit_code"),
    field("opening", "date"),
    field("dishes", "list", of=["dish"], rule={"maximum": 2}),
    field("dish"),
)
OPTIONAL = ("opening", "dishes")

PLAN = plan_of(
    bundle(
        member("food"),
        member("health", "worker", repeat={"count": "worker_count", "list": "workers"}),
        member("licence"),
        questions=("area", "worker_count"),
        parties=[APPLICANT, COMPANY, WORKER],
    ),
    catalogue(
        item(
            "food",
            fields=[
                {"field": code, "required": code not in OPTIONAL}
                for code in ("area", "phone", "credit_code", "opening", "dishes")
            ],
            requirements=[
                need("layout"),
                need("menu", deferrable=True),
                need("hygiene", source="commitment"),
                need("permit"),
                need("register", source="register"),
                need("lease"),
            ],
        ),
        item("health", fields=[{"field": "workers"}]),
        item("licence", issues="permit"),
        fields=FIELDS,
        types=tuple(
            map(evidence, ("layout", "menu", "hygiene", "permit", "register", "lease", "other"))
        ),
    ),
    {"area": 80, "worker_count": 2},
    (Held("h", "lease", "company", "A"),),
)

WORKERS = [
    {"person_name": "张三", "person_id_number": ID_NUMBER},
    {"person_name": "李四", "person_id_number": ID_NUMBER.lower()},
]
FORM = {"phone": "13800138000", "credit_code": CREDIT_CODE, "workers": WORKERS}
MATERIALS = {"layout:company": ["u1"], "hygiene:company": []}


def flaws(form=None, materials=None):
    """Pointer -> fault, for this filing."""
    with pytest.raises(FilingIncomplete) as refused:
        check_filing(
            PLAN, FORM if form is None else form, MATERIALS if materials is None else materials
        )
    return {flaw.pointer: flaw.more["fault"] for flaw in refused.value.errors}


def test_a_complete_filing_is_kept_with_its_answers_filled_in_and_its_numbers_normalised():
    assert check_filing(PLAN, FORM, MATERIALS) == {
        "area": 80.0,
        "phone": "13800138000",
        "credit_code": CREDIT_CODE,
        "workers": [
            {"person_name": "张三", "person_id_number": ID_NUMBER},
            {"person_name": "李四", "person_id_number": ID_NUMBER},
        ],
    }


def test_everything_missing_is_told_at_once():
    assert flaws({}, {}) == {
        "/form/phone": "missing-field",
        "/form/credit_code": "missing-field",
        "/form/workers": "missing-field",
        "/materials/layout:company": "missing-material",
        "/materials/hygiene:company": "missing-commitment",
    }


@pytest.mark.parametrize("blank", [None, "", "  \t"])
def test_a_blank_is_no_value(blank):
    assert flaws(FORM | {"phone": blank}) == {"/form/phone": "missing-field"}
    assert "opening" not in check_filing(PLAN, FORM | {"opening": blank}, MATERIALS)


def test_what_is_optional_must_still_fit():
    assert flaws(FORM | {"opening": "tomorrow"}) == {"/form/opening": "wrong-field"}


def test_a_field_the_plan_does_not_ask_is_refused():
    assert flaws(FORM | {"favourite/colour": "red"}) == {"/form/favourite~1colour": "unknown-field"}


def test_a_value_must_not_contradict_the_answers():
    assert check_filing(PLAN, FORM | {"area": 80}, MATERIALS)["area"] == 80
    assert flaws(FORM | {"area": 90}) == {"/form/area": "contradicts-answer"}


@pytest.mark.parametrize("workers", [WORKERS[:1], [*WORKERS, WORKERS[0]], {}, "two", 2])
def test_a_list_has_as_many_entries_as_was_answered(workers):
    assert flaws(FORM | {"workers": workers}) == {"/form/workers": "wrong-field"}


def test_every_field_of_every_entry_is_checked():
    odd = [{"person_name": "一二三四五六七八九十百", "age": 3}, ["李四"]]
    assert flaws(FORM | {"workers": odd}) == {
        "/form/workers/0/person_name": "wrong-field",
        "/form/workers/0/person_id_number": "missing-field",
        "/form/workers/0/age": "unknown-field",
        "/form/workers/1": "wrong-field",
    }


def test_a_free_list_keeps_to_its_own_bounds():
    two = [{"dish": "面"}, {"dish": "饭"}]
    assert check_filing(PLAN, FORM | {"dishes": two}, MATERIALS)["dishes"] == two
    assert flaws(FORM | {"dishes": [*two, {"dish": "汤"}]}) == {"/form/dishes": "wrong-field"}


def test_a_deferrable_material_may_come_later():
    assert check_filing(PLAN, FORM, MATERIALS | {"menu:company": ["u2"]})
    assert check_filing(PLAN, FORM, MATERIALS | {"menu:company": []})


def test_a_material_without_an_upload_is_missing():
    assert flaws(materials=MATERIALS | {"layout:company": []}) == {
        "/materials/layout:company": "missing-material"
    }


def test_a_commitment_takes_no_upload():
    assert flaws(materials=MATERIALS | {"hygiene:company": ["u3"]}) == {
        "/materials/hygiene:company": "commitment-upload"
    }


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("permit:company", "it is issued on the way"),
        ("register:company", "a register answers it"),
        ("lease:company", "it is held already"),
    ],
)
def test_what_must_not_be_asked_must_not_be_handed_in(key, why):
    with pytest.raises(FilingIncomplete) as refused:
        check_filing(PLAN, FORM, MATERIALS | {key: ["u4"]})
    [flaw] = refused.value.errors
    assert flaw.more == {"fault": "material-not-asked", "material": key}
    assert why in flaw.en


def test_an_unknown_material_is_refused():
    assert flaws(materials=MATERIALS | {"other:company": ["u5"]}) == {
        "/materials/other:company": "unknown-material"
    }


def test_no_message_repeats_a_value():
    canary = "430702199001011234"
    form = {
        "phone": canary,
        "credit_code": canary,
        "opening": canary,
        "area": canary,
        "workers": [{"person_name": canary, "person_id_number": canary}] * 2,
    }
    with pytest.raises(FilingIncomplete) as refused:
        check_filing(PLAN, form, MATERIALS)
    assert len(refused.value.errors) == 8
    assert canary not in str([(f.zh, f.en, f.more) for f in refused.value.errors])
