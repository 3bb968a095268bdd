from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.applications.tables import Application
from services.bundle.schema import Base


class CorrectionAnswer(Base):
    """What an applicant put right for one approval, and what stood there before.

    The application's form and materials are the corrected ones; with `before` the former can be
    read again, as those departments read it that had decided by then (`closed`).
    """

    __tablename__ = "correction_answer"
    __table_args__ = (Index("ix_correction_answer_application", "application"),)

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    application: Mapped[UUID] = mapped_column(ForeignKey(Application.id))
    member: Mapped[str]
    before: Mapped[dict[str, Any]]
    """The corrected fields as they were, personal ones sealed; null: there was nothing."""
    after: Mapped[dict[str, Any]]
    materials: Mapped[dict[str, Any]]
    """Material key -> the uploads that took the former ones' place."""
    closed: Mapped[list[Any]]
    """Members that were settled: they were judged by what was before."""
    answered_by: Mapped[str]
    answered_at: Mapped[datetime]
