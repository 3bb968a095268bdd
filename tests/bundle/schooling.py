"""A child is registered, and goes to school: for the tests of who may file for a child.

registering   the child is born of it; the police issue its page of the register, with its number
schooling     a guardian files for a child; the clinic and the school see the same page
"""

from typing import Any

from services.contracts import EvidenceTypeRecord, FieldRecord, ItemPublished, ItemRecord
from tests.bundle.office import Office
from tests.platform import Person

PAGE = "register-page"
FIELDS = ("parent_name", "child_name", "child_number")
KINDS = {
    PAGE: {"content": ("child_name", "child_number"), "identifies": "child_number"},
    "vaccine-proof": {"content": ("child_name",)},
    "school-place": {"content": ("child_name",)},
}
SEEN = {"evidence": PAGE, "lowest_trust": "B"}
ITEMS: dict[str, dict[str, Any]] = {
    "register-child": {
        "department": "police",
        "fields": [{"field": "parent_name"}, {"field": "child_name"}],
        "issues": PAGE,
    },
    "check-vaccines": {
        "department": "health",
        "fields": [{"field": "child_name"}],
        "requirements": [SEEN],
        "issues": "vaccine-proof",
    },
    "enrol": {
        "department": "education",
        "fields": [{"field": one} for one in FIELDS],
        "requirements": [SEEN, {"evidence": "vaccine-proof", "source": "item"}],
        "issues": "school-place",
    },
}
PARENT = {"role": "parent", "kind": "person", "who": "applicant", "name_field": "parent_name"}
CHILD = {"role": "child", "kind": "person", "name_field": "child_name"}
WARD = CHILD | {"who": "ward", "number_field": "child_number", "proved_by": PAGE}


def published(code: str, like: str = "", **more: Any) -> ItemPublished:
    """An item; `like`: another one of a new code."""
    known = {"name": f"事项 {code}", "region": "430700", "promised": {"value": 1}}
    types = {"child_number": "id_number"}
    return ItemPublished(
        code=code,
        version=1,
        item=ItemRecord(code=code, **known | ITEMS[like or code] | more),
        fields=tuple(
            FieldRecord(code=one, name=one, type=types.get(one, "text"), personal=True)
            for one in FIELDS
        ),
        evidence_types=tuple(
            EvidenceTypeRecord(code=code, name=code, holder_kind="person", **one)
            for code, one in KINDS.items()
        ),
    )


def bundle(*members: tuple[str, str], child: dict[str, Any] = WARD) -> dict[str, Any]:
    return {
        "name": "孩子的一件事",
        "region": "430700",
        "lead_department": "education",
        "audience": "person",
        "parties": [PARENT, child],
        "holder": "child",
        "members": [
            {"member": name, "item": item, "holder": "child", "on_refusal": "stop"}
            for name, item in members
        ],
    }


REGISTERING = bundle(("page", "register-child"), child=CHILD | {"who": "born"})
SCHOOLING = bundle(("vaccines", "check-vaccines"), ("enrol", "enrol"))


async def open_school(office: Office) -> None:
    await office.hear(*(published(code) for code in ITEMS))
    await office.publish("registering", REGISTERING)
    await office.publish("schooling", SCHOOLING)


async def plan(who: Person, code: str = "schooling", **holder: str) -> Any:
    body = {"answers": {}, "holder": holder}
    return await who.post(f"/bundles/{code}/compositions", json=body)


async def filing(
    office: Office, who: Person, number: str, code: str = "schooling", **holder: str
) -> dict[str, Any]:
    agreed = await plan(who, code, **holder)
    values = {"parent_name": "李父", "child_name": "李小花", "child_number": number}
    return {
        "bundle": code,
        "plan": agreed["digest"],
        "holder": holder,
        "form": {one["field"]: values[one["field"]] for one in agreed["form"]},
        "materials": {one["key"]: [await office.upload(who)] for one in agreed["materials"]},
    }


async def filed(
    office: Office, who: Person, number: str, code: str = "schooling", **holder: str
) -> Any:
    body = await filing(office, who, number, code, **holder)
    return await who.post("/applications", json=body)
