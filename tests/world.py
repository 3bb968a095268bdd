"""A small town for tests: a shop is opened, three departments have a say.

licence-check (market) -> shop-permit (health) and fire-check (fire, from 300 m²)
"""

from typing import Any

REGION = "430700"
DEPARTMENTS = {"market": "市场监管局", "fire": "消防救援大队", "health": "卫生健康局"}
FIELDS: dict[str, dict[str, Any]] = {
    "applicant_name": {"name": "申请人姓名", "type": "text", "personal": True},
    "applicant_id_number": {"name": "身份证号", "type": "id_number", "personal": True},
    "shop_name": {"name": "店名", "type": "text", "rule": {"max_length": 40}},
    "area": {"name": "面积", "type": "number", "rule": {"minimum": 1, "maximum": 100000}},
    "premises": {"name": "经营场所", "type": "text"},
    "permit_number": {"name": "许可证号", "type": "text"},
}
EVIDENCE: dict[str, dict[str, Any]] = {
    "licence-fact": {
        "name": "营业执照核验",
        "holder_kind": "person",
        "content": ["shop_name"],
    },
    "floor-plan": {"name": "平面图", "holder_kind": "person", "subject_field": "premises"},
    "shop-permit": {
        "name": "经营许可证",
        "holder_kind": "person",
        "content": ["permit_number", "shop_name"],
        "subject_field": "premises",
    },
    "fire-certificate": {
        "name": "消防合格证",
        "holder_kind": "person",
        "content": ["permit_number"],
        "subject_field": "premises",
    },
}
ITEMS: dict[str, dict[str, Any]] = {
    "licence-check": {
        "name": "营业执照信息核验",
        "department": "market",
        "region": REGION,
        "promised": {"value": 1, "unit": "hour"},
        "fields": [{"field": "applicant_name"}, {"field": "applicant_id_number"}],
        "issues": "licence-fact",
    },
    "shop-permit": {
        "name": "食品经营许可",
        "department": "health",
        "region": REGION,
        "promised": {"value": 5, "unit": "working_day"},
        "visits": 2,
        "fields": [{"field": "shop_name"}, {"field": "premises"}],
        "requirements": [{"evidence": "licence-fact"}, {"evidence": "floor-plan"}],
        "issues": "shop-permit",
    },
    "fire-check": {
        "name": "消防安全检查",
        "department": "fire",
        "region": REGION,
        "promised": {"value": 3, "unit": "working_day"},
        "visits": 1,
        "fields": [{"field": "area"}, {"field": "premises"}],
        "requirements": [{"evidence": "licence-fact"}, {"evidence": "floor-plan"}],
        "issues": "fire-certificate",
    },
}
BUNDLE: dict[str, Any] = {
    "name": "开一家店",
    "region": REGION,
    "lead_department": "market",
    "audience": "person",
    "parties": [
        {
            "role": "owner",
            "kind": "person",
            "who": "applicant",
            "name_field": "applicant_name",
            "number_field": "applicant_id_number",
        }
    ],
    "holder": "owner",
    "questions": [
        {"field": "area", "text": "面积多大？"},
        {"field": "premises", "text": "在哪里？"},
    ],
    "members": [
        {"member": "licence", "item": "licence-check", "holder": "owner", "on_refusal": "stop"},
        {"member": "permit", "item": "shop-permit", "holder": "owner"},
        {
            "member": "fire",
            "item": "fire-check",
            "holder": "owner",
            "when": "area >= 300.0",
            "on_refusal": "ask",
        },
    ],
}
ANSWERS = {"area": 350.0, "premises": "朝阳路 1 号"}
ID_NUMBER = "11010519491231002X"
FORM = {
    "applicant_name": "张三丰",
    "applicant_id_number": ID_NUMBER,
    "shop_name": "清风小馆",
    **ANSWERS,
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
# What each department issues.
CONTENT = {
    "licence-check": {"shop_name": "清风小馆"},
    "shop-permit": {"permit_number": "JY001", "shop_name": "清风小馆"},
    "fire-check": {"permit_number": "XF001"},
}
