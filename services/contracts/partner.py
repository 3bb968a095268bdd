"""What we tell one partner department, on its own stream."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.bundle import Deferred, SparedEvidence
from services.contracts.catalog import Disposition
from services.contracts.records import Duration
from services.contracts.words import Code, Digest, Event, FieldCode


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
    filing: Literal["first", "renewal", "change", "replacement"] = "first"
    replaces: str | None = None
    """The number of the result that a later filing is about."""
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
    reason: Literal["withdrawn", "stopped", "retired", "handed_over", "earlier_result_gone"]


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


class PartnerConsultationOpened(Event):
    """Another department asks for your opinion.  Read what it shows you at `dossiers/{approval}`,
    answer on `in.opinion`."""

    type: ClassVar[str] = "partner.consultation.opened"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "consultation"
    route: ClassVar[str] = "partner.{department}.consultation.opened"

    consultation: UUID
    approval: UUID
    department: Code
    asked_by: Code
    item: Code
    fields: tuple[FieldCode, ...] = ()
    evidence: tuple[str, ...] = ()
    question: Digest | None = None
    due: datetime | None = None


class PartnerConsultationClosed(Event):
    """An opinion that you asked for was given; or one that was asked of you is not wanted any more
    (then `opinion` is null)."""

    type: ClassVar[str] = "partner.consultation.closed"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "consultation"
    route: ClassVar[str] = "partner.{department}.consultation.closed"

    consultation: UUID
    approval: UUID
    department: Code
    consulted: Code
    opinion: Literal["agree", "agree_with_conditions", "disagree"] | None = None
    statement: Digest | None = None
    because: Literal["given", "withdrawn", "handed_over", "decided", "cancelled"] | None = None
    """Why it is not waited for any more: `decided` and `cancelled` are the approval's."""


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
