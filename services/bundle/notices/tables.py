from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class Notice(Base):
    """One thing to tell the accounts behind an application.  `facts` are codes, never free text."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_account", "account", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[str]
    application: Mapped[UUID]
    kind: Mapped[str]
    member: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
