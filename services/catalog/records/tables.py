from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.schema import Base

TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
"""For replicas of an older version, which do not say from when a version is in force."""
RETIRED = text("retired_from IS NOT NULL")


class Record:
    """A coded entry of the vocabulary; `version` grows with each change."""

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    record: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Department(Record, Base):
    __tablename__ = "department"


class EvidenceType(Record, Base):
    __tablename__ = "evidence_type"


class Field(Record, Base):
    __tablename__ = "field"


class Item(Record, Base):
    """The item's newest version; `item_version` keeps them all."""

    __tablename__ = "item"
    __table_args__ = (
        Index("ix_item_department", "department"),
        Index("ix_item_retired", "retired_from", "code", postgresql_where=RETIRED),
        Index("ix_item_issues", text("(record ->> 'issues')")),
    )

    department: Mapped[str] = mapped_column(ForeignKey(Department.code))
    retired_from: Mapped[date | None]
    """From this day on it may not be asked for; written by whoever retires it."""


class ItemVersion(Base):
    """What an item was, version by version: an application keeps the one of its filing day."""

    __tablename__ = "item_version"
    __table_args__ = (Index("ix_item_version_issues", text("(record ->> 'issues')"), "code"),)

    code: Mapped[str] = mapped_column(ForeignKey(Item.code), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[dict[str, Any]]
    in_force_from: Mapped[date] = mapped_column(server_default=text(TODAY))
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ItemScheduled(Base):
    """A version that waits for its day.  It gets its number when that comes: until then another
    may be published, and a definition that it embeds may change.

    Without a record it is whatever is in force then, with `changes` made: retirements of other
    items change what it asks, whatever an editor has made of it meanwhile.
    """

    __tablename__ = "item_scheduled"
    __table_args__ = (Index("ix_item_scheduled_day", "in_force_from", "code"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    in_force_from: Mapped[date] = mapped_column(primary_key=True)
    record: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    changes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    """Dispositions of retirements, each with the evidence and the item that is `retired`."""
    of_retirement: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Whether the record is what the item's own retirement makes of it (改备案, 优化)."""
    scheduled_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Ending(Base):
    """From `day` on the item issues this evidence no more, whatever its record says."""

    __tablename__ = "ending"

    evidence: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
