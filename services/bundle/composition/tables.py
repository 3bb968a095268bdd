from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class ItemCopy(Base):
    """An item version as catalog published it.  All are kept: applications keep theirs."""

    __tablename__ = "item_copy"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[dict[str, Any]]


class DepartmentName(Base):
    """What a department is called, as catalog last told it: certificates say it in full."""

    __tablename__ = "department_name"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str]


class Bundle(Base):
    """一件事: the draft, and which version of it can be applied for with which item versions."""

    __tablename__ = "bundle"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    record: Mapped[dict[str, Any]]
    published_version: Mapped[int | None]
    published: Mapped[dict[str, Any] | None]
    item_versions: Mapped[dict[str, Any]]
    """Item code -> version, as composed today.  A newer item version comes in when the bundle is
    still right with it."""
    suspension: Mapped[dict[str, Any] | None]
    """Since when and why nobody can apply for it, as long as nobody can."""
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class BundleVersion(Base):
    """A version of a bundle as it was published.  What superseded it takes nothing away."""

    __tablename__ = "bundle_version"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[dict[str, Any]]
    item_versions: Mapped[dict[str, Any]]
    """As it was when published; see Bundle."""
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Issuer(Base):
    """What each item issues in its newest version: says whether anybody still issues a type."""

    __tablename__ = "issuer"
    __table_args__ = (Index("ix_issuer_evidence", "evidence"),)

    item: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    evidence: Mapped[str | None]


class Retirement(Base):
    """An item's retirement as catalog last told it; from `effective` on it holds."""

    __tablename__ = "retirement"
    __table_args__ = (Index("ix_retirement_evidence", "evidence"),)

    item: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    mode: Mapped[str]
    effective: Mapped[date]
    withdrawn: Mapped[bool]
    evidence: Mapped[str | None]
    """What it issues no longer."""
    dispositions: Mapped[list[Any]]
    no_longer_asks: Mapped[list[Any]]
