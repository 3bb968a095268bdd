from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.parties.tables import Party
from services.bundle.schema import Base


class Upload(Base):
    """A file somebody handed in.  The bytes lie sealed in the object store under `id`."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_account", "account"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[str]
    department: Mapped[str | None]
    """Whose it is, where somebody uploaded it for a department that rests something on it."""
    digest: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UploadShown(Base):
    """That an act about an approval rests on a file: whoever may read the one may read the other.

    `supervision`: the duty whose finding, or the answer to it, it belongs to; none: the desk's own.
    One file may belong to several: each has its own readers.
    """

    __tablename__ = "upload_shown"
    __table_args__ = (
        UniqueConstraint("upload", "approval", "supervision", postgresql_nulls_not_distinct=True),
    )

    upload: Mapped[UUID]
    approval: Mapped[UUID]
    supervision: Mapped[UUID | None]

    __mapper_args__ = {"primary_key": ("upload", "approval", "supervision")}  # noqa: RUF012


class Evidence(Base):
    """One piece in a party's wallet, with its trust level (A issued ... D stated).

    `subject_index` ties it to a thing (a premises): it serves only that thing.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_party", "party", "evidence"),
        Index("ix_evidence_application", "application"),
        Index(
            "ix_evidence_result",
            "result_number",
            postgresql_where=text("result_number IS NOT NULL"),
        ),
        Index(
            "ix_evidence_valid_until",
            "valid_until",
            postgresql_where=text(
                "trust = 'A' AND replaced_for IS NULL AND valid_until IS NOT NULL"
            ),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    party: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    evidence: Mapped[str]
    trust: Mapped[str]
    subject_index: Mapped[str | None]
    provider: Mapped[str]
    """The account that handed it in, or `department:<code>` for what a department issued."""
    application: Mapped[UUID]
    material: Mapped[str | None]
    """The material key it was handed in under."""
    approval: Mapped[UUID | None] = mapped_column(unique=True)
    result_number: Mapped[str | None]
    issuer_number: Mapped[str | None]
    verification_code: Mapped[str | None]
    authority: Mapped[str | None]
    """The service point that decided in its own name; None: the department that provided it."""
    digest: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    ended_as: Mapped[str | None]
    """撤回, 撤销, 吊销 or 注销: it serves nobody any more, and stays to be seen."""
    ended_at: Mapped[datetime | None]
    replaced_by: Mapped[str | None]
    """The number of the result that was issued in its place: 延续, 变更 or 补证."""
    replaced_as: Mapped[str | None]
    replaced_from: Mapped[date | None]
    """From this day on it serves nobody any more."""
    opened_at: Mapped[datetime | None]
    """When its holder first opened it here."""
    delivered_at: Mapped[datetime | None]
    delivered_as: Mapped[str | None]
    """`window`, `post` or `electronic`."""
    checked_by: Mapped[str | None]
    """The department that saw the original of an upload, which made it level B."""
    checked_at: Mapped[datetime | None]
    checked_point: Mapped[str | None]
    """The service point at whose window it was seen; None: at the department's."""
    checked_account: Mapped[str | None]
    checked_files: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Digests of the files that were held against the original."""
    corrected_for: Mapped[UUID | None]
    """The approval whose correction brought it."""
    replaced_for: Mapped[UUID | None]
    """The approval whose correction put another piece in its place: it serves nobody any more."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EvidenceFile(Base):
    """The uploads that make up a piece of evidence, in order."""

    __tablename__ = "evidence_file"

    evidence: Mapped[UUID] = mapped_column(ForeignKey(Evidence.id), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    upload: Mapped[UUID] = mapped_column(ForeignKey(Upload.id), index=True)


class ResultContent(Base):
    """What a department stored as the content of its result, sealed, by digest.

    A second content for the same approval stands beside the first: only the one whose digest is
    issued counts.
    """

    __tablename__ = "result_content"

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    number: Mapped[str | None]
    """The holder's new number, sealed for the holder's party, where the evidence names one."""
    number_index: Mapped[str | None]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
