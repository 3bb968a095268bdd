from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.schema import Base


class Announcement(Base):
    """A year's calendar as an operator entered it.  The newest of a year holds; none is changed."""

    __tablename__ = "announcement"
    __table_args__ = (Index("ix_announcement_year", "year", "edition"),)

    edition: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    year: Mapped[int]
    document: Mapped[str]
    """The notice's number (国办发明电…)."""
    holidays: Mapped[list[Any]]
    """[day, Chinese name, English name]."""
    workdays: Mapped[list[Any]]
    announced_by: Mapped[str]
    announced_at: Mapped[datetime]


class Pause(Base):
    """The ledger: when the clock of an approval stood still, why, by what evidence, by whom."""

    __tablename__ = "pause"
    __table_args__ = (
        Index("ix_pause_approval", "approval", "begin_at"),
        Index("uq_pause_open", "approval", unique=True, postgresql_where=text("end_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    begin_at: Mapped[datetime]
    end_at: Mapped[datetime | None]
    reason_code: Mapped[str]
    evidence: Mapped[str]
    """What shows it: a document's number, or an upload's id."""
    begun_by: Mapped[str]
    ended_by: Mapped[str | None]


class Extension(Base):
    """How much was added to an approval's time, once, and who consented."""

    __tablename__ = "extension"

    approval: Mapped[UUID] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    length: Mapped[dict[str, Any]]
    reason_code: Mapped[str]
    asked_by: Mapped[str]
    consented_by: Mapped[str]
    granted_at: Mapped[datetime]


class SmallClock(Base):
    """A time of its own inside an approval: a consultation, a higher authority's answer.

    It runs whatever the main clock does.  `kind` names the deadline at its end.
    """

    __tablename__ = "small_clock"
    __table_args__ = (Index("ix_small_clock_approval", "approval"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    kind: Mapped[str]
    department: Mapped[str | None]
    """Whose time it is."""
    length: Mapped[dict[str, Any]]
    start_at: Mapped[datetime]
    stop_at: Mapped[datetime | None]


class Alarm(Base):
    """When to look at something next.  It may ring early or for nothing, so nobody who ends a
    thing has to stop it: whoever is woken reckons anew from the ledger."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_ringing", "edition", "at"),)

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    edition: Mapped[int] = mapped_column(BigInteger)
    """The calendar that `at` was reckoned by.  Those of an older one are first set again."""
    tries: Mapped[int] = mapped_column(default=0)


class Reached(Base):
    """A deadline that has come, once for all."""

    __tablename__ = "reached"

    approval: Mapped[UUID] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[UUID] = mapped_column(primary_key=True)
    """The small clock's id, or the approval's own."""
    due_at: Mapped[datetime]
    reached_at: Mapped[datetime]
