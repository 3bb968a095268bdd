"""What the example's partner departments decide by: the data in a dossier, and nothing else.

Loaded by partner.py beside it; whoever copies that script for a department replaces this file.
The same dossier gets the same answer and the same numbers, whenever and however often it is asked.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Json = dict[str, Any]
REGION = "430799"


class Refusal(Exception):
    """A missing or wrong datum; the argument is the reason code."""


@dataclass(frozen=True)
class Case:
    """One approval as its desk sees it."""

    approval: str
    said: Json
    """What the applicant filled in, as far as the item asks it."""
    issued: dict[str, Json]
    """By evidence type, the content of the results that this approval builds on."""


@dataclass(frozen=True)
class Answer:
    verdict: str
    reason_code: str | None = None
    issuer_number: str = ""
    content: Json = field(default_factory=dict)
    valid_days: int | None = None


def demand(condition: object, reason_code: str) -> None:
    if not condition:
        raise Refusal(reason_code)


def digits(count: int, *parts: str) -> str:
    """Digits that depend on nothing but the parts: asked again, a certificate has its number."""
    drawn = int(hashlib.sha256("|".join(parts).encode()).hexdigest(), 16)
    return str(drawn)[-count:]


def id_check(first17: str) -> str:
    """The last character of an ID number (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first17, weights, strict=True))
    return "10X98765432"[total % 11]


def credit_check(first17: str) -> str:
    """The last character of a unified social credit code (GB 32100)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(letters.index(letter) * pow(3, place, 31) for place, letter in enumerate(first17))
    return letters[-total % 31]


# --- market supervision --------------------------------------------------------------------------


def check_licence(case: Case) -> Answer:
    code = case.said.get("credit_code", "")
    demand(len(code) == 18 and code[17] == credit_check(code[:17]), "credit-code-invalid")
    demand(case.said.get("legal_representative"), "legal-representative-missing")
    demand("餐饮" in case.said.get("business_scope", ""), "scope-lacks-catering")
    content = kept(case, "credit_code", "enterprise_name") | {"licence_status": "active"}
    return Answer("granted", None, "HY" + digits(12, case.approval), content)


def permit_food(case: Case) -> Answer:
    fact = case.issued.get("licence-fact", {})
    same = fact.get("credit_code") == case.said.get("credit_code")
    demand(fact.get("licence_status") == "active" and same, "licence-not-verified")
    certificate = case.said.get("food_safety_certificate_number", "")
    demand(re.fullmatch(r"SP\d{8}", certificate), "manager-certificate-invalid")
    number = "JY2" + REGION + digits(9, case.approval)
    content = {"permit_number": number}
    content |= kept(case, "enterprise_name", "premises_address", "food_category")
    return Answer("granted", None, number, content, valid_days=5 * 365)


def register_company(case: Case) -> Answer:
    name = case.said.get("enterprise_name", "")
    demand(name and not re.search("中国|国家", name), "name-restricted")
    demand(case.said.get("legal_representative"), "legal-representative-missing")
    first17 = "91" + REGION + "MA" + digits(7, name)
    content = {"credit_code": first17 + credit_check(first17)}
    content |= kept(case, "enterprise_name", "legal_representative", "business_scope")
    content |= kept(case, "premises_address")
    return Answer("granted", None, content["credit_code"], content)


# --- public security -----------------------------------------------------------------------------


def record_seal(case: Case) -> Answer:
    licence = case.issued.get("business-licence", {})
    name = case.said.get("enterprise_name")
    demand(licence.get("credit_code") and licence.get("enterprise_name") == name, "no-licence")
    demand("印章" in case.said.get("seal_engraver", ""), "engraver-not-on-file")
    number = REGION + digits(10, case.approval)
    content = {"seal_record_number": number} | kept(case, "enterprise_name", "seal_count")
    return Answer("granted", None, number, content)


def register_child(case: Case) -> Answer:
    birth, name = case.issued.get("birth-certificate", {}), case.said.get("child_name", "")
    certified = birth.get("birth_certificate_number") and birth.get("child_name") == name
    demand(certified, "birth-certificate-mismatch")
    demand(re.fullmatch(r"[\u4e00-\u9fff·]{2,20}", name), "name-not-registrable")
    sequence = int(digits(3, name, case.said["applicant_id_number"]))
    sequence += (case.said["child_gender"] == "male") - sequence % 2
    first17 = REGION + case.said["birth_date"].replace("-", "") + f"{sequence:03d}"
    household = digits(9, case.said["household_head"], case.said["household_address"])
    content = {"child_id_number": first17 + id_check(first17), "child_name": name}
    number = "HK" + digits(12, case.approval)
    return Answer("granted", None, number, content | {"household_number": household})


# --- health --------------------------------------------------------------------------------------


def register_birth(case: Case) -> Answer:
    parent = case.said.get("applicant_id_number", "")
    demand(len(parent) == 18 and parent[17] == id_check(parent[:17]), "id-number-invalid")
    number = "SY" + REGION + digits(10, case.approval)
    return Answer("granted", None, number, {"birth_registration_number": number})


def certify_birth(case: Case) -> Answer:
    record = case.said.get("delivery_record_number", "")
    demand(record.startswith("ZY"), "delivery-record-not-found")
    demand(date.fromisoformat(case.said["birth_date"]) <= date.today(), "birth-date-in-future")
    number = "V" + digits(9, case.approval)
    content = {"birth_certificate_number": number}
    content |= kept(case, "child_name", "child_gender", "birth_date")
    return Answer("granted", None, number, content)


def check_worker(case: Case) -> Answer:
    [worker] = case.said.get("workers") or [{}]
    identity = worker.get("person_id_number", "")
    demand(len(identity) == 18 and worker.get("person_name"), "worker-unknown")
    born = date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))
    demand((date.today() - born).days >= 16 * 365.25, "worker-under-age")
    number = "JK" + REGION + digits(10, case.approval)
    return Answer("granted", None, number, {"health_certificate_number": number}, valid_days=365)


def open_vaccination(case: Case) -> Answer:
    birth = case.issued.get("birth-certificate", {})
    demand(birth.get("birth_certificate_number"), "birth-certificate-missing")
    number = "YF" + digits(12, case.approval)
    return Answer("granted", None, number, {"vaccination_number": number})


def kept(case: Case, *names: str) -> Json:
    return {name: case.said[name] for name in names}


RULES: dict[str, Callable[[Case], Answer]] = {
    "licence-check": check_licence,
    "food-business-permit": permit_food,
    "company-registration": register_company,
    "seal-record": record_seal,
    "birth-household-registration": register_child,
    "birth-registration": register_birth,
    "birth-certificate-issue": certify_birth,
    "worker-health-check": check_worker,
    "vaccination-record-opening": open_vaccination,
}


def judge(item: str, case: Case) -> Answer:
    try:
        return RULES[item](case)
    except Refusal as refusal:
        return Answer("refused", str(refusal))
    except (KeyError, ValueError):
        return Answer("refused", "datum-missing")
