from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.database import table
from services.metrics.schema import Base


class PointCase(Base):
    """An approval that a service point had in hand; its events may come in any order."""

    __tablename__ = "point_case"
    __table_args__ = (
        Index("ix_point_case_accepted", "accepted_point", "item"),
        Index("ix_point_case_decided", "decided_point", "item"),
    )

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str]
    accepted_point: Mapped[str | None]
    """Whose window accepted it, or said that it is not accepted."""
    decided_point: Mapped[str | None]
    unaccepted: Mapped[bool | None]
    """It was not accepted."""


class Returned(Base):
    """An approval whose applicant was asked to put something right (补正)."""

    __tablename__ = "returned"

    approval: Mapped[UUID] = mapped_column(primary_key=True)


class Touched(Base):
    """An approval of which something was heard since its points were measured.

    Rows are only added and taken away: who hears waits for nobody, and what is heard while
    somebody measures is measured next.
    """

    __tablename__ = "touched"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    approval: Mapped[UUID]


class Quality(Base):
    """What came of one right over one item at one point, as it was told last."""

    __tablename__ = "delegation_quality"

    item: Mapped[str] = mapped_column(primary_key=True)
    point: Mapped[str] = mapped_column(primary_key=True)
    right: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    cases: Mapped[int]
    refused: Mapped[int]
    returned: Mapped[int]
    overdue: Mapped[int]
    measured_at: Mapped[datetime]


POINT_CASE = table(PointCase)
RETURNED = table(Returned)
TOUCHED = table(Touched)
QUALITY = table(Quality)
