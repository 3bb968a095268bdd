"""A believable example of every event, grown from its schema so that it cannot go stale."""

from collections.abc import Mapping
from typing import Any

from services.contracts import Event

Json = dict[str, Any]

MOMENT = "2026-11-24T02:30:00Z"
MESSAGE = "019ab3c4-8f4c-70b7-9398-5eb16c7f8091"
CORRELATION = "019ab3c4-7d10-7a51-9c0e-5b1f6a2d9e01"

SPARED = [
    {
        "evidence": "signboard-permit",
        "retired": "signboard-permit",
        "instead": "register",
        "register_name": "户外招牌备案系统",
    }
]
SPOKEN: dict[str, Any] = {
    "acceptance": "",
    "accepts": "department",
    "acr": "2",
    "application": "019ab3c4-7d1f-7b62-8e43-0f6c1d2a3b4c",
    "approval": "019ab3c4-7d2a-7c73-9f54-1a7d2e3b4c5d",
    "audience": ["enterprise"],
    "blank": "",
    "bundle": "open-restaurant",
    "bundle_version": 3,
    "card": "019ab3c4-8a5d-7c11-b2d3-6e9f0a1b2c3d",
    "channels": ["window", "pc"],
    "code": "fire-safety-check",
    "codes": [{"system": "catalog-code", "value": "000119001000"}],
    "commitments": [],
    "complaints": "12345",
    "conditions": "已取得营业执照",
    "content": "issuer_number",
    "deemed_consent": "",
    "delegation": "fire-safety-check/taoyuan/accept",
    "department": "fire",
    "digest": "sha256:" + "4be1f09c" * 8,
    "dispositions": [],
    "effective": "2026-12-01",
    "entrusted_by": None,
    "answer_by": "2026-12-15",
    "evidence": "fire-safety-certificate",
    "explanation": None,
    "extension": None,
    "facts": {"business_area": 320.0},
    "fees": [],
    "field": "business_area",
    "filer": "019ab3c4-0001-7e95-b176-3c9f4a5d6e7f",
    "form": "electronic",
    "holder": "019ab3c4-0002-7fa6-8287-4da05b6e7f80",
    "holder_kind": "enterprise",
    "hours": "工作日 9:00 至 17:00",
    "identifies": None,
    "in_force_from": "2026-11-24",
    "instant": None,
    "instructions": "",
    "intermediary": "",
    "issued_by": None,
    "issuer_number": "消安字〔2026〕第 0417 号",
    "issues": "fire-safety-certificate",
    "issuing_time": "",
    "item": "fire-safety-check",
    "item_name": "公众聚集场所投入使用、营业前消防安全检查",
    "item_version": 2,
    "items": "fire-safety-check",
    "joint_order": "",
    "joint_with": [],
    "kept_by": None,
    "kind": "01",
    "lead_department": "market",
    "legal_basis": "《中华人民共和国消防法》第十五条",
    "legal_explanation": "",
    "lowest_trust": "C",
    "max_length": None,
    "maximum": None,
    "member": "fire-check",
    "members": "fire-check",
    "message": MESSAGE,
    "minimum": 1.0,
    "mode": "cancelled",
    "name": "公众聚集场所投入使用、营业前消防安全检查",
    "name_en": "Fire safety check before opening",
    "no_longer_asks": [],
    "notice": "019ab3c4-7e3b-7d84-a065-2b8e3f4c5d6e",
    "number": "R-2026-000417",
    "obtained_at": "",
    "of": [],
    "online_depth": 3,
    "options": [],
    "party": "019ab3c4-0001-7e95-b176-3c9f4a5d6e7f",
    "pattern": None,
    "only_by_rule": False,
    "phone": "0736-0000000",
    "point": "taoyuan",
    "place": "政务服务大厅二楼",
    "problem": {
        "type": "/problems/already-decided",
        "title": "该审批已有决定，不再改变。",
        "status": 409,
    },
    "process": "受理、审查、决定、制证",
    "promise_explanation": "",
    "promise_hours": 104,
    "quota": "",
    "reason_code": None,
    "reason_codes": [],
    "receipt": "RC20261124-0A1B2C3D4E5F6",
    "refer_to": None,
    "region": "330106",
    "remedies": [],
    "register_name": "",
    "regulator": "fire",
    "relies_on": ["R-2026-000388"],
    "required": True,
    "result_sample": "",
    "retired": "signboard-permit",
    "sample": "",
    "situations": [],
    "thresholds": [],
    "trial_until": None,
    "ends_on": None,
    "source_note": "示例 example",
    "spared": [],
    "special_procedures": [],
    "still_issued_by": [],
    "subject_field": "premises_address",
    "submitted_at": "2026-11-24T01:12:08Z",
    "ItemRecord.supervision": [],
    "topics": ["准营准办"],
    "valid_from": "2026-11-24",
    "valid_until": "2031-11-23",
    "visits": 0,
    "visits_reason": "",
    "waits_for": "issued",
    "DelegationChanged.state": "active",
    "DelegationChanged.waits_for": None,
    "PartnerDelegationChanged.waits_for": "above",
    "PartnerDelegationChanged.state": "requested",
    "when": "business_area >= 300.0",
    "ApprovalExtended.explanation": "sha256:" + "4be1f09c" * 8,
    "ExtensionStated.explanation": "sha256:" + "4be1f09c" * 8,
    "ApprovalExtended.reason_code": "complex-case",
    "ExtensionStated.reason_code": "complex-case",
    "SuspensionStated.kind": "inspection",
    "DeliveryStated.evidence": "EMS 1234567890123",
    "ApprovalRequested.replaces": None,
    "PartnerApprovalOpened.replaces": None,
    "ResultIssued.replaces": None,
    "replaced_as": None,
    "replaced_from": None,
    "later_filings": [],
    "ApprovalDelivered.result": "R-2026-000417",
    "SuspensionStated.evidence": "现场核查通知书〔2026〕12 号",
    "ApprovalSuspended.kind": "inspection",
    "CorrectionRequested.explanation": "sha256:" + "4be1f09c" * 8,
    "CorrectionStated.explanation": "sha256:" + "4be1f09c" * 8,
    "consultation": "019ab3c4-8a11-7b22-9c33-4d44e5f60718",
    "consulted": "planning",
    "asked_by": "fire",
    "question": "sha256:" + "4be1f09c" * 8,
    "statement": "sha256:" + "4be1f09c" * 8,
    "from_department": "urban-management",
    "to": "city-fire",
    "opinion": "agree",
    "ConsultationOpened.fields": ["business_area"],
    "PartnerConsultationOpened.fields": ["business_area"],
    "ConsultationStated.fields": ["business_area"],
    "ConsultationOpened.evidence": ["floor-plan"],
    "PartnerConsultationOpened.evidence": ["floor-plan"],
    "ConsultationStated.evidence": ["floor-plan"],
    "Deferred.evidence": "floor-plan:company",
    "Deferred.until": "2026-12-15",
    "Gap.evidence": "floor-plan:company",
    "Gap.field": None,
    "Gap.reason_code": "illegible",
    "AcceptanceRefused.reason_code": "area-below-limit",
    "ApprovalRequested.deemed_consent": False,
    "ApprovalRequested.extension": {"value": 10, "unit": "working_day"},
    "ApprovalRequested.joint_order": False,
    "ApprovalRequested.licensing_law": True,
    "BundlePublished.code": "open-restaurant",
    "BundlePublished.name": "开办餐饮店",
    "BundlePublished.name_en": "Open a restaurant",
    "CardChanged.state": "lifted",
    "CardRaised.person": None,
    "CardRaised.rule": "promise_overdue",
    "CardRaised.rule_version": 1,
    "ChainAnchored.digest": "4be1f09c" * 8,
    "DepartmentChanged.code": "fire",
    "DepartmentChanged.name": "消防救援大队",
    "DepartmentChanged.name_en": "Fire and rescue brigade",
    "DutyPlan.share": 1.0,
    "EvidenceTypeRecord.code": "fire-safety-certificate",
    "EvidenceTypeRecord.name": "消防安全检查合格证",
    "EvidenceTypeRecord.name_en": "Fire safety certificate",
    "FieldRecord.code": "business_area",
    "FieldRecord.name": "经营面积（平方米）",
    "FieldRecord.name_en": "Business area, m²",
    "FieldRecord.type": "number",
    "PointChanged.code": "taoyuan",
    "PointChanged.kind": "township",
    "PointChanged.name": "桃源镇便民服务中心",
    "PointChanged.name_en": "Taoyuan township service centre",
    "PointChanged.organ": True,
    "PointChanged.parent": "county-hall",
    "PartnerItemRetired.item": "signboard-permit",
    "PartnerItemRetired.department": "urban-management",
    "PartnerItemRetired.dispositions": [
        {
            "items": ["fire-safety-check"],
            "action": "register",
            "register_name": "户外招牌备案系统",
            "commitment": None,
            "kept_by": None,
        }
    ],
    "PartnerItemRetired.evidence": "signboard-permit",
    "ItemRetired.item": "signboard-permit",
    "ItemRetired.department": "urban-management",
    "ItemRetired.dispositions": [
        {
            "items": ["fire-safety-check"],
            "action": "register",
            "register_name": "户外招牌备案系统",
            "commitment": None,
            "kept_by": None,
        }
    ],
    "ItemRetired.evidence": "signboard-permit",
    "ItemRetired.legal_basis": "国发〔2021〕7号",
    "Requirement.evidence": "premises-proof",
    "ApprovalFlagged.kind": "revoked",
    "PartnerApprovalFlagged.kind": "revoked",
    "PartnerApprovalFlagged.result": "R-2026-000388",
    "PartnerApprovalAccepted.by": "law",
    "PartnerApprovalDecided.by": "rule",
    "PartnerApprovalDecided.reason_code": None,
    "PartnerApprovalDecided.issued": True,
    "ApprovalFlagged.result": "R-2026-000388",
    "ResultEnded.ended_by": "fire",
    "ResultEnded.kind": "revoked",
    "ResultEnded.reason_codes": ["false-commitment"],
    "supervision": "019ab3c4-7d2a-7c73-9f54-1a7d2e3b4c77",
    "finding": "019ab3c4-9e01-7d12-8a44-5b6c7d8e9f01",
    "exhibit": "019ab3c4-9e02-7d12-8a44-5b6c7d8e9f02",
    "exhibits": ["019ab3c4-9e02-7d12-8a44-5b6c7d8e9f02"],
    "uploads": ["019ab3c4-9e03-7d12-8a44-5b6c7d8e9f03"],
    "SupervisionClosed.kind": "inspect",
    "SupervisionOpened.kind": "inspect",
    "SupervisionFound.kind": "inspect",
    "SupervisionFound.verdict": "rectify",
    "SupervisionFound.reason_codes": ["no-test-report"],
    "EndingProposed.reason_code": "rectification-missed",
    "PartnerEndingProposed.reason_code": "rectification-missed",
    "SupervisionOpened.ref": "",
    "PartnerApprovalAmended.spared": SPARED,
    "ApprovalAmended.spared": SPARED,
    "Requirement.legal_basis": "《消防监督检查规定》第八条",
    "Validity.value": 5,
}
"""Values by field name, where the schema alone gives only letters; `Model.field` goes first."""

SOURCES = {"in": "fire", "partner": "approval"}

LETTERS = {"string": "text", "integer": 5, "number": 1.0, "boolean": False}


class Examples:
    """Grows values for schemas that refer to one another."""

    def __init__(self, definitions: Mapping[str, Json]) -> None:
        self._definitions = definitions

    def message(self, kind: type[Event]) -> Json:
        """A whole CloudEvent, as it goes over the wire."""
        data = self._model(kind.__name__)
        first = kind.type.partition(".")[0]
        return {
            "specversion": "1.0",
            "id": MESSAGE,
            "source": SOURCES.get(first, first),
            "type": kind.type,
            "subject": str(data[kind.aggregate]),
            "time": MOMENT,
            "datacontenttype": "application/json",
            "sequence": "2",
            "correlationid": CORRELATION,
            "data": data,
        }

    def _model(self, model: str) -> Any:
        schema = self._definitions[model]
        if "properties" not in schema:
            return self._value(model, "", schema)
        return {name: self._value(model, name, one) for name, one in schema["properties"].items()}

    def _value(self, model: str, name: str, schema: Json) -> Any:
        if "$ref" in schema:
            return self._model(schema["$ref"].rpartition("/")[2])
        if "const" in schema:
            return schema["const"]
        for spoken in (f"{model}.{name}", name):
            if spoken in SPOKEN and _fits(SPOKEN[spoken], schema):
                return SPOKEN[spoken]
        if "enum" in schema:
            return schema["enum"][0]
        if "anyOf" in schema:
            return self._value(model, name, schema["anyOf"][0])
        if schema.get("type") == "array":
            return [self._value(model, name, schema["items"])]
        return MOMENT if schema.get("format") == "date-time" else LETTERS[schema["type"]]


def _fits(value: Any, schema: Json) -> bool:
    """A spoken value serves several fields of one name, but not every kind of them."""
    if "enum" in schema:
        return value in schema["enum"]
    if "anyOf" in schema:
        return any(_fits(value, one) for one in schema["anyOf"])
    kinds = {str: "string", list: "array", dict: "object", type(None): "null"}
    return schema.get("type") == kinds.get(type(value), schema.get("type"))
