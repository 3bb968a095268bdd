from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.approval.catalogue.rules import Mode
from services.approval.desk.rules import Acceptor, Accepts, State, Until
from services.approval.schema import Base

# Every approval whose cards may be over, and no other: whoever settles cards reads nothing else.
CARDS_OVER = (
    "cards_until = 'accepted' AND state <> 'opened'"
    " OR cards_until = 'decided'"
    " AND state NOT IN ('opened', 'correcting', 'accepted', 'suspended')"
    " OR cards_until = 'issued' AND issued_at IS NOT NULL"
)


class Approval(Base):
    """One authority's answer to one member, keyed by the id that bundle gave it.

    A cancellation that comes before its request leaves a row in state `cancelled` whose `item` is
    empty: the request then finds the id taken and opens nothing.
    """

    __tablename__ = "approval"
    __table_args__ = (
        Index(
            "ix_approval_worklist",
            "department",
            "state",
            "id",
            postgresql_where=text("item <> ''"),
        ),
        Index(
            "ix_approval_claimed",
            "department",
            "claimed_by",
            "state",
            "id",
            postgresql_where=text("item <> '' AND claimed_by IS NOT NULL"),
        ),
        Index("ix_approval_application", "application"),
        Index(
            "ix_approval_point",
            "point",
            "state",
            "id",
            postgresql_where=text("point IS NOT NULL"),
        ),
        Index("ix_approval_cards_over", "id", postgresql_where=text(CARDS_OVER)),
        Index(
            "ix_approval_relies_on",
            "relies_on",
            postgresql_using="gin",
            postgresql_ops={"relies_on": "jsonb_path_ops"},
            postgresql_where=text("relies_on <> '[]'"),
        ),
        Index("ix_approval_replaces", "replaces", postgresql_where=text("replaces IS NOT NULL")),
        Index(
            "ix_approval_unissued",
            "decided_at",
            postgresql_where=text("state = 'granted' AND issues IS NOT NULL AND issued_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application: Mapped[UUID]
    bundle: Mapped[str] = mapped_column(default="")
    member: Mapped[str]
    item: Mapped[str] = mapped_column(default="")
    item_version: Mapped[int] = mapped_column(default=0)
    item_name: Mapped[str] = mapped_column(default="")
    department: Mapped[str]
    region: Mapped[str] = mapped_column(default="")
    point: Mapped[str | None]
    """The service point at which the applicant wants it handled; its people see it while the point
    has a right over the item."""
    situations: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    promise: Mapped[dict[str, Any]]
    legal: Mapped[dict[str, Any] | None]
    extension: Mapped[dict[str, Any] | None]
    """How much the item lets its limit be extended; clock's Extension says by how much it was."""
    licensing_law: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    joint_order: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    deemed_consent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    power_source: Mapped[str] = mapped_column(default="own")
    entrusted_by: Mapped[str | None]
    four_eyes: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    issues: Mapped[str | None]
    acr: Mapped[str] = mapped_column(default="")
    holder: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
    relies_on: Mapped[list[Any]]
    filing: Mapped[str] = mapped_column(server_default="first")
    """`renewal`, `change` or `replacement` (延续, 变更, 补证) of the result that it `replaces`."""
    replaces: Mapped[str | None]
    silence_grants_at: Mapped[datetime | None]
    """Of a renewal: the end of the earlier result, where a law then takes silence for consent."""
    handling: Mapped[str] = mapped_column(server_default="promise")
    """办件类型: `forward` and `first_review` are decided by a higher authority."""
    special_procedures: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    """The item's own list (特别程序); the law's holds beside it."""
    deferred: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    """容缺: materials still to come, and until when."""
    issues_with_gaps: Mapped[bool] = mapped_column(server_default=text("false"))
    claimed_by: Mapped[str | None]
    """The account that works on it: others leave it alone."""
    accepts: Mapped[Accepts] = mapped_column(server_default=Accepts.AUTOMATIC)
    state: Mapped[State]
    reason_code: Mapped[str | None]
    refer_to: Mapped[str | None]
    """Where acceptance was refused: the department to turn to instead."""
    explanation: Mapped[str | None]
    """The digest of what was written to the applicant about the end; bundle keeps the text."""
    receipt: Mapped[str] = mapped_column(default="", server_default="")
    """The number on the applicant's receipt (接件凭证)."""
    opened_at: Mapped[datetime]
    answer_by: Mapped[date | None]
    """While a correction is awaited: the last day for it, if one was set."""
    complete_at: Mapped[datetime | None]
    """When the applicant answered a correction: acceptance counts from here."""
    accepted_at: Mapped[datetime | None]
    acceptor: Mapped[Acceptor | None]
    """Stays when a correction undoes the acceptance: the right to decide is not lost by it."""
    accepted_point: Mapped[str | None]
    """Whose window accepted it, or said that it is not accepted."""
    decided_point: Mapped[str | None]
    """The service point that decided it; None: the department."""
    decided_mode: Mapped[Mode | None]
    """委托, 授权, 下放: by what it did."""
    decided_at: Mapped[datetime | None]
    """When it was decided, or acceptance refused."""
    decided_by: Mapped[str | None]
    """The account (an opaque id) or `system:<department>`."""
    issued_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cards_until: Mapped[Until | None]
    """What it must come to before the first of its cards is over."""
    correlation: Mapped[str] = mapped_column(default="")
    version: Mapped[int]


class Spared(Base):
    """Evidence that a desk no longer asks of one approval.  It may be told before the approval."""

    __tablename__ = "spared"

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    evidence: Mapped[str] = mapped_column(primary_key=True)
    retired: Mapped[str]
    """The item whose retirement spares it."""
    instead: Mapped[str]
    register_name: Mapped[str]


class Supplied(Base):
    """A material of one approval that came after all.  It may be told before the approval."""

    __tablename__ = "supplied"

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    evidence: Mapped[str] = mapped_column(primary_key=True)


class Result(Base):
    """What a grant issued.  `number` is our receipt, `issuer_number` the certificate's own."""

    __tablename__ = "result"
    # What replaces a result may bear the issuer's same number; of all others each has its own.
    __table_args__ = (
        Index(
            "uq_result_issuer_number",
            "department",
            "evidence",
            "issuer_number",
            unique=True,
            postgresql_where=text("replaced_by IS NULL"),
        ),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), unique=True)
    evidence: Mapped[str]
    department: Mapped[str]
    issuer_number: Mapped[str]
    digest: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    issued_at: Mapped[datetime]
    ended_as: Mapped[str | None]
    """撤回, 撤销, 吊销, 注销; None: nothing ended it."""
    ended_at: Mapped[datetime | None]
    replaced_by: Mapped[str | None]
    replaced_as: Mapped[str | None]
    """延续, 变更 or 补证."""
    replaced_from: Mapped[date | None]
    """From this day on the one that replaced it counts."""


class Flag(Base):
    """A result that an approval relied on has ended: its desk should know."""

    __tablename__ = "flag"

    approval: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), primary_key=True)
    result: Mapped[str] = mapped_column(primary_key=True)
    ended_as: Mapped[str]
    ended_at: Mapped[datetime]
    flagged_at: Mapped[datetime]
    state: Mapped[State]
    """Of the approval, when it was flagged."""
