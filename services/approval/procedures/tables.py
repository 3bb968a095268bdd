from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.desk.tables import Approval
from services.approval.schema import Base


class Procedure(Base):
    """One special procedure of an approval.  By what evidence, and from when to when, stands in the
    clock's ledger under `pause`."""

    __tablename__ = "procedure"

    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pause: Mapped[UUID] = mapped_column(ForeignKey("pause.id"), unique=True)
    kind: Mapped[str]
    expected: Mapped[dict[str, Any]]
    explanation: Mapped[str | None]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
