"""Published by approval."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.records import Duration
from services.contracts.words import Code, Digest, Event


class ApprovalOpened(Event):
    """An approval lies at its desk (接件)."""

    type: ClassVar[str] = "approval.approval.opened"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.opened"

    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    department: Code
    opened_at: datetime


class ApprovalAccepted(Event):
    """The authority took the approval on (受理); its clock runs."""

    type: ClassVar[str] = "approval.approval.accepted"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.accepted"

    approval: UUID
    application: UUID
    member: str
    department: Code
    accepted_at: datetime
    due: datetime | None = None
    """When its time runs out, as far as that is known now: a pause or a new calendar changes it."""


class ApprovalDecided(Event):
    """The authority gave its one answer."""

    type: ClassVar[str] = "approval.approval.decided"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.decided"

    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    department: Code
    verdict: Literal["granted", "refused"]
    reason_code: Code | None = None
    opened_at: datetime
    accepted_at: datetime
    decided_at: datetime
    promise: Duration
    issues: Code | None = None


class ChainAnchored(Event):
    """Where the chain of legal acts stands (审计链), told so that others remember it.

    Whoever later rewrites an act, or cuts the chain off, contradicts what was heard here.
    """

    type: ClassVar[str] = "approval.audit.anchored"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "position"
    route: ClassVar[str] = "approval.audit.anchored"

    position: int
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 over all acts up to this position."""
    key: str
    signature: str
    """Base64, over `onevisit-anchor`, position and digest, one a line."""
    anchored_at: datetime


class ResultIssued(Event):
    """A grant's certificate exists (制证); its content lies with bundle under `digest`."""

    type: ClassVar[str] = "approval.result.issued"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.result.issued"

    number: str
    approval: UUID
    application: UUID
    member: str
    item: Code
    evidence: Code
    department: Code
    issuer_number: str
    digest: Digest
    valid_from: date
    valid_until: date | None = None
    issued_at: datetime
