from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.database import table
from services.metrics.schema import Base


class Pending(Base):
    """An approval as far as it was heard of; without `ended_at` it is open.  Without `opened_at`
    we know only where it was handed over to: it is not shown yet."""

    __tablename__ = "pending"
    __table_args__ = (
        Index("ix_pending_open", "department", postgresql_where=text("ended_at IS NULL")),
    )

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    bundle: Mapped[str | None]
    item: Mapped[str | None]
    department: Mapped[str]
    department_of: Mapped[int] = mapped_column(server_default=text("0"))
    """The message of the approval that said so last."""
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RaisedCard(Base):
    """A card; how it was raised and how it stands are two events, which come in either order."""

    __tablename__ = "raised_card"
    __table_args__ = (
        Index("ix_raised_card_department", "department", "card"),
        Index("ix_raised_card_approval", "approval"),
    )

    card: Mapped[UUID] = mapped_column(primary_key=True)
    approval: Mapped[UUID]
    application: Mapped[UUID]
    department: Mapped[str]
    bundle: Mapped[str | None]
    """None where only a later change was heard of yet: not shown so far."""
    item: Mapped[str | None]
    rule: Mapped[str | None]
    colour: Mapped[str | None]
    person: Mapped[str | None]
    due_at: Mapped[datetime | None]
    raised_at: Mapped[datetime | None]
    state: Mapped[str]
    level: Mapped[str]
    sequence: Mapped[int]
    """Of the change that `state` and `level` are from."""


PENDING = table(Pending)
CARD = table(RaisedCard)
