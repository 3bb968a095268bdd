"""Registers, levels of trust, and why each thing is asked."""

from typing import Any

import pytest

from services.bundle.composition.rules import compose, dossier_fields
from tests.bundle.bundles import bundle, catalogue, evidence, field, item, member, need, published
from tests.bundle.photos import thing


def test_the_plan_says_which_register_answers():
    check = item(
        "check",
        requirements=[need("layout", source="register", register_name="国家企业信用信息公示系统")],
    )
    plan = compose(thing(check), {})

    [entry] = [one for one in plan["not_asked"] if one["why"] == "register"]
    assert entry["register"] == "国家企业信用信息公示系统"
    assert entry["for"] == ["check"]


def test_two_registers_that_answer_the_same_are_both_named():
    one = item("one", requirements=[need("layout", source="register", register_name="甲")])
    two = item("two", requirements=[need("layout", source="register", register_name="乙")])
    plan = compose(thing(one, two), {})

    assert {e["register"]: e["for"] for e in plan["not_asked"]} == {"甲": ["one"], "乙": ["two"]}


def test_an_upload_for_what_needs_better_says_where_its_original_is_seen():
    window = {"place": "政务大厅3号窗口", "hours": "工作日 9:00-17:00", "phone": "0736-0"}
    plan = compose(thing(**window), {})

    originals = {one["evidence"]: one["original"] for one in plan["materials"]}
    assert originals["layout"] == originals["lease"] == []
    assert originals["report"] == [{"member": "fire", "department": "market"} | window]


@pytest.mark.parametrize(
    ("trust", "checked", "told"),
    [
        ("C", False, "to_be_checked"),
        ("D", False, "to_be_checked"),
        ("B", True, "checked"),
        ("A", False, None),
    ],
)
def test_a_desk_is_told_whether_the_original_was_seen(trust: str, checked: bool, told: Any):
    dossier = dossier_fields(compose(thing(), {}), "fire")

    assert dossier.original("report:company", trust, checked) == told
    assert dossier.original("lease:company", trust, checked) is None, "level C is enough there"
    assert dossier.original(None, trust, checked) is None, "what was issued is no upload"


def test_each_desk_is_told_by_what_its_own_item_takes():
    strict = item("strict", requirements=[need("lease", lowest_trust="B")])
    plan = compose(thing(strict), {})

    assert dossier_fields(plan, "fire").levels["lease:company"] == "C"
    assert dossier_fields(plan, "strict").levels["lease:company"] == "B"
    assert dossier_fields(plan, "fire").original("lease:company", "C", False) is None
    assert dossier_fields(plan, "strict").original("lease:company", "C", False) == "to_be_checked"


def test_everything_asked_says_why():
    """Who asks, on which legal basis, and by which of the answers."""
    small = item("small", requirements=[need("photo", when="area < 50.0")])
    uses = [{"field": "area", "legal_basis": "示例条例", "when": "area < 60.0"}]
    known = catalogue(
        small,
        item("all", fields=uses),
        fields=(field("area", "number"),),
        types=(evidence("photo"),),
    )
    record = bundle(member("small"), member("all"), questions=("area",))
    plan = compose(published(record, known), {"area": 20})

    [asks] = plan["materials"][0]["why"]
    assert asks == {
        "member": "small",
        "item": "small",
        "name": "事项 small",
        "legal_basis": "law on photo",
        "condition": "area < 50.0",
        "answers": {"area": 20.0},
        "source": "applicant",
        "lowest_trust": "C",
        "deferrable": False,
        "kept_by": None,
    }
    [asks] = plan["form"][0]["why"]
    assert (asks["legal_basis"], asks["answers"]) == ("示例条例", {"area": 20.0})
