"""What one would send: a believable body for every request, in the example district's words.

A test holds each against the schema that it is an example of, and asks for those that are missing.
"""

from typing import Any

Json = dict[str, Any]

DIGEST = "sha256:" + "4be1f09c" * 8
UPLOAD = "019ab3c4-8f4c-70b7-9398-5eb16c7f8091"
THREE_DAYS = {"value": 3, "unit": "working_day"}
CAPACITY = {"people": 3, "trained": 1, "training": ["food-permit-2026"], "equipment": []}
ANSWERS = {
    "premises_address": "朝阳路 1 号",
    "shareholder_count": 1,
    "employee_count": 0,
    "opens_bank_account": False,
}
FORM = ANSWERS | {
    "applicant_name": "李娜",
    "applicant_id_number": "11010519491231002X",
    "applicant_phone": "13800000000",
    "enterprise_name": "常德清风餐饮有限公司",
}
ITEM = {
    "name": "户外招牌设施设置许可",
    "name_en": "Signboard permit",
    "department": "urban-management",
    "region": "430799",
    "kind": "01",
    "audience": ["enterprise"],
    "legal": {"value": 20, "unit": "working_day"},
    "promised": {"value": 5, "unit": "working_day"},
    "fields": [{"field": "premises_address"}, {"field": "signboard_area"}],
    "requirements": [
        {
            "evidence": "signboard-drawing",
            "source": "applicant",
            "legal_basis": "《城市市容和环境卫生管理条例》第十一条",
        }
    ],
    "issues": "signboard-permit",
}
BUNDLE = {
    "name": "开招牌店“一件事”",
    "name_en": "Putting up a signboard",
    "region": "430799",
    "lead_department": "urban-management",
    "audience": "enterprise",
    "parties": [
        {
            "role": "company",
            "kind": "enterprise",
            "who": "named",
            "name_field": "enterprise_name",
            "number_field": "credit_code",
        }
    ],
    "holder": "company",
    "questions": [
        {
            "field": "signboard_area",
            "text": "招牌多大（平方米，没有填 0）？",
            "text_en": "How large is the signboard, in square metres? (0 for none)",
        }
    ],
    "members": [
        {
            "member": "signboard",
            "item": "signboard-setting",
            "when": "signboard_area > 0",
            "holder": "company",
            "on_refusal": "continue",
        }
    ],
    "promised": {"value": 5, "unit": "working_day"},
}
RESULT = {"digest": DIGEST, "issuer_number": "XF-2026-0417", "valid_until": "2031-11-23"}

CATALOG: dict[str, Json] = {
    "put /api/departments/{code}": {
        "name": "消防救援大队",
        "name_en": "Fire brigade",
        "region": "430799",
    },
    "put /api/fields/{code}": {
        "name": "招牌面积（平方米）",
        "name_en": "Area of the signboard (square metres)",
        "type": "number",
        "rule": {"minimum": 0, "maximum": 500},
    },
    "put /api/evidence-types/{code}": {
        "name": "户外招牌设施设置许可证",
        "name_en": "Signboard permit",
        "holder_kind": "enterprise",
        "subject_field": "premises_address",
        "content": ["permit_number", "premises_address"],
    },
    "put /api/items/{code}": ITEM,
    "put /api/items/{code}/draft": ITEM,
    "put /api/items/{code}/draft/publication": {"from": "2027-01-01"},
    "put /api/items/{code}/retirement": {
        "mode": "cancelled",
        "effective": "2027-01-01",
        "legal_basis": "国发〔2021〕7号",
        "dispositions": {
            "home-sale-tax": {"action": "register", "register_name": "房屋交易网签系统"},
            "real-estate-transfer": {"action": "drop"},
        },
    },
    "put /api/service-points/{code}": {
        "kind": "township",
        "region": "430799101",
        "name": "示例镇便民服务中心",
    },
    "put /api/service-points/{code}/closing": {"withdraw_delegations": False},
    "post /api/delegations/offers": {
        "items": ["food-business-permit"],
        "points": ["demo-town"],
        "rights": ["accept", "close"],
        "mode": "entrust",
    },
    "post /api/delegations/requests": {
        "items": ["food-business-permit"],
        "points": ["demo-town"],
        "rights": ["accept"],
        "mode": "entrust",
        "capacity": CAPACITY,
    },
    "post /api/delegations/copies": {"from": "demo-town", "to": ["other-town"]},
    "put /api/delegations/{item}/{point}/{right}/acceptance": {"capacity": CAPACITY},
    "put /api/delegations/{item}/{point}/{right}/refusal": {"reasons": ["training"]},
    "put /api/delegations/{item}/{point}/{right}/trial": {"until": "2027-01-31"},
    "put /api/delegations/{item}/{point}/{right}/activation": {},
    "put /api/delegations/{item}/{point}/{right}/widening": {"mode": "authorise"},
    "put /api/delegations/{item}/{point}/{right}/withdrawal": {"reasons": ["capacity"]},
    "put /api/crosswalks/{code}": {
        "name": "某省审批平台（1 承诺件、2 即办件）",
        "name_en": "A provincial approval platform: 1 is by promise",
        "elements": {"handling": {"1": "promise", "2": "instant"}},
    },
    "post /api/crosswalks/{code}/translations": {"rows": [{"handling": "1"}, {"handling": "7"}]},
}

BUNDLES: dict[str, Json] = {
    "put /api/bundles/{code}": BUNDLE,
    "put /api/bundles/{code}/publication": {},
    "post /api/bundles/{code}/check": {},
    "put /api/bundles/{code}/suspension": {"reason": "系统升级"},
    "post /api/bundles/{code}/copies": {"code": "start-company-430798", "region": "430798"},
    "post /api/bundles/{code}/compositions": {"answers": {}},
    "post /api/wallet/results/{number}/compositions": {"kind": "renewal", "answers": {}},
    "post /api/applications": {
        "bundle": "start-company",
        "plan": DIGEST,
        "answers": ANSWERS,
        "form": FORM,
        "materials": {
            "identity-card:applicant": [UPLOAD],
            "beneficial-owner-statement:company": [],
        },
    },
    "put /api/applications/{application}/materials/{material}": {"uploads": [UPLOAD]},
    "put /api/applications/{application}/withdrawal": {},
    "put /api/applications/{application}/members/{member}/withdrawal": {},
    "put /api/applications/{application}/choices/{member}": {"choice": "continue"},
    "put /api/applications/{application}/corrections/{member}": {
        "materials": {"fire-drill-plan:company": [UPLOAD]}
    },
    "put /api/applications/{application}/rectifications/{supervision}": {
        "text": "已补齐夜间值班安排。",
        "uploads": [UPLOAD],
    },
    "post /api/mandates": {
        "agent": "wang-fang",
        "bundles": ["start-company"],
        "valid_until": "2027-01-31T00:00:00+08:00",
    },
    "put /api/dossiers/{approval}/originals/{material}": {},
    "put /api/dossiers/{approval}/result": {
        "content": {"fire_certificate_number": "XF-7", "premises_address": "滨江路 8 号"}
    },
    "put /api/dossiers/{approval}/explanations": {
        "text": "疏散预案缺少夜间值班安排。",
        "gaps": {"fire-drill-plan:company": "缺第三章"},
    },
}

DESK: dict[str, Json] = {
    "put /api/approvals/{approval}/acceptance": {"verdict": "accepted"},
    "put /api/approvals/{approval}/proposal": {"verdict": "granted"},
    "put /api/approvals/{approval}/decision": {"verdict": "granted", "result": RESULT},
    "put /api/approvals/{approval}/result": RESULT,
    "put /api/approvals/{approval}/delivery": {"way": "post", "evidence": "EMS 1029384756"},
    "post /api/approvals/{approval}/correction-requests": {
        "gaps": [{"evidence": "fire-drill-plan:company", "reason_code": "incomplete"}],
        "explanation": DIGEST,
    },
    "post /api/approvals/{approval}/suspensions": {
        "kind": "inspection",
        "evidence": "消检通〔2026〕第7号",
        "expected": THREE_DAYS,
    },
    "put /api/approvals/{approval}/suspensions/{number}/end": {},
    "put /api/approvals/{approval}/extension": {
        "length": {"value": 5, "unit": "working_day"},
        "reason_code": "complex-case",
        "explanation": DIGEST,
    },
    "put /api/approvals/{approval}/extension/consent": {},
    "put /api/approvals/{approval}/claim": {},
    "post /api/approvals/{approval}/transfers": {
        "kind": "misrouted",
        "to": "fire",
        "reason_code": "wrong-desk",
    },
    "post /api/approvals/{approval}/consultations": {
        "consulted": "urban-management",
        "within": THREE_DAYS,
        "fields": ["premises_address"],
    },
    "put /api/consultations/{consultation}/opinion": {"opinion": "agree"},
    "put /api/consultations/{consultation}/withdrawal": {},
    "put /api/calendars/{year}": {
        "document": "国办发明电〔2026〕7号",
        "holidays": [{"day": "2027-01-01", "name": "元旦", "name_en": "New Year's Day"}],
        "workdays": [],
    },
    "put /api/supervisions/{duty}/dispute": {
        "reason_code": "not-our-matter",
        "refer_to": "urban-management",
    },
    "put /api/supervisions/{duty}/regulator": {"regulator": "urban-management"},
    "post /api/supervisions/{duty}/findings": {
        "verdict": "rectify",
        "reason_codes": ["ventilation-insufficient"],
        "within": {"value": 15, "unit": "working_day"},
        "explanation": DIGEST,
    },
    "put /api/results/{number}/hearing": {"outcome": "held", "evidence": "听证笔录第1号"},
    "post /api/results/{number}/endings": {
        "kind": "revoked",
        "reason_codes": ["commitment-not-kept"],
        "legal_basis": "《行政许可法》第六十九条",
    },
    "post /api/cards/{card}/appeals": {
        "reason_code": "system-outage",
        "explanation": DIGEST,
    },
    "put /api/cards/{card}/appeals/{n}/decision": {"verdict": "upheld"},
}

EXAMPLES = CATALOG | BUNDLES | DESK
