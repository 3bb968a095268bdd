from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.desk.tables import Approval
from services.approval.schema import Base


class Transfer(Base):
    """From whom to whom an approval went, and why; of a first review, with which opinion."""

    __tablename__ = "transfer"
    __table_args__ = (Index("ix_transfer_from", "from_department"),)

    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    from_department: Mapped[str]
    to_department: Mapped[str]
    reason_code: Mapped[str | None]
    opinion: Mapped[str | None]
    clock: Mapped[UUID | None]
    """The higher authority's own clock."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
