from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.schema import Base


class Record:
    """A coded entry of the vocabulary; `version` grows with each change."""

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    record: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Department(Record, Base):
    __tablename__ = "department"


class EvidenceType(Record, Base):
    __tablename__ = "evidence_type"


class Field(Record, Base):
    __tablename__ = "field"


class Item(Record, Base):
    """The item's newest version; `item_version` keeps them all."""

    __tablename__ = "item"
    __table_args__ = (Index("ix_item_department", "department"),)

    department: Mapped[str] = mapped_column(ForeignKey(Department.code))


class ItemVersion(Base):
    """What an item was, version by version: an application keeps the one of its filing day."""

    __tablename__ = "item_version"

    code: Mapped[str] = mapped_column(ForeignKey(Item.code), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[dict[str, Any]]
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())
