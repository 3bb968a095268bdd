"""Small words for the tests of composition: a catalogue and bundles in a few lines."""

from typing import Any

import pytest

from services.bundle.composition.rules import (
    Bundle,
    BundleFaulty,
    Held,
    ItemVersion,
    Published,
    compose,
    publish,
)

Record = dict[str, Any]

APPLICANT = {"role": "applicant", "kind": "person", "who": "applicant"}
COMPANY = {"role": "company", "kind": "enterprise", "who": "named"}
WORKER = {
    "role": "worker",
    "kind": "person",
    "who": "entry",
    "list": "workers",
    "name_field": "person_name",
}


def field(code: str, type_: str = "text", **more: Any) -> Record:
    return {"code": code, "name": f"字段 {code}", "name_en": f"Field {code}", "type": type_} | more


def evidence(code: str, kind: str = "enterprise", subject: str | None = None) -> Record:
    return {"code": code, "name": f"材料 {code}", "holder_kind": kind, "subject_field": subject}


def need(code: str, **more: Any) -> Record:
    return {"evidence": code, "legal_basis": f"law on {code}"} | more


def item(code: str, promised: int = 1, **more: Any) -> Record:
    return {
        "code": code,
        "name": f"事项 {code}",
        "department": "market",
        "region": "430700",
        "promised": {"value": promised, "unit": "working_day"},
    } | more


def member(code: str, holder: str = "company", **more: Any) -> Record:
    return {"member": code, "item": code, "holder": holder, "on_refusal": "continue"} | more


def bundle(*members: Record, questions: tuple[str, ...] = (), **more: Any) -> Record:
    return {
        "name": "一件事",
        "region": "430700",
        "lead_department": "market",
        "audience": "enterprise",
        "parties": [APPLICANT, COMPANY],
        "holder": "company",
        "questions": [{"field": code, "text": f"{code}？"} for code in questions],
        "members": list(members),
        "edges": [],
        "promised": None,
    } | more


def catalogue(
    *items: Record, fields: tuple[Record, ...] = (), types: tuple[Record, ...] = ()
) -> dict[str, ItemVersion]:
    return {
        one["code"]: ItemVersion.from_record(
            {"version": 1, "item": one, "fields": fields, "evidence_types": types}
        )
        for one in items
    }


def published(record: Record, items: dict[str, ItemVersion]) -> Published:
    return publish(Bundle.from_record("thing", 1, record), items)


def plan_of(
    record: Record,
    items: dict[str, ItemVersion],
    answers: Record | None = None,
    held: tuple[Held, ...] = (),
) -> Record:
    return compose(published(record, items), answers or {}, held)


def faults(record: Record, items: dict[str, ItemVersion]) -> list[tuple[str, str]]:
    """The faults for which the bundle is refused, each with its place."""
    with pytest.raises(BundleFaulty) as refused:
        published(record, items)
    return [(flaw.more["fault"], flaw.pointer) for flaw in refused.value.errors]


def waits(plan: Record) -> dict[str, list[tuple[str, str]]]:
    return {
        m["member"]: [(w["member"], w["state"]) for w in m["waits_for"]] for m in plan["members"]
    }


def asked(plan: Record) -> list[str]:
    return [material["key"] for material in plan["materials"]]


def not_asked(plan: Record) -> set[tuple[str, str, str | None]]:
    return {(f"{e['evidence']}:{e['owner']}", e["why"], e["by"]) for e in plan["not_asked"]}
