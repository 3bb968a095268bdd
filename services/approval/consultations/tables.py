from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.desk.tables import Approval
from services.approval.schema import Base

WAITING = "closed_at IS NULL"


class Consultation(Base):
    """An opinion that one department asked of another, and what it shows for it."""

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_approval", "approval"),
        Index("ix_consultation_consulted", "consulted", "id"),
        Index("ix_consultation_open", "approval", postgresql_where=text(WAITING)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id))
    department: Mapped[str]
    """Which asks."""
    consulted: Mapped[str]
    fields: Mapped[list[Any]]
    evidence: Mapped[list[Any]]
    question: Mapped[str | None]
    within: Mapped[dict[str, Any]]
    clock: Mapped[UUID]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    opinion: Mapped[str | None]
    statement: Mapped[str | None]
    given_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    """When the opinion was given, or was no longer wanted."""
    because: Mapped[str | None]
    """None where it was closed before this was written down."""
