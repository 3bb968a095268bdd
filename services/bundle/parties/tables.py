from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class Kind(StrEnum):
    PERSON = "person"
    ENTERPRISE = "enterprise"


class Party(Base):
    """A person or an enterprise, or one that does not exist yet: it has no number until issued.

    Names and numbers are sealed; `number_index` finds a number.  `account` is the login whose own
    person this is; its number is what a form said, which proves nothing, so only parties without
    an account are unique by number.
    """

    __tablename__ = "party"
    __table_args__ = (
        Index(
            "uq_party_number",
            "kind",
            "number_index",
            unique=True,
            postgresql_where=text("account IS NULL"),
        ),
        Index("ix_party_number", "number_index"),
        {"postgresql_with": {"fillfactor": 80}},  # its turns are counted beside it
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    account: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str | None]
    number: Mapped[str | None]
    number_index: Mapped[str | None]
    born_of: Mapped[UUID | None]
    """The application in which it came into being (a newborn, a company being founded)."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    filings: Mapped[int] = mapped_column(server_default=text("0"))
    """How many filings had their turn with it: another number says that one came between."""


class Representative(Base):
    """An account that acts for a party born of its own application, or for a child that it named:
    founder, guardian."""

    __tablename__ = "representative"
    __table_args__ = (Index("ix_representative_account", "account"),)

    party: Mapped[UUID] = mapped_column(ForeignKey(Party.id), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    stated_number: Mapped[str | None]
    """Index of the number that a guardian stated for a child: only their account finds it."""
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class Mandate(Base):
    """委托 / A principal lets an agent's account file some bundles, until a day or a revocation."""

    __tablename__ = "mandate"
    __table_args__ = (Index("ix_mandate_agent", "agent"), Index("ix_mandate_granted", "granted_by"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    principal: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    granted_by: Mapped[str]
    agent: Mapped[str]
    bundles: Mapped[list[Any]]
    valid_until: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
