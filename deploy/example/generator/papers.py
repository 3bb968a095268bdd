"""What an item asks for: its form, and papers of a number that comes out over the district."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deploy.example.generator import shapes
from deploy.example.generator.lots import Lots

if TYPE_CHECKING:
    from deploy.example.generator.making import Draft

ABOUT_PEOPLE = ("applicant_name", "applicant_id_number", "applicant_phone")
ABOUT_UNITS = ("enterprise_name", "credit_code", "legal_representative")


def set_papers(lots: Lots, drafts: Sequence[Draft], total: int) -> None:
    """`total` papers among them all, each item about as many as its shape has."""
    wished = [lots.number(*draft.shape.materials) for draft in drafts]
    bounds = [(draft.shape.materials[0], draft.shape.materials[1] + 2) for draft in drafts]
    numbers = lots.summing(total, bounds, wished)
    for draft, number in zip(drafts, numbers, strict=True):
        draft.record["fields"] = _fields(draft)
        draft.record["requirements"] = _requirements(lots, draft, number)


def _fields(draft: Draft) -> list[dict[str, Any]]:
    units = ABOUT_UNITS if draft.holder == "enterprise" else ()
    return [{"field": code} for code in (*units, *ABOUT_PEOPLE, "reason")]


def _requirements(lots: Lots, draft: Draft, number: int) -> list[dict[str, Any]]:
    holder = draft.holder
    pool: Sequence[str] = shapes.UNITS if holder == "enterprise" else shapes.PERSONS
    head = {"变更": shapes.RENEWED, "延续": shapes.RENEWED, "补发": shapes.LOST}
    special = head.get(draft.shape.action)
    chosen = [special[holder]] if special and number else []
    pool = pool[: number + 3]  # whoever asks for little asks for what is common
    common = {code: len(pool) - place for place, code in enumerate(pool)}
    chosen += lots.some(number - len(chosen), pool, lambda code: float(common[code]))
    needs = [_need(lots, code, draft) for code in chosen]
    if holder == "enterprise":
        needs.insert(0, _licence(draft))
    return needs


def _licence(draft: Draft) -> dict[str, Any]:
    return {
        "evidence": "business-licence",
        "source": "register",
        "register_name": "市场主体登记库",
        "legal_basis": "《优化营商环境条例》第三十六条",
    }


def _need(lots: Lots, code: str, draft: Draft) -> dict[str, Any]:
    need: dict[str, Any] = {"evidence": code, "legal_basis": draft.law}
    if draft.holder == "enterprise" and code in shapes.PERSONS:
        need["whose"] = "applicant"
    if code in shapes.BY_INTERMEDIARIES:
        need["source"] = "intermediary"
    elif code in shapes.ON_ONES_WORD and lots.share(0.5):
        need["source"] = "commitment"
    if code in shapes.SECONDARY and lots.share(0.6):
        need |= {"deferrable": True, "deferral": {"value": 10, "unit": "working_day"}}
    return need
