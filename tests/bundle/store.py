"""A bundle for the tests of what may come later, be signed instead, or must be shown in original.

depot (market): two papers of level C, one of level B, one that may come in ten working days, and a
safety report that a commitment may replace; yard (fire) needs the plan too, and takes level C.
"""

from typing import Any

from services.contracts import EvidenceTypeRecord, FieldRecord, ItemPublished, ItemRecord
from tests import world
from tests.bundle.office import Office
from tests.platform import Person

PROMISE = {"code": "safe", "version": 2, "text": "本人承诺仓库符合安全要求。", "text_en": "Safe."}
WINDOW = {"place": "政务大厅3号窗口", "hours": "工作日 9:00-17:00", "phone": "0736-12345"}
CODES = ("site-plan", "deed", "photo", "safety-report", "depot-permit")


def depot(version: int = 1, **more: Any) -> ItemPublished:
    record: dict[str, Any] = {
        "department": "market",
        "requirements": [
            {"evidence": "site-plan", "lowest_trust": "B", "legal_basis": "示例条例第三条"},
            {"evidence": "deed"},
            {
                "evidence": "photo",
                "deferrable": True,
                "deferral": {"value": 10, "unit": "working_day"},
            },
            {"evidence": "safety-report", "commitment": "safe"},
        ],
        "commitments": [PROMISE],
        "issues": "depot-permit",
    }
    return _item("depot", version, **record | WINDOW | more)


def yard(version: int = 1) -> ItemPublished:
    needs = [{"evidence": "site-plan"}, {"evidence": "photo", "deferrable": True}]
    return _item("yard", version, department="fire", requirements=needs)


def _item(code: str, version: int, **record: Any) -> ItemPublished:
    known = {"name": f"事项 {code}", "region": "430700", "promised": {"value": 1}}
    known |= {"fields": [{"field": "shop_name"}]}
    return ItemPublished(
        code=code,
        version=version,
        item=ItemRecord(code=code, **known | record),
        fields=tuple(
            FieldRecord(code=one, **world.FIELDS[one]) for one in ("shop_name", "permit_number")
        ),
        evidence_types=tuple(
            EvidenceTypeRecord(
                code=one, name=f"材料 {one}", holder_kind="person", content=("permit_number",)
            )
            for one in CODES
        ),
    )


BUNDLE: dict[str, Any] = {
    "name": "开办仓库",
    "region": "430700",
    "lead_department": "market",
    "audience": "person",
    "parties": [{"role": "owner", "kind": "person", "who": "applicant"}],
    "holder": "owner",
    "members": [
        {"member": "depot", "item": "depot", "holder": "owner"},
        {"member": "yard", "item": "yard", "holder": "owner"},
    ],
}
CHOICE = {"item": "depot", "code": "safe"}


async def open_store(office: Office) -> None:
    await office.hear(depot(), yard())
    await office.publish("store", BUNDLE)


async def plan_of(who: Person, *commitments: dict[str, str], **more: Any) -> Any:
    body = {"answers": {}, "commitments": list(commitments)} | more
    return await who.post("/bundles/store/compositions", json=body)


async def filing(office: Office, who: Person, *commitments: Any, **more: Any) -> dict[str, Any]:
    """Right in every way; what may come later is left out."""
    plan = await plan_of(who, *commitments)
    names = ("item", "code", "version", "digest")
    return {
        "bundle": "store",
        "plan": plan["digest"],
        "form": {"shop_name": "一号仓"},
        "materials": {
            one["key"]: [await office.upload(who)]
            for one in plan["materials"]
            if not one["deferrable"]
        },
        "commitments": [
            {name: one[name] for name in names} for one in plan["commitments"] if one["chosen"]
        ],
    } | more


async def filed(office: Office, who: Person, *commitments: Any) -> Any:
    return await who.post("/applications", json=await filing(office, who, *commitments))


async def dossier(office: Office, application: Any, member: str) -> Any:
    department = {"depot": "market", "yard": "fire"}[member]
    own = next(one for one in application["members"] if one["member"] == member)
    return await office.officer(department).get(f"/dossiers/{own['approval']}")
