from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.approval.schema import Base


class Proposal(Base):
    """拟办意见: what one officer proposes to decide; a newer one replaces it."""

    __tablename__ = "proposal"

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    reason_code: Mapped[str | None]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
