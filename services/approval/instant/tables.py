from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.instant.rules import Why
from services.approval.schema import Base


class InstantTrace(Base):
    """What a rule judged, from which facts, and what came of it: kept for whoever asks later."""

    __tablename__ = "instant_trace"

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    rule: Mapped[str]
    facts: Mapped[dict[str, Any]]
    acr: Mapped[str]
    wanted_acr: Mapped[str]
    commitment: Mapped[str | None]
    commitment_version: Mapped[int | None]
    signed: Mapped[str | None]
    """Digest of the text that was signed."""
    why: Mapped[Why]
    judged_at: Mapped[datetime]


class Exclusion(Base):
    """A holder whose promise turned out false is decided by people from then on."""

    __tablename__ = "exclusion"
    __table_args__ = (Index("ix_exclusion_holder", "holder"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    holder: Mapped[UUID]
    approval: Mapped[UUID]
    """Where the promise was broken."""
    reason_code: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
