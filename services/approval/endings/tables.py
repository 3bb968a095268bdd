from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.desk.tables import Result
from services.approval.endings.rules import Hearing, Kind
from services.approval.schema import Base


class HearingRecord(Base):
    """听证: that the holder was heard before, or why not."""

    __tablename__ = "hearing"

    result: Mapped[str] = mapped_column(ForeignKey(Result.number), primary_key=True)
    outcome: Mapped[Hearing]
    evidence: Mapped[str]
    """What shows it: a document's number, or an upload's id."""
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]


class Ending(Base):
    """One act on a result; none is changed."""

    __tablename__ = "ending"
    __table_args__ = (UniqueConstraint("result", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    result: Mapped[str] = mapped_column(ForeignKey(Result.number))
    kind: Mapped[Kind]
    reason_codes: Mapped[list[Any]]
    legal_basis: Mapped[str]
    authority: Mapped[str]
    ended_by: Mapped[str]
    ended_at: Mapped[datetime]
