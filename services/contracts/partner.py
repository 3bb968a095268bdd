"""What passes between us and one partner department: told on `partner.`, said on `in.`."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.approval import Gap
from services.contracts.bundle import Deferred, SparedEvidence
from services.contracts.catalog import Disposition
from services.contracts.items import ProcedureKind
from services.contracts.records import Duration
from services.contracts.words import Code, Digest, Event, Fact, FieldCode

# Told to one partner department, on that department's own stream.


class PartnerApprovalOpened(Event):
    """An approval lies at your desk.  Read its dossier over HTTPS, answer on `in.`."""

    type: ClassVar[str] = "partner.approval.opened"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "partner.{department}.approval.opened"

    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    item_version: int
    department: Code
    promise: Duration
    issues: Code | None = None
    accepted: bool
    opened_at: datetime
    deferred: tuple[Deferred, ...] = ()
    """Materials that are still to come; without a day, before you grant."""
    spared: tuple[SparedEvidence, ...] = ()
    """Evidence of the item's requirements that is no longer asked of this applicant."""
    due: datetime | None = None
    """When its time runs out, as reckoned now; ask `approvals/{id}/clock` for the reasons.  Not
    before the acceptance: the clock does not run yet."""


class PartnerApprovalCancelled(Event):
    """An approval at your desk is no longer wanted; an answer will be refused."""

    type: ClassVar[str] = "partner.approval.cancelled"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "partner.{department}.approval.cancelled"

    approval: UUID
    application: UUID
    department: Code
    reason: Literal["withdrawn", "stopped", "retired"]


class PartnerApprovalAmended(Event):
    """An approval at your desk is to be judged by less: do not ask for what is spared.

    Read its dossier again; it has changed likewise.
    """

    type: ClassVar[str] = "partner.approval.amended"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "partner.{department}.approval.amended"

    approval: UUID
    application: UUID
    department: Code
    item: Code
    retired: Code
    """The item whose retirement this follows from."""
    effective: date
    spared: tuple[SparedEvidence, ...]


class PartnerItemRetired(Event):
    """An item is retired from a day on, and it is yours, or you ask for what it issued.

    From that day on ask for it only where `dispositions`, which name just your own items, say keep.
    Told anew when the decision changes before its day: of one item the highest `version` counts.
    """

    type: ClassVar[str] = "partner.item.retired"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "item"
    route: ClassVar[str] = "partner.{department}.item.retired"

    item: Code
    version: int
    department: Code
    mode: Literal["cancelled", "filing", "commitment", "optimised"]
    effective: date
    """The first day, Asia/Shanghai."""
    withdrawn: bool = False
    """The decision was taken back: everything stays as it is."""
    evidence: Code | None = None
    """What it issues no longer from that day on."""
    still_issued_by: tuple[Code, ...] = ()
    """Other items that go on issuing it: then it may still be asked."""
    dispositions: tuple[Disposition, ...] = ()
    no_longer_asks: tuple[Code, ...] = ()
    """Evidence that the item itself asks no longer."""


class PartnerDelegationChanged(Event):
    """A right over one of your items at a service point took a step; it may be your turn.

    `waits_for` `above`: your department's answer is outstanding, given over REST.
    """

    type: ClassVar[str] = "partner.delegation.changed"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "delegation"
    route: ClassVar[str] = "partner.{department}.delegation.changed"

    delegation: str
    """`item/point/right`."""
    item: Code
    department: Code
    point: Code
    right: Literal["accept", "close"]
    state: Literal[
        "offered",
        "requested",
        "accepted",
        "declined",
        "trial",
        "active",
        "widened",
        "withdrawn",
    ]
    waits_for: Literal["above", "below"] | None = None
    mode: Literal["entrust", "authorise", "hand_down"]
    situations: tuple[Code, ...] = ()
    trial_until: date | None = None
    ends_on: date | None = None
    reason_codes: tuple[Code, ...] = ()
    changed_at: datetime


class PartnerDossierAmended(Event):
    """The dossier of an approval at your desk has changed: read it again before you decide.

    `correction`: the applicant answered what you had asked to put right.
    """

    type: ClassVar[str] = "partner.dossier.amended"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "partner.{department}.dossier.amended"

    approval: UUID
    application: UUID
    department: Code
    because: Literal["correction", "shared", "deferral"]
    fields: tuple[FieldCode, ...] = ()
    evidence: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Of what you had asked: what the dossier does not have."""
    accepted: bool
    due: datetime | None = None


class PartnerAnswerAccepted(Event):
    """Your message was taken and has its effect."""

    type: ClassVar[str] = "partner.answer.accepted"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "message"
    route: ClassVar[str] = "partner.{department}.answer.accepted"

    message: str
    """The `id` of your message (its Nats-Msg-Id where it could not be read)."""
    department: Code
    approval: UUID | None = None


class PartnerAnswerRefused(Event):
    """Your message changed nothing; `problem` (RFC 9457) says why and what would be right."""

    type: ClassVar[str] = "partner.answer.refused"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "message"
    route: ClassVar[str] = "partner.{department}.answer.refused"

    message: str
    department: Code
    approval: UUID | None = None
    problem: dict[str, object]


# Said by a partner department's system, on `in.` of its own account.


class ResultStatement(Fact):
    """What the authority issued: its own number, and the digest of the content kept by bundle."""

    digest: Digest
    issuer_number: str = Field(min_length=1, max_length=64)
    valid_from: date | None = None
    valid_until: date | None = None


class CorrectionStated(Event):
    """A department's own system asks the applicant to put something right: once, all of it."""

    type: ClassVar[str] = "in.correction_request"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.correction_request"

    approval: UUID
    gaps: tuple[Gap, ...] = Field(min_length=1, max_length=100)
    explanation: Digest
    """What would be right: `PUT dossiers/{approval}/explanations` answered it."""
    answer_by: date | None = None


class SuspensionStated(Event):
    """A department's own system begins a special procedure: the clock stands still."""

    type: ClassVar[str] = "in.suspension"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.suspension"

    approval: UUID
    kind: ProcedureKind
    evidence: str = Field(min_length=1, max_length=200)
    """What shows it: a document's number, or an upload's id."""
    expected: Duration
    since: AwareDatetime | None = None
    explanation: Digest | None = None


class ResumptionStated(Event):
    """A department's own system ends the special procedure that is under way."""

    type: ClassVar[str] = "in.resumption"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.resumption"

    approval: UUID
    until: AwareDatetime | None = None


class ExtensionStated(Event):
    """A department's own system asks for more time; somebody else there consents at the desk."""

    type: ClassVar[str] = "in.extension"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.extension"

    approval: UUID
    length: Duration
    reason_code: Code
    explanation: Digest


class DecisionStated(Event):
    """A department's own system decides an approval."""

    type: ClassVar[str] = "in.decision"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.decision"

    approval: UUID
    verdict: Literal["granted", "refused"]
    reason_code: Code | None = None
    result: ResultStatement | None = None
    explanation: Digest | None = None
    """What you wrote to the applicant: `PUT dossiers/{approval}/explanations` answered it."""


class AcceptanceStated(Event):
    """A department's own system accepts an approval, or says why it does not."""

    type: ClassVar[str] = "in.acceptance"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.acceptance"

    approval: UUID
    verdict: Literal["accepted", "acceptance_refused", "not_our_matter"] = "accepted"
    """不予受理 may be appealed; 不受理: it needs no approval, or not this department's."""
    reason_code: Code | None = None
    refer_to: Code | None = None
    """The department to turn to instead."""
    explanation: Digest | None = None
    """What you wrote to the applicant: `PUT dossiers/{approval}/explanations` answered it."""


class ResultStated(Event):
    """A department's own system issues what it granted earlier."""

    type: ClassVar[str] = "in.result"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.result"

    approval: UUID
    result: ResultStatement
