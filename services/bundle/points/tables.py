from datetime import date
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class Point(Base):
    """A service point, as catalog told it last."""

    __tablename__ = "point"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str]
    open: Mapped[bool]


class PointRight(Base):
    """A right over one item at one service point, as catalog told it last; see rules."""

    __tablename__ = "point_right"
    __table_args__ = (Index("ix_point_right_point", "point", "item"),)

    delegation: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    item: Mapped[str]
    department: Mapped[str]
    point: Mapped[str]
    right: Mapped[str]
    situations: Mapped[list[Any]]
    state: Mapped[str]
    trial_until: Mapped[date | None]
    ends_on: Mapped[date | None]
