"""A larger catalogue: a company is founded, a restaurant opened, five departments asked at once.

founding    register (market, issues the licence) -> tax (tax), seal (police); the company is born
restaurant  check-1, check-2 (health, one per worker) -> permit (health); fire (fire, from 300 m²)
five        five departments that wait for nobody, each with a policy of its own
"""

from typing import Any

REGION = "430700"
DEPARTMENTS = {
    "market": "市场监管局",
    "fire": "消防救援大队",
    "health": "卫生健康局",
    "tax": "税务局",
    "police": "公安局",
}
FIELDS: dict[str, dict[str, Any]] = {
    "applicant_name": {"name": "申请人姓名", "type": "text", "personal": True},
    "applicant_id_number": {"name": "身份证号", "type": "id_number", "personal": True},
    "applicant_phone": {"name": "手机号", "type": "phone", "personal": True},
    "enterprise_name": {"name": "企业名称", "type": "text", "rule": {"max_length": 80}},
    "credit_code": {"name": "统一社会信用代码", "type": "credit_code"},
    "area": {"name": "面积", "type": "number", "rule": {"minimum": 1, "maximum": 100000}},
    "premises": {"name": "经营场所", "type": "text"},
    "worker_count": {"name": "从业人员数", "type": "integer"},
    "person_name": {"name": "姓名", "type": "text", "personal": True},
    "person_id_number": {"name": "身份证号", "type": "id_number", "personal": True},
    "workers": {"name": "从业人员", "type": "list", "of": ["person_name", "person_id_number"]},
    "certificate_number": {"name": "证书编号", "type": "text"},
}
ENTERPRISE = {"holder_kind": "enterprise"}
EVIDENCE: dict[str, dict[str, Any]] = {
    "business-licence": ENTERPRISE
    | {
        "name": "营业执照",
        "content": ["enterprise_name", "credit_code"],
        "identifies": "credit_code",
    },
    "tax-registration": ENTERPRISE | {"name": "税务登记", "content": ["certificate_number"]},
    "lease": ENTERPRISE | {"name": "租赁合同", "subject_field": "premises"},
    "hygiene-promise": ENTERPRISE | {"name": "卫生承诺书"},
    "food-permit": ENTERPRISE
    | {
        "name": "食品经营许可证",
        "content": ["certificate_number", "enterprise_name"],
        "subject_field": "premises",
    },
    "health-certificate": {
        "name": "健康证明",
        "holder_kind": "person",
        "content": ["certificate_number", "person_name"],
    },
}


def item(name: str, department: str, *fields: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "department": department,
        "region": REGION,
        "promised": {"value": 2, "unit": "working_day"},
        "visits": 1,
        "fields": [{"field": field} for field in fields],
    } | more


ITEMS: dict[str, dict[str, Any]] = {
    "company-registration": item(
        "企业设立登记",
        "market",
        "enterprise_name",
        "applicant_name",
        "applicant_id_number",
        "applicant_phone",
        issues="business-licence",
    ),
    "tax-registration": item(
        "税务登记",
        "tax",
        "enterprise_name",
        requirements=[{"evidence": "business-licence"}],
        issues="tax-registration",
    ),
    "seal-registration": item(
        "印章备案",
        "police",
        "enterprise_name",
        requirements=[{"evidence": "business-licence"}],
    ),
    "health-check": item(
        "健康检查", "health", "worker_count", "workers", issues="health-certificate"
    ),
    "food-permit": item(
        "食品经营许可",
        "health",
        "enterprise_name",
        "credit_code",
        "premises",
        requirements=[
            {"evidence": "lease"},
            {"evidence": "health-certificate", "whose": "anyone"},
            {"evidence": "hygiene-promise", "source": "commitment"},
        ],
        issues="food-permit",
    ),
    "fire-safety": item(
        "消防安全检查", "fire", "area", "premises", requirements=[{"evidence": "lease"}]
    ),
} | {f"ask-{code}": item(f"征求{name}", code, "area") for code, name in DEPARTMENTS.items()}

HANDLER = {
    "kind": "person",
    "who": "applicant",
    "name_field": "applicant_name",
    "number_field": "applicant_id_number",
}
FOUNDING: dict[str, Any] = {
    "name": "开办企业",
    "region": REGION,
    "lead_department": "market",
    "audience": "enterprise",
    "parties": [
        HANDLER | {"role": "founder"},
        {
            "role": "company",
            "kind": "enterprise",
            "who": "born",
            "name_field": "enterprise_name",
        },
    ],
    "holder": "company",
    "members": [
        {
            "member": "register",
            "item": "company-registration",
            "holder": "company",
            "on_refusal": "stop",
        },
        {"member": "tax", "item": "tax-registration", "holder": "company"},
        {"member": "seal", "item": "seal-registration", "holder": "company"},
    ],
}
RESTAURANT: dict[str, Any] = {
    "name": "开办餐饮店",
    "region": REGION,
    "lead_department": "market",
    "audience": "enterprise",
    "parties": [
        {"role": "handler", "kind": "person", "who": "applicant"},
        {
            "role": "company",
            "kind": "enterprise",
            "who": "named",
            "name_field": "enterprise_name",
            "number_field": "credit_code",
        },
        {
            "role": "worker",
            "kind": "person",
            "who": "entry",
            "list": "workers",
            "name_field": "person_name",
            "number_field": "person_id_number",
        },
    ],
    "holder": "company",
    "questions": [
        {"field": "premises", "text": "在哪里？"},
        {"field": "area", "text": "面积多大？"},
        {"field": "worker_count", "text": "几个人？"},
    ],
    "members": [
        {
            "member": "check",
            "item": "health-check",
            "holder": "worker",
            "repeat": {"count": "worker_count", "list": "workers"},
        },
        {"member": "permit", "item": "food-permit", "holder": "company"},
        {"member": "fire", "item": "fire-safety", "holder": "company", "when": "area >= 300.0"},
    ],
}


def five(*departments: str, **policies: str) -> dict[str, Any]:
    """Departments (all five where none is named) that answer side by side; `continue` unless
    `policies` say otherwise."""
    return {
        "name": "多部门联办",
        "region": REGION,
        "lead_department": "market",
        "audience": "person",
        "parties": [{"role": "owner", "kind": "person", "who": "applicant"}],
        "holder": "owner",
        "questions": [{"field": "area", "text": "面积多大？"}],
        "members": [
            {
                "member": code,
                "item": f"ask-{code}",
                "holder": "owner",
                "on_refusal": policies.get(code, "continue"),
            }
            for code in departments or DEPARTMENTS
        ],
    }


def id_number(sequence: int) -> str:
    """The n-th invented person's number, with its right last character."""
    first = f"430700{1950 + sequence // 900}0101{sequence % 900 + 100:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True))
    return first + "10X98765432"[total % 11]


def credit_code(sequence: int) -> str:
    """The n-th invented enterprise's code."""
    first, letters = f"91430700{sequence:09d}", "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(letters.index(char) * pow(3, n, 31) for n, char in enumerate(first))
    return first + letters[-total % 31]
