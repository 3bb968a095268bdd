from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class Inspected(Base):
    """What a check found, as its regulator told; none is changed."""

    __tablename__ = "inspected"
    __table_args__ = (
        Index("ix_inspected_application", "application", "finding"),
        Index("ix_inspected_supervision", "supervision"),
    )

    finding: Mapped[UUID] = mapped_column(primary_key=True)
    supervision: Mapped[UUID]
    approval: Mapped[UUID]
    application: Mapped[UUID]
    verdict: Mapped[str]
    reason_codes: Mapped[list[Any]]
    uploads: Mapped[list[Any]]
    explanation: Mapped[str | None]
    until: Mapped[datetime | None]
    found_at: Mapped[datetime]


class RectificationAnswer(Base):
    """What the holder answered to a finding, once: the words sealed, the files by id."""

    __tablename__ = "rectification_answer"

    finding: Mapped[UUID] = mapped_column(ForeignKey(Inspected.finding), primary_key=True)
    written: Mapped[str]
    digest: Mapped[str]
    uploads: Mapped[list[Any]]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime]
