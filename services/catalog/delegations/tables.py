from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.delegations.rules import Level, Mode, Right, State, Step
from services.catalog.points.tables import ServicePoint
from services.catalog.records.tables import Item
from services.catalog.schema import Base

MAYBE = JSONB(none_as_null=True)


class Delegation(Base):
    """One right over one item at one point: where it stands now."""

    __tablename__ = "delegation"
    __table_args__ = (Index("ix_delegation_point", "point", "item"),)

    item: Mapped[str] = mapped_column(ForeignKey(Item.code), primary_key=True)
    point: Mapped[str] = mapped_column(ForeignKey(ServicePoint.code), primary_key=True)
    right: Mapped[Right] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[State]
    mode: Mapped[Mode]
    situations: Mapped[list[Any]]
    legal_basis: Mapped[str]
    begun_by: Mapped[Level]
    begun_who: Mapped[str]
    """The account that proposed it (an opaque id)."""
    wider: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    """A widening that is proposed and not answered."""
    capacity: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    """What the point said last: people, trained, training, equipment."""
    reasons: Mapped[list[Any]]
    """Codes of the last refusal, withdrawal or ending."""
    trial_until: Mapped[date | None]
    ends_on: Mapped[date | None]
    changed_at: Mapped[datetime]


class DelegationStep(Base):
    """One step of a delegation's history: who, when, how and why.  Never changed."""

    __tablename__ = "delegation_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["item", "point", "right"],
            ["delegation.item", "delegation.point", "delegation.right"],
            name="fk_delegation_step_item",
        ),
    )

    item: Mapped[str] = mapped_column(primary_key=True)
    point: Mapped[str] = mapped_column(primary_key=True)
    right: Mapped[Right] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[Step]
    state: Mapped[State]
    """Where the step led."""
    level: Mapped[Level | None]
    """Which level took it; none where it followed from something else."""
    who: Mapped[str]
    mode: Mapped[Mode]
    reasons: Mapped[list[Any]]
    note: Mapped[str]
    """Free text for the two levels; it goes nowhere else."""
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class DelegationQuality(Base):
    """What came of one right over one item at one point, as metrics told it last."""

    __tablename__ = "delegation_quality"

    item: Mapped[str] = mapped_column(primary_key=True)
    point: Mapped[str] = mapped_column(primary_key=True)
    right: Mapped[Right] = mapped_column(primary_key=True)
    version: Mapped[int]
    cases: Mapped[int]
    refused: Mapped[int]
    returned: Mapped[int]
    overdue: Mapped[int]
    bad_ratings: Mapped[int | None]
    measured_at: Mapped[datetime]
