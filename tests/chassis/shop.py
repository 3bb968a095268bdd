"""A platform that sells shoes: the smallest service on the chassis, to test the chassis alone."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from fastapi import APIRouter, Depends, FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CheckConstraint, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis import outbox
from services.chassis.app import build
from services.chassis.database import COLUMN_TYPES, Tx, metadata
from services.chassis.envelope import Heard
from services.chassis.errors import Conflict, NotFound, Unavailable
from services.chassis.idempotency import OnceOnly, idempotency_table
from services.chassis.identity import Allow, Principal
from services.chassis.inbox import inbox_table, parked_table, subscriptions
from services.chassis.settings import Settings

STREAM = "SHOP"
CONSUMER = "shop-on-SHOP"


class Word(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OrderPlaced(Word):
    """Somebody ordered shoes."""

    type: ClassVar[str] = "shop.order.placed"
    stream: ClassVar[str] = STREAM
    aggregate: ClassVar[str] = "order"
    route: ClassVar[str] = "shop.order.placed"

    order: UUID
    shoe: str = "boot"
    pairs: int = Field(1, ge=1)
    note: str = ""


class OrderReturned(Word):
    """They did not fit."""

    type: ClassVar[str] = "shop.order.returned"
    stream: ClassVar[str] = STREAM
    aggregate: ClassVar[str] = "order"
    route: ClassVar[str] = "shop.order.returned"

    order: UUID
    shoe: str = "boot"
    pairs: int = 1


class OrderKept(Word):
    """For a cellar whose stream is made later than ours."""

    type: ClassVar[str] = "cellar.order.kept"
    stream: ClassVar[str] = "CELLAR"
    aggregate: ClassVar[str] = "order"
    route: ClassVar[str] = "cellar.order.kept"

    order: UUID


class Base(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


class Order(Base):
    __tablename__ = "purchase"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    buyer: Mapped[str]
    shoe: Mapped[str]
    pairs: Mapped[int]


class Sold(Base):
    """How many pairs of what is on offer were sold."""

    __tablename__ = "sold"
    __table_args__ = (CheckConstraint("pairs <= 1000", "stock"),)

    shoe: Mapped[str] = mapped_column(primary_key=True)
    pairs: Mapped[int] = mapped_column(default=0)
    arriving: Mapped[bool] = mapped_column(default=False)


outbox.outbox_table(Base.metadata)
outbox.waiting_table(Base.metadata)
inbox_table(Base.metadata)
parked_table(Base.metadata)
idempotency_table(Base.metadata)


class NotOnOffer(NotFound):
    """We do not sell this shoe."""

    zh = "本店不卖这种鞋。"


class TooManyPairs(Conflict):
    """Nobody has so many feet."""

    zh = "没有人有这么多脚。"


async def count(
    tx: AsyncSession, heard: Sequence[Heard[OrderPlaced] | Heard[OrderReturned]]
) -> None:
    """Count what was sold; a shoe that is not on offer is refused."""
    for one in sorted(heard, key=lambda one: one.event.shoe):
        sign = 1 if isinstance(one.event, OrderPlaced) else -1
        change = update(Sold).where(Sold.shoe == one.event.shoe)
        change = change.values(pairs=Sold.pairs + sign * one.event.pairs)
        found = (await tx.execute(change.returning(Sold.arriving))).first()
        if found is None:
            raise NotOnOffer()
        if found.arriving:
            raise Unavailable("还在路上。", "Still on its way.")


REACTIONS: dict[Any, Any] = {OrderPlaced: count, OrderReturned: count}

Buyer = Annotated[Principal, Depends(Allow("citizen", "officer"))]
router = APIRouter(tags=["shop"])


class NewOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shoe: str = Field(min_length=2, max_length=20, pattern="^[a-z]*$")
    pairs: int = Field(1, ge=1)
    note: str = ""


class OrderView(BaseModel):
    id: UUID
    shoe: str
    pairs: int
    version: int = 1


@router.post("/orders", status_code=201, response_model=OrderView)
async def place(body: NewOrder, who: Buyer, once: OnceOnly) -> Response:
    async def effect() -> OrderView:
        if (await once.tx.get(Sold, body.shoe)) is None:
            raise NotOnOffer(shoe=body.shoe)
        if body.pairs > 99:
            raise TooManyPairs()
        made = OrderView(id=uuid_utils.compat.uuid7(), shoe=body.shoe, pairs=body.pairs)
        row = {**made.model_dump(), "buyer": who.sub}
        await once.tx.execute(insert(Order).values(row))
        told = OrderPlaced(order=made.id, shoe=made.shoe, pairs=made.pairs, note=body.note)
        await outbox.record(once.tx, told, version=1)
        return made

    return await once(who.sub, effect, 201, headers=lambda made: {"etag": f'"{made.version}"'})


@router.post("/samples", status_code=201, response_model=OrderView)
async def sample(body: NewOrder, who: Buyer, once: OnceOnly) -> Response:
    """Another route on which keys are used."""

    async def effect() -> OrderView:
        return OrderView(id=uuid_utils.compat.uuid7(), shoe=body.shoe, pairs=0)

    return await once(who.sub, effect, 201)


@router.get("/orders/{order}")
async def show(order: UUID, who: Buyer, tx: Tx) -> OrderView:
    found = await tx.execute(select(Order).where(Order.id == order, Order.buyer == who.sub))
    row = found.scalar_one_or_none()
    if row is None:
        raise NotFound()
    return OrderView.model_validate(row, from_attributes=True)


@router.get("/sold/{shoe}")
async def sold(shoe: str, who: Buyer, tx: Tx) -> int:
    row = await tx.get(Sold, shoe)
    if row is None:
        raise NotOnOffer()
    return row.pairs


class FellOver(RuntimeError):
    """A defect."""


@router.get("/shelf")
async def shelf(who: Buyer, canary: str) -> None:
    raise FellOver(f"the shelf fell over\n{canary} lay below")


@router.post("/late", status_code=201)
async def late(who: Buyer, tx: Tx) -> dict[str, str]:
    """Its commit fails, after it has answered."""
    buyer = {"id": uuid_utils.compat.uuid7(), "version": 1, "buyer": "canary-in-a-row"}
    await tx.execute(insert(Order).values(**buyer, shoe="late", pairs=1))
    return {"status": "sold"}


def make(settings: Settings) -> FastAPI:
    heard = subscriptions("shop", REACTIONS)
    return build("shop", "Shoes.", [router], heard, settings)
