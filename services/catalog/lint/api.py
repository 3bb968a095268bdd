"""The HTTP face of the orphan lint."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from services.catalog.lint.finding import Orphan, Place, orphans
from services.catalog.lint.rules import Reason
from services.catalog.records.api import Today
from services.chassis.database import Tx
from services.chassis.errors import Flaw
from services.chassis.identity import Allow, Principal
from services.chassis.reading import BadCursor, Cursor, Limit, Page, position
from services.chassis.reading import cursor as next_page

Reader = Annotated[Principal, Depends(Allow("bureau", "officer", "inspector"))]
Owner = Annotated[
    str | None,
    Query(
        pattern=r"^[a-z][a-z0-9-]*$",
        max_length=64,
        description="哪个部门的 / The department that owns them.",
    ),
]

router = APIRouter(tags=["catalog"])


class DefectView(BaseModel):
    """缺陷 / What is wrong, and since when."""

    reason: Reason
    since: date
    days: int


class OrphanView(BaseModel):
    """孤儿材料 / A requirement that nobody can meet, or that nobody answers for."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    item: str
    name: str
    department: str
    """The owner: whoever asks mends it."""
    place: int
    """Of the requirement in its item, from 0."""
    evidence: str
    evidence_name: str
    requirement: dict[str, Any]
    defects: list[DefectView]
    days: int
    """The age of the oldest defect."""


@router.get("/lint")
async def lint(
    who: Reader,
    tx: Tx,
    today: Today,
    department: Owner = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OrphanView]:
    """孤儿材料检查 / Requirements without an issuer, a law or somebody who answers for them.

    They are looked for when you ask: what is mended is not found any more.
    """
    after = _place(position(cursor)) if cursor else Place()
    found = await orphans(tx, department, after, limit + 1, today)
    more = len(found) > limit
    shown = [_view(one, today) for one in found[:limit]]
    last = found[limit - 1] if more else None
    return Page(items=shown, next=next_page(f"{last.item} {last.place}") if last else None)


def _place(text: str) -> Place:
    item, _, place = text.partition(" ")
    if not place.isdecimal() or len(place) > 6:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw])
    return Place(item, int(place))


def _view(one: Orphan, today: date) -> OrphanView:
    defects = [
        DefectView(reason=reason, since=since, days=(today - since).days)
        for reason, since in one.reasons.items()
    ]
    return OrphanView(
        item=one.item,
        name=one.name,
        department=one.department,
        place=one.place - 1,
        evidence=one.need["evidence"],
        evidence_name=one.evidence_name,
        requirement=one.need,
        defects=defects,
        days=max(each.days for each in defects),
    )
