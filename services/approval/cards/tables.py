from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.cards.rules import CardState, Colour, Level, Verdict
from services.approval.schema import Base


class Card(Base):
    """One rule met by one approval, once for all, or once for each of its steps that a rule is
    about.  `facts` are codes, lengths and moments."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("approval", "rule", "ref", postgresql_nulls_not_distinct=True),
        Index(
            "ix_card_reviewed",
            "id",
            postgresql_where=text("rule = 'first_review_overdue' AND state IN ('open', 'kept')"),
        ),
        Index(
            "ix_card_step",
            "ref",
            postgresql_where=text("ref IS NOT NULL AND state IN ('open', 'kept')"),
        ),
        Index("ix_card_worklist", "department", "state", "id"),
        Index("ix_card_state", "state", "id"),
        Index(
            "ix_card_rising",
            "rises_at",
            postgresql_where=text("state = 'open' AND rises_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    department: Mapped[str]
    ref: Mapped[UUID | None]
    """Of a step: its small clock, or the supervision duty."""
    rule: Mapped[str]
    rule_version: Mapped[int]
    colour: Mapped[Colour]
    facts: Mapped[dict[str, Any]]
    person: Mapped[str | None]
    """Who had it in hand, as an opaque account; None where nobody did."""
    state: Mapped[CardState]
    level: Mapped[Level]
    rises_at: Mapped[datetime | None]
    """When the next in line hears of it, if nobody reacts."""
    raised_at: Mapped[datetime]
    version: Mapped[int]


class CardAppeal(Base):
    """An appeal of the department, and what the bureau made of it."""

    __tablename__ = "card_appeal"

    card: Mapped[UUID] = mapped_column(ForeignKey(Card.id), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    reason_code: Mapped[str]
    explanation: Mapped[str | None]
    """The digest of what the department wrote to the bureau; the words lie with bundle."""
    appealed_by: Mapped[str]
    appealed_at: Mapped[datetime]
    verdict: Mapped[Verdict | None]
    verdict_reason: Mapped[str | None]
    judged_by: Mapped[str | None]
    judged_at: Mapped[datetime | None]


class CardRise(Base):
    """A card that went up the line, once per level."""

    __tablename__ = "card_rise"

    card: Mapped[UUID] = mapped_column(ForeignKey(Card.id), primary_key=True)
    level: Mapped[Level] = mapped_column(primary_key=True)
    at: Mapped[datetime]
