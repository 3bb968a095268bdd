from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.delivery.rules import By, Way
from services.approval.desk.tables import Approval
from services.approval.schema import Base


class Delivery(Base):
    """How and when a decision, or its certificate, reached the applicant."""

    __tablename__ = "delivery"

    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), primary_key=True)
    way: Mapped[Way]
    evidence: Mapped[str | None]
    """What shows it; None: its holder opened it here."""
    delivered_at: Mapped[datetime]
    by: Mapped[By]
    said_by: Mapped[str]
    """The account or `system:<department>` that said so; "holder" is nobody's account."""
    said_at: Mapped[datetime]
