from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.records.tables import Item
from services.catalog.retirement.rules import Mode
from services.catalog.schema import Base


class Retirement(Base):
    """What was last decided about an item's retirement; its history is in the outbox."""

    __tablename__ = "retirement"
    __table_args__ = (Index("ix_retirement_effective", "effective", "item"),)

    item: Mapped[str] = mapped_column(ForeignKey(Item.code), primary_key=True)
    version: Mapped[int]
    mode: Mapped[Mode]
    effective: Mapped[date]
    legal_basis: Mapped[str]
    becomes: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The item from that day on, where it goes on."""
    described: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The same as the bureau sent it: a filing need not be described."""
    dispositions: Mapped[dict[str, Any]]
    """By the item that needs the evidence."""
    evidence: Mapped[str | None]
    """What it issues no longer."""
    item_version: Mapped[int]
    """In force when this was decided."""
    withdrawn: Mapped[bool]
    decided_by: Mapped[str]
    """The account (an opaque id)."""
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class BundleCopy(Base):
    """Which items each published bundle is made of, as bundle last told."""

    __tablename__ = "bundle_copy"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str]
    lead_department: Mapped[str]
    items: Mapped[list[Any]]
