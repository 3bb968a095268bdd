"""What the example's partners decide: from the dossier alone, and the same each time."""

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from deploy.example.demo import expectations, numbers
from deploy.example.demo.people import Town

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "example"))

from partner_rules import RULES, Case, judge  # noqa: E402

APPROVAL = "01890000-0000-7000-8000-000000000001"
TOWN = Town(seed=6)
MOTHER, COOK, COMPANY = TOWN.person(), TOWN.person(), TOWN.company("王宁")
BORN = (date.today() - timedelta(days=20)).isoformat()
CHILD = {"child_name": "王禾", "child_gender": "female", "birth_date": BORN}
LICENCE = {"credit_code": COMPANY.code, "enterprise_name": COMPANY.name}
BIRTH = CHILD | {"birth_certificate_number": "V123456789"}
PREMISES = {"premises_address": "沅芷区安宁路1号"}
GOOD: dict[str, Case] = {
    "licence-check": Case(
        APPROVAL, LICENCE | {"legal_representative": "王宁", "business_scope": "餐饮服务"}, {}
    ),
    "food-business-permit": Case(
        APPROVAL,
        LICENCE
        | PREMISES
        | {"food_category": "hot", "food_safety_certificate_number": "SP00000001"},
        {"licence-fact": LICENCE | {"licence_status": "active"}},
    ),
    "company-registration": Case(
        APPROVAL,
        PREMISES
        | {
            "enterprise_name": "沅芷区清川有限公司",
            "legal_representative": "王宁",
            "business_scope": "餐饮管理",
        },
        {},
    ),
    "seal-record": Case(
        APPROVAL,
        {"enterprise_name": COMPANY.name, "seal_engraver": "诚信印章店", "seal_count": 4},
        {"business-licence": LICENCE},
    ),
    "birth-household-registration": Case(
        APPROVAL,
        CHILD
        | {
            "applicant_id_number": MOTHER.number,
            "household_head": "王宁",
            "household_address": "沅芷区安宁路1号",
        },
        {"birth-certificate": BIRTH},
    ),
    "birth-registration": Case(
        APPROVAL, {"applicant_id_number": MOTHER.number, "child_order": 1}, {}
    ),
    "birth-certificate-issue": Case(APPROVAL, CHILD | {"delivery_record_number": "ZY00000001"}, {}),
    "worker-health-check": Case(
        APPROVAL,
        {"workers": [{"person_name": COOK.name, "person_id_number": COOK.number}]},
        {},
    ),
    "vaccination-record-opening": Case(APPROVAL, CHILD, {"birth-certificate": BIRTH}),
}
BAD = [
    ("licence-check", {"credit_code": COMPANY.code[:17] + "I"}, "credit-code-invalid"),
    ("licence-check", {"legal_representative": ""}, "legal-representative-missing"),
    ("licence-check", {"business_scope": "服装零售"}, "scope-lacks-catering"),
    ("food-business-permit", {"credit_code": "91"}, "licence-not-verified"),
    (
        "food-business-permit",
        {"food_safety_certificate_number": "无"},
        "manager-certificate-invalid",
    ),
    ("company-registration", {"enterprise_name": "中国清川有限公司"}, "name-restricted"),
    ("company-registration", {"legal_representative": None}, "legal-representative-missing"),
    ("seal-record", {"enterprise_name": "另一家"}, "no-licence"),
    ("seal-record", {"seal_engraver": "街边刻字摊"}, "engraver-not-on-file"),
    ("birth-household-registration", {"child_name": "王和"}, "birth-certificate-mismatch"),
    ("birth-registration", {"applicant_id_number": "110105194912310020"}, "id-number-invalid"),
    ("birth-certificate-issue", {"delivery_record_number": "无"}, "delivery-record-not-found"),
    ("birth-certificate-issue", {"birth_date": "2999-01-01"}, "birth-date-in-future"),
    ("worker-health-check", {"workers": []}, "worker-unknown"),
]


def test_every_rule_is_tried_here() -> None:
    assert set(GOOD) == set(RULES)


@pytest.mark.parametrize("item", GOOD)
def test_a_good_dossier_is_granted_with_just_the_content_its_evidence_carries(item: str) -> None:
    answer = judge(item, GOOD[item])
    kind = expectations.evidence_types()[expectations.items()[item]["issues"]]

    assert answer.verdict == "granted" and answer.issuer_number
    assert set(answer.content) == set(kind["content"])


@pytest.mark.parametrize("item", GOOD)
def test_asked_again_the_answer_is_the_same(item: str) -> None:
    assert judge(item, GOOD[item]) == judge(item, GOOD[item])


@pytest.mark.parametrize(("item", "wrong", "reason"), BAD)
def test_a_wrong_datum_is_refused_with_its_reason(item: str, wrong: dict, reason: str) -> None:
    case = GOOD[item]
    answer = judge(item, Case(case.approval, case.said | wrong, case.issued))

    assert (answer.verdict, answer.reason_code) == ("refused", reason)


@pytest.mark.parametrize("item", GOOD)
def test_an_empty_dossier_is_refused_and_breaks_nothing(item: str) -> None:
    answer = judge(item, Case(APPROVAL, {}, {}))

    assert answer.verdict == "refused" and answer.reason_code


def test_a_worker_under_sixteen_is_refused() -> None:
    child = TOWN.person(age=14)
    workers = {"workers": [{"person_name": child.name, "person_id_number": child.number}]}

    assert (
        judge("worker-health-check", Case(APPROVAL, workers, {})).reason_code == "worker-under-age"
    )


def test_a_name_that_cannot_be_registered_is_refused() -> None:
    odd = {"child_name": "王@小明"}
    case = GOOD["birth-household-registration"]
    birth = {"birth-certificate": BIRTH | odd}

    answer = judge("birth-household-registration", Case(APPROVAL, case.said | odd, birth))

    assert answer.reason_code == "name-not-registrable"


def test_the_demo_knows_beforehand_which_numbers_the_born_will_have() -> None:
    company, child = GOOD["company-registration"], GOOD["birth-household-registration"]

    registered = judge("company-registration", company).content["credit_code"]
    entered = judge("birth-household-registration", child).content["child_id_number"]

    assert registered == numbers.company_number(company.said)
    assert entered == numbers.child_number(child.said)
