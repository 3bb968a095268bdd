"""Published by approval, too: the steps on the way from an acceptance to a decision."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.items import ProcedureKind
from services.contracts.records import Duration
from services.contracts.words import MATERIAL, Code, Digest, Event, Fact, FieldCode


class Gap(Fact):
    """One thing that an applicant is asked to put right."""

    field: FieldCode | None = None
    evidence: str | None = Field(None, pattern=MATERIAL, max_length=120)
    """The evidence's type, or its key in the filing (`evidence:owner`)."""
    reason_code: Code


class CorrectionRequested(Event):
    """The authority told the applicant, once, all that is missing or wrong (补正通知).

    Until it is answered the approval is neither accepted nor decided; acceptance counts from the
    day on which the filing is complete.
    """

    type: ClassVar[str] = "approval.approval.correction_requested"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.correction_requested"

    approval: UUID
    application: UUID
    member: str
    department: Code
    number: int = 1
    gaps: tuple[Gap, ...]
    explanation: Digest
    """What would be right, in the desk's words, kept by bundle."""
    answer_by: date | None = None
    """After this day acceptance may be refused."""
    requested_at: datetime


class ApprovalSuspended(Event):
    """A special procedure (特别程序) has begun: the clock stands still until it ends."""

    type: ClassVar[str] = "approval.approval.suspended"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.suspended"

    approval: UUID
    application: UUID
    member: str
    department: Code
    number: int
    """Of the approval's special procedures, from 1."""
    kind: ProcedureKind
    expected: Duration
    """The time that it needs, as told to the applicant."""
    explanation: Digest | None = None
    since: datetime
    exhibit: UUID | None = None
    """The upload that shows it, where one does."""


class ApprovalResumed(Event):
    """The special procedure has ended: the clock runs again."""

    type: ClassVar[str] = "approval.approval.resumed"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.resumed"

    approval: UUID
    application: UUID
    member: str
    department: Code
    number: int
    until: datetime
    due: datetime | None = None


class ApprovalExtended(Event):
    """The head of the authority consented to more time, once (延长办理期限)."""

    type: ClassVar[str] = "approval.approval.extended"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.extended"

    approval: UUID
    application: UUID
    member: str
    department: Code
    length: Duration
    reason_code: Code
    explanation: Digest
    due: datetime | None = None
    extended_at: datetime


class ApprovalHandedOver(Event):
    """Another authority answers from now on; for the applicant the clock runs on.

    `misrouted`: it lay at the wrong desk.  `forwarded` 初审转报: the lower authority has reviewed
    it first, with this opinion, and the higher one decides.
    """

    type: ClassVar[str] = "approval.approval.handed_over"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.handed_over"

    approval: UUID
    application: UUID
    member: str
    from_department: Code
    department: Code
    kind: Literal["misrouted", "forwarded"]
    reason_code: Code | None = None
    opinion: Literal["agree", "disagree"] | None = None
    handed_over_at: datetime


class ConsultationOpened(Event):
    """An authority asks another one for its opinion, which sees just what is named (征求意见)."""

    type: ClassVar[str] = "approval.consultation.opened"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "consultation"
    route: ClassVar[str] = "approval.consultation.opened"

    consultation: UUID
    approval: UUID
    application: UUID
    member: str
    department: Code
    """Which asks."""
    consulted: Code
    fields: tuple[FieldCode, ...] = ()
    evidence: tuple[str, ...] = ()
    question: Digest | None = None
    """What it is asked, kept by bundle."""
    due: datetime | None = None
    opened_at: datetime


class ConsultationClosed(Event):
    """The opinion was given, or is no longer wanted: what was shown for it is shown no more."""

    type: ClassVar[str] = "approval.consultation.closed"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "consultation"
    route: ClassVar[str] = "approval.consultation.closed"

    consultation: UUID
    approval: UUID
    application: UUID
    department: Code
    consulted: Code
    opinion: Literal["agree", "agree_with_conditions", "disagree"] | None = None
    """None: it was not wanted any more."""
    statement: Digest | None = None
    because: Literal["given", "withdrawn", "handed_over", "decided", "cancelled"] | None = None
    """Why it is not waited for any more; None was said before we told it."""
    closed_at: datetime


class ApprovalDelivered(Event):
    """The decision, or the certificate that it issued, reached the applicant (送达)."""

    type: ClassVar[str] = "approval.approval.delivered"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.delivered"

    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    department: Code
    result: str | None = None
    """The certificate's receipt number; none where the decision itself was delivered."""
    way: Literal["window", "post", "electronic"]
    by: Literal["authority", "window", "holder"]
    """Who says so: the authority, the window that handed it over, or its holder by opening it."""
    decided_at: datetime
    issued_at: datetime | None = None
    delivered_at: datetime
