from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.applications.rules import Choice, MemberState, Outcome
from services.bundle.parties.tables import Mandate, Party
from services.bundle.schema import Base

# Rows that change several times find room beside themselves, and no index is touched.
ROOM_TO_CHANGE = {"postgresql_with": {"fillfactor": 60}}


class Application(Base):
    """One filing of a bundle: the plan agreed to, the form (personal fields sealed), its parties.

    `graph` is the little of the plan that progress is judged by, read on every answer.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_filer", "filer_account", "id"),
        Index("ix_application_principal", "principal_account", "id"),
        Index("ix_application_gaps", "gaps_look", postgresql_where=text("gaps <> '{}'")),
        ROOM_TO_CHANGE,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bundle: Mapped[str]
    bundle_version: Mapped[int]
    region: Mapped[str]
    filer_account: Mapped[str]
    principal_account: Mapped[str | None]
    mandate: Mapped[UUID | None] = mapped_column(ForeignKey(Mandate.id))
    filer: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    holder: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    parties: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any]]
    graph: Mapped[dict[str, Any]]
    form: Mapped[dict[str, Any]]
    materials: Mapped[dict[str, Any]]
    """Material key -> the uploads handed in under it; none for a commitment."""
    gaps: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """Material key -> what was left for later: until when, and when it came."""
    gaps_look: Mapped[date | None]
    """The day on which to see whether to remind of them; none: not seen yet."""
    commitments: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    """The texts that were signed, by whom and when, and what they stand in for."""
    subjects: Mapped[dict[str, Any]]
    """Evidence type -> index of the thing (a premises) that this application is about."""
    acr: Mapped[str]
    outcome: Mapped[Outcome | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    correlation: Mapped[str]
    version: Mapped[int]


class Member(Base):
    """One item inside one application; never found by its department, which may have two."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_holder", "holder"), ROOM_TO_CHANGE)

    application: Mapped[UUID] = mapped_column(ForeignKey(Application.id), primary_key=True)
    member: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    approval: Mapped[UUID] = mapped_column(unique=True)
    department: Mapped[str]
    holder: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    ask: Mapped[dict[str, Any]]
    """What the request to the department says: item, version, promise, evidence it issues."""
    state: Mapped[MemberState]
    issued: Mapped[bool] = mapped_column(default=False)
    choice: Mapped[Choice | None]
    reason_code: Mapped[str | None]
    result_number: Mapped[str | None]
    late: Mapped[str | None]
    """A decision that crossed a cancellation: it stands, and changes no outcome."""
    department_of: Mapped[int] = mapped_column(server_default=text("0"))
    """The message of the approval that said so last; 0: the plan did."""
    due: Mapped[datetime | None]
    """When the authority's time runs out, as it last said: its message `due_of` said so."""
    due_of: Mapped[int] = mapped_column(server_default=text("0"))
    receipt: Mapped[str | None]
    """The number of the authority's receipt (接件凭证)."""
    refusal: Mapped[dict[str, Any] | None]
    """How it was refused: kind, where to turn to, the explanation's digest, how to appeal."""
    delivery: Mapped[dict[str, Any] | None]
    """送达: when and how the decision, or its certificate, reached the applicant."""
    holds: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """What keeps it standing still at its desk, or did; see rules/holds.py."""
    requested_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
