from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.schema import Base
from services.approval.supervision.rules import DUE, Kind, Outlook, State, Verdict

# What has passed or was closed in time stays in the table: a watch over it would grow for ever.
LASTING = ", ".join(f"'{state}'" for state in State if state in DUE)
RUNNING = f"overdue_at IS NULL AND state IN ({LASTING})"
RUNNING_DUTY = f"supervision.overdue_at IS NULL AND supervision.state IN ({LASTING})"
"""The same, where another table stands beside it."""


class SupervisionPlan(Base):
    """What catalog said of a version of an item: our copy, fed by its events."""

    __tablename__ = "supervision_plan"

    item: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    regulator: Mapped[str]
    """The named one; where none is named, the department that decides."""
    duties: Mapped[list[Any]]


class SupervisedGrant(Base):
    """A grant that supervision has looked at, each once.  `seed`: the digest of its link."""

    __tablename__ = "supervised_grant"
    __table_args__ = (
        Index("ix_supervised_grant_waiting", "item", postgresql_where=text("outlook = 'waiting'")),
    )

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str]
    item_version: Mapped[int]
    outlook: Mapped[Outlook]
    seed: Mapped[str] = mapped_column(String(64))
    looked_at: Mapped[datetime]


class SupervisionCursor(Base):
    """How far in the chain of acts grants have been looked for: one row."""

    __tablename__ = "supervision_cursor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)


class Duty(Base):
    """A supervision duty (监管任务) of one grant at one regulator."""

    __tablename__ = "supervision"
    __table_args__ = (
        UniqueConstraint("approval", "kind", "ref"),
        Index("ix_supervision_worklist", "regulator", "state", "id"),
        Index(
            "ix_supervision_overdue",
            "regulator",
            "state",
            "id",
            postgresql_where=text("overdue_at IS NOT NULL"),
        ),
        Index("ix_supervision_refer_to", "refer_to", postgresql_where=text("state = 'disputed'")),
        Index(
            "ix_supervision_proposed",
            "department",
            "id",
            postgresql_where=text("state = 'ending_proposed'"),
        ),
        Index("ix_supervision_running", "due", postgresql_where=text(RUNNING)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID]
    application: Mapped[UUID]
    item: Mapped[str]
    department: Mapped[str]
    """The one that granted."""
    region: Mapped[str]
    kind: Mapped[Kind]
    ref: Mapped[str] = mapped_column(default="", server_default="")
    """Of a review: the result that ended."""
    regulator: Mapped[str]
    state: Mapped[State]
    reason_code: Mapped[str | None]
    refer_to: Mapped[str | None]
    seed: Mapped[str] = mapped_column(String(64), default="", server_default="")
    inspector: Mapped[str | None]
    """Who was drawn: an account."""
    due: Mapped[datetime | None]
    """Of the check; while it is put right, of that."""
    overdue_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    correlation: Mapped[str] = mapped_column(default="", server_default="")
    version: Mapped[int]


class Finding(Base):
    """What was found at a check; none is changed.  `uploads` lie with bundle."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_supervision", "supervision", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    supervision: Mapped[UUID] = mapped_column(ForeignKey(Duty.id))
    verdict: Mapped[Verdict]
    reason_codes: Mapped[list[Any]]
    uploads: Mapped[list[Any]]
    explanation: Mapped[str | None]
    """The digest of what the regulator wrote to the holder."""
    until: Mapped[datetime | None]
    """Where it has to be put right: by when."""
    found_by: Mapped[str]
    found_at: Mapped[datetime]


class FindingAnswer(Base):
    """What the holder answered to a finding, once; words and files lie with bundle."""

    __tablename__ = "finding_answer"

    finding: Mapped[UUID] = mapped_column(ForeignKey(Finding.id), primary_key=True)
    statement: Mapped[str]
    uploads: Mapped[list[Any]]
    answered_at: Mapped[datetime]


class Inspector(Base):
    """Who may be drawn, by department: opaque accounts."""

    __tablename__ = "inspector"

    department: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)


class CreditRecord(Base):
    """A promise that was broken, or a result that was taken away for what its holder did."""

    __tablename__ = "credit_record"
    __table_args__ = (
        UniqueConstraint("approval", "cause"),
        Index("ix_credit_record_regulator", "regulator", "id"),
        Index("ix_credit_record_holder", "holder"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    holder: Mapped[UUID]
    approval: Mapped[UUID]
    item: Mapped[str]
    regulator: Mapped[str]
    cause: Mapped[str]
    reason_code: Mapped[str]
    made_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    """It turned out otherwise."""
