from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.schema import Base


class Department(Base):
    """A department, as catalog told it last."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str]
    region: Mapped[str]


class AcceptRight(Base):
    """A point's right to accept an item's applications (受理权), as catalog told it last.

    It holds while `state` says so; see rules.
    """

    __tablename__ = "accept_right"
    __table_args__ = (Index("ix_accept_right_point", "point", "item"),)

    delegation: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    item: Mapped[str]
    point: Mapped[str]
    state: Mapped[str]
    trial_until: Mapped[date | None]
    ends_on: Mapped[date | None]
