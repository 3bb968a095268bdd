"""Published by approval."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.items import FilingKind
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


class ApprovalReceived(Event):
    """The applicant has a receipt (接件凭证), and the authority has yet to say whether it accepts.

    Not told where acceptance follows at once: then the acceptance brings the receipt's number.
    """

    type: ClassVar[str] = "approval.approval.received"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.received"

    approval: UUID
    application: UUID
    member: str
    department: Code
    receipt: str
    received_at: datetime


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
    by: Literal["automatic", "window", "department", "law"] = "automatic"
    """`law`: nobody said anything for five working days, so it counts as accepted."""
    receipt: str = ""
    """The number on the applicant's receipt (接件凭证)."""
    deferred: tuple[str, ...] = ()
    """容缺受理: accepted although these materials are still to come."""
    point: Code | None = None
    """The service point whose window accepted, by a right that was handed down to it."""
    item: Code | None = None


class AcceptanceRefused(Event):
    """An authority does not take the approval on, and that is its end.

    `acceptance_refused` 不予受理: it may not be accepted, for reasons that can be appealed.
    `not_our_matter` 不受理: it needs no approval, or not this authority's.
    """

    type: ClassVar[str] = "approval.approval.refused_acceptance"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.refused_acceptance"

    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    department: Code
    kind: Literal["acceptance_refused", "not_our_matter"]
    reason_code: Code
    refer_to: Code | None = None
    """The department to turn to instead."""
    explanation: Digest | None = None
    """What the desk wrote to the applicant, kept by bundle."""
    opened_at: datetime
    refused_at: datetime
    point: Code | None = None
    """The service point whose window said so."""


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
    explanation: Digest | None = None
    """What the desk wrote to the applicant, kept by bundle."""
    point: Code | None = None
    """The service point that decided, by a right that was handed down to it."""
    mode: Literal["entrust", "authorise", "hand_down"] | None = None
    """委托: in the department's name.  授权, 下放: in the point's own."""


class ApprovalStopped(Event):
    """An approval that is no longer wanted has ended without an answer."""

    type: ClassVar[str] = "approval.approval.stopped"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.stopped"

    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    department: Code
    opened_at: datetime
    stopped_at: datetime
    because: Literal["cancelled", "earlier_result_gone"] = "cancelled"
    """`earlier_result_gone`: what a later filing was to replace has ended, or was replaced."""


class CardRaised(Event):
    """An approval met a rule for a yellow or a red card (红黄牌), once per rule."""

    type: ClassVar[str] = "approval.approval.card_raised"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "card"
    route: ClassVar[str] = "approval.approval.card_raised"

    card: UUID
    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    department: Code
    rule: str
    """Its code; `cards/rules` has its words and its basis."""
    rule_version: int
    colour: Literal["yellow", "red"]
    person: str | None = None
    """The account that had the approval in hand, an opaque id."""
    due_at: datetime
    """The moment that the rule is about."""
    raised_at: datetime


class CardChanged(Event):
    """A card was appealed, kept, lifted or settled, or went up the line."""

    type: ClassVar[str] = "approval.approval.card_changed"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "card"
    route: ClassVar[str] = "approval.approval.card_changed"

    card: UUID
    approval: UUID
    application: UUID
    department: Code
    state: Literal["open", "appealed", "kept", "lifted", "settled"]
    level: Literal["desk", "head", "bureau"]
    """Who has heard of it by now, up the line."""
    changed_at: datetime


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
    verification_code: str = ""
    """What stands beside the number on the certificate: with both, anybody may verify it."""
    authority: Code | None = None
    """The service point that decided in its own name (授权, 下放); None: `department` did."""
    replaces: str | None = None
    """The number of the earlier result in whose place this one comes."""
    replaced_as: FilingKind | None = None
    replaced_from: date | None = None
    """From this day on the earlier one counts no longer."""


class ResultEnded(Event):
    """A result counts no longer (撤回, 撤销, 吊销, 注销), from `ended_at` on."""

    type: ClassVar[str] = "approval.result.ended"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.result.ended"

    number: str
    approval: UUID
    application: UUID
    member: str
    item: Code
    evidence: Code
    department: Code
    """The one that issued it."""
    ended_by: Code
    """The one that ended it: the same, or the authority in whose name it acted."""
    kind: Literal["withdrawn_by_authority", "revoked", "cancelled_as_penalty", "deregistered"]
    reason_codes: tuple[Code, ...]
    ended_at: datetime


class ApprovalFlagged(Event):
    """A result that an approval relied on has ended; its desk looks at it again.

    A granted one is still granted: whether it can stay so is its own authority's to say.
    """

    type: ClassVar[str] = "approval.approval.flagged"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "approval.approval.flagged"

    approval: UUID
    application: UUID
    member: str
    item: Code
    department: Code
    result: str
    """The number of the result that ended."""
    kind: Literal["withdrawn_by_authority", "revoked", "cancelled_as_penalty", "deregistered"]
    granted: bool
    flagged_at: datetime
