from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.desk.tables import Approval
from services.approval.schema import Base


class Correction(Base):
    """What an applicant was asked to put right.  The law allows one notice, so this has one row."""

    __tablename__ = "correction"

    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), primary_key=True)
    gaps: Mapped[list[Any]]
    """Each a field's code or a material's, and a reason code."""
    explanation: Mapped[str]
    """The digest of what was written to the applicant; bundle keeps the text."""
    answer_by: Mapped[date | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    answered_at: Mapped[datetime | None]
    unknown: Mapped[list[Any] | None]
    """Of the gaps, those that the dossier does not have: nobody could answer them."""
