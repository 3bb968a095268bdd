from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.schema import Base


class AuditEntry(Base):
    """A legal act as it was signed.  Written once, in the act's own transaction."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_approval", "approval"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID]
    document: Mapped[str] = mapped_column(Text)
    key: Mapped[str]
    signature: Mapped[str]


class AuditUnlinked(Base):
    """Entries that the sequencer has not yet put into the chain."""

    __tablename__ = "audit_unlinked"

    entry: Mapped[UUID] = mapped_column(primary_key=True)


class AuditLink(Base):
    """The chain.  No decision waits for it: one sequencer appends what was committed."""

    __tablename__ = "audit_link"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[UUID] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(String(64))


class AuditAnchor(Base):
    """The anchors that were given out."""

    __tablename__ = "audit_anchor"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    key: Mapped[str]
    signature: Mapped[str]
    anchored_at: Mapped[datetime] = mapped_column(server_default=func.now())
