from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.desk.tables import Approval
from services.approval.schema import Base


class ExtensionRequest(Base):
    """An extension that somebody asked for.  Consented to, it stands in the clock's ledger, too."""

    __tablename__ = "extension_request"

    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), primary_key=True)
    length: Mapped[dict[str, Any]]
    reason_code: Mapped[str]
    explanation: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    consented_by: Mapped[str | None]
    consented_at: Mapped[datetime | None]
