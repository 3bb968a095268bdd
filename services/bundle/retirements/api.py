"""The HTTP face of retirements: what one means here, for whoever is about to decide it."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ARRAY, Integer, String, bindparam, column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition.retiring import ISSUER, RETIREMENT
from services.bundle.composition.shelf import BUNDLE, at
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal

Bureau = Annotated[Principal, Depends(Allow("bureau"))]
Item = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
UNDER_WAY = (
    text(
        """
        SELECT m.ask->>'item' AS item, m.state, count(*) AS members
        FROM member m JOIN application a ON a.id = m.application
        WHERE a.outcome IS NULL AND m.state IN ('waiting', 'requested', 'accepted')
          AND m.ask->>'item' = ANY (:items)
        GROUP BY 1, 2 ORDER BY 1, 2
        """
    )
    .bindparams(bindparam("items", type_=ARRAY(String)))
    .columns(column("item", String), column("state", String), column("members", Integer))
)
CONCERNED = text(
    """
    SELECT count(DISTINCT m.application) FROM member m JOIN application a ON a.id = m.application
    WHERE a.outcome IS NULL AND m.state IN ('waiting', 'requested', 'accepted')
      AND m.ask->>'item' = ANY (:items)
    """
).bindparams(bindparam("items", type_=ARRAY(String)))

router = APIRouter(tags=["bundle"])


class EdgeView(BaseModel):
    """先后 / An explicit edge at a member of the item: it falls away with the member."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    state: str

    model_config = ConfigDict(populate_by_name=True)


class TakerView(BaseModel):
    """取用者 / A member that takes what the item issues from it."""

    member: str
    item: str


class ConcernedBundle(BaseModel):
    """涉及的一件事 / A published bundle with the item among its members."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    code: str
    version: int
    name: str
    members: list[str]
    """Its members of the item."""
    edges: list[EdgeView]
    takers: list[TakerView]


class UnderWayView(BaseModel):
    """在办 / Members that nobody has decided yet, by where they stand."""

    waiting: int = 0
    requested: int = 0
    accepted: int = 0


class KnownRetirement(BaseModel):
    """已知的退出 / What catalog last told of it."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    mode: str
    effective: date
    withdrawn: bool


class MeaningView(BaseModel):
    """退出的影响 / What an item's retirement means for bundles and for applications under way.

    Those keep the versions of their filing day, except where the change favours the applicant.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    item: str
    evidence: str | None
    """What it issues, as last told."""
    retirement: KnownRetirement | None
    bundles: list[ConcernedBundle]
    applications: int
    """Applications under way that it concerns."""
    members: UnderWayView
    """Of the item itself."""
    dependents: dict[str, UnderWayView]
    """Of the items that take what it issues."""


@router.get("/bundles/-/retirements/{item}")
async def meaning(item: Item, who: Bureau, tx: Tx) -> MeaningView:
    """退出的影响 / Before an item is retired: its bundles, edges, and applications under way."""
    issues = select(ISSUER.c.evidence).where(ISSUER.c.item == item)
    evidence = await tx.scalar(issues)
    known = (await tx.execute(select(RETIREMENT).where(RETIREMENT.c.item == item))).first()
    bundles = await _bundles(tx, item, evidence)
    takers = sorted({one.item for bundle in bundles for one in bundle.takers})
    counts = await _under_way(tx, [item, *takers])
    return MeaningView(
        item=item,
        evidence=evidence,
        retirement=KnownRetirement.model_validate(known) if known else None,
        bundles=bundles,
        applications=await tx.scalar(CONCERNED, {"items": [item, *takers]}) or 0,
        members=counts.pop(item),
        dependents=counts,
    )


async def _bundles(tx: AsyncSession, item: str, evidence: str | None) -> list[ConcernedBundle]:
    using = select(BUNDLE).where(
        BUNDLE.c.published_version.is_not(None), BUNDLE.c.item_versions.has_key(item)
    )
    rows = (await tx.execute(using.order_by(BUNDLE.c.code))).all()
    return [await _concerned(tx, row, item, evidence) for row in rows]


async def _concerned(
    tx: AsyncSession, row: Any, item: str, evidence: str | None
) -> ConcernedBundle:
    members = row.published["members"]
    own = [one["member"] for one in members if one["item"] == item]
    items = await at(tx, row.item_versions)
    needing = {
        code
        for code, version in items.items()
        if any(need.evidence == evidence for need in version.item.requirements)
    }
    edges = [e for e in row.published["edges"] if {e["from"], e["to"]} & set(own)]
    return ConcernedBundle(
        code=row.code,
        version=row.published_version,
        name=row.published["name"],
        members=own,
        edges=[EdgeView(**one) for one in edges],
        takers=[
            TakerView(member=one["member"], item=one["item"])
            for one in members
            if one["item"] in needing
        ],
    )


async def _under_way(tx: AsyncSession, items: list[str]) -> dict[str, UnderWayView]:
    found = {item: UnderWayView() for item in items}
    for row in await tx.execute(UNDER_WAY, {"items": items}):
        setattr(found[row.item], row.state, row.members)
    return found
