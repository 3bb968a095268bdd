from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class Disclosure(Base):
    """Who at which desk read whose dossier, and when: personal data leaves no other way."""

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_approval", "approval"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID]
    department: Mapped[str]
    account: Mapped[str]
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
