from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.database import table
from services.metrics.schema import Base


class Case(Base):
    """One application as far as it was heard of; its two events may come in either order."""

    __tablename__ = "application_case"
    __table_args__ = (Index("ix_application_case_bundle", "bundle"),)

    application: Mapped[UUID] = mapped_column(primary_key=True)
    bundle: Mapped[str]
    region: Mapped[str | None]
    members: Mapped[int | None]
    promise_hours: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    completed_at: Mapped[datetime | None]


class Decided(Base):
    """One decided approval."""

    __tablename__ = "decided"
    __table_args__ = (Index("ix_decided_bundle", "bundle", "department", "item"),)

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    application: Mapped[UUID]
    bundle: Mapped[str]
    department: Mapped[str]
    item: Mapped[str]
    verdict: Mapped[str]
    worked_seconds: Mapped[float]
    worked_days: Mapped[int]
    promised_hours: Mapped[int]
    decided_at: Mapped[datetime]


class Delivered(Base):
    """One approval whose decision, or certificate, reached its applicant; it may be heard of before
    the decision."""

    __tablename__ = "delivered"

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    way: Mapped[str]
    waited_days: Mapped[int]
    delivered_at: Mapped[datetime]


CASE = table(Case)
DECIDED = table(Decided)
DELIVERED = table(Delivered)
