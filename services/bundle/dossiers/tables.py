from datetime import datetime
from typing import Any
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
    point: Mapped[str | None]
    """The service point whose people read it in the department's place."""
    account: Mapped[str]
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Supervised(Base):
    """A duty of supervision and whose it is: our copy, fed by approval's events, newest first.

    Its regulator may write to the holder and reads what rests on it; so does the authority that
    granted, while an ending is proposed to it.
    """

    __tablename__ = "supervised"
    __table_args__ = (Index("ix_supervised_approval", "approval"),)

    supervision: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID]
    application: Mapped[UUID]
    department: Mapped[str]
    regulator: Mapped[str]
    proposed: Mapped[bool]
    over: Mapped[bool]
    sequence: Mapped[int]
    """Of the event that last told of it."""


class Consulted(Base):
    """A department that was asked for its opinion, and what it may read for that.

    Two events tell of it, in whatever order they come: what has closed is not opened any more.
    """

    __tablename__ = "consulted"
    __table_args__ = (Index("ix_consulted_approval", "approval"),)

    consultation: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID]
    department: Mapped[str]
    """Which was asked."""
    fields: Mapped[list[Any]]
    evidence: Mapped[list[Any]]
    question: Mapped[str | None]
    closed: Mapped[bool]
    opinion: Mapped[str | None]
    statement: Mapped[str | None]
