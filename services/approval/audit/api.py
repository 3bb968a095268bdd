"""The HTTP face of the record: read it, and take it away to verify it elsewhere."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from services.approval.audit.actions import ANCHOR, ENTRY, LINK
from services.chassis.database import Tx
from services.chassis.identity import ANYONE, Allow, Principal

Inspector = Annotated[Principal, Depends(Allow("inspector", "bureau", "operator"))]

router = APIRouter(tags=["approval"])


class EntryView(BaseModel):
    """一次法律行为 / One act as it was signed; `document` is its canonical JSON (RFC 8785)."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    position: int | None
    """Its place in the chain; null for the moment until it is chained."""
    id: UUID
    document: str
    key: str
    signature: str
    digest: str | None


class EntryPage(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)
    items: list[EntryView]
    next: int | None
    """Pass as `after` for the following entries."""


class AnchorView(BaseModel):
    position: int
    digest: str
    key: str
    signature: str


class PublicKey(BaseModel):
    algorithm: str
    public: str


COLUMNS = (
    LINK.c.position,
    ENTRY.c.id,
    ENTRY.c.document,
    ENTRY.c.key,
    ENTRY.c.signature,
    LINK.c.digest,
)


@router.get("/audit/entries")
async def entries(
    who: Inspector,
    tx: Tx,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> EntryPage:
    """审计链 / The chain of acts in order.  `onevisit verify` checks it offline."""
    found = select(*COLUMNS).join(LINK, LINK.c.entry == ENTRY.c.id).where(LINK.c.position > after)
    rows = (await tx.execute(found.order_by(LINK.c.position).limit(limit + 1))).all()
    shown = [EntryView(**row._mapping) for row in rows[:limit]]
    return EntryPage(items=shown, next=shown[-1].position if len(rows) > limit else None)


@router.get("/audit/anchors")
async def anchors(who: Inspector, tx: Tx) -> list[AnchorView]:
    """锚点 / Where the chain stood at times, as it was told to everybody; newest first, 1000.

    To prove that nothing was rewritten, take them from somebody else who heard them:
    `GET anchors` answers what the metrics service remembers.
    """
    rows = await tx.execute(select(ANCHOR).order_by(ANCHOR.c.position.desc()).limit(1000))
    return [AnchorView(**row._mapping) for row in rows]


@router.get("/audit/keys", dependencies=[ANYONE])
async def keys(request: Request) -> dict[str, PublicKey]:
    """公钥 / The public keys that verify entries, anchors and certificates."""
    return {k: PublicKey(**v) for k, v in request.app.state.signer.published().items()}
