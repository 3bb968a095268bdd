"""Published by bundle."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.holding import EarlierResult
from services.contracts.items import SpecialProcedure, Validity
from services.contracts.records import Duration
from services.contracts.words import Code, Digest, Event, Fact, FieldCode


class BundlePublished(Event):
    """A version of a bundle (一件事) can be applied for."""

    type: ClassVar[str] = "bundle.bundle.published"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "code"
    route: ClassVar[str] = "bundle.bundle.published"

    code: Code
    version: int
    name: str
    name_en: str = ""
    region: str = ""
    lead_department: Code
    items: tuple[Code, ...] = ()


class MemberSelected(Fact):
    """One member of a plan, for those who count."""

    member: str
    item: Code
    item_version: int
    department: Code
    approval: UUID
    promise: Duration


class ApplicationSubmitted(Event):
    """An applicant filed a bundle; members whose inputs are there are requested at once."""

    type: ClassVar[str] = "bundle.application.submitted"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "application"
    route: ClassVar[str] = "bundle.application.submitted"

    application: UUID
    bundle: Code
    bundle_version: int
    region: str
    filer: UUID
    holder: UUID
    submitted_at: datetime
    promise_hours: int
    """The plan's critical path in working hours; a working day has eight."""
    members: tuple[MemberSelected, ...]


class MemberSettled(Fact):
    """How one member ended."""

    member: str
    item: Code
    department: Code
    state: Literal["granted", "refused", "withdrawn", "cancelled", "impossible", "not_needed"]
    """`not_needed`: its item was retired before it was decided."""


class ApplicationCompleted(Event):
    """Every member is settled.  The outcome is final; a late decision does not change it."""

    type: ClassVar[str] = "bundle.application.completed"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "application"
    route: ClassVar[str] = "bundle.application.completed"

    application: UUID
    bundle: Code
    outcome: Literal["granted", "partly_granted", "refused", "withdrawn", "stopped", "not_needed"]
    submitted_at: datetime
    completed_at: datetime
    members: tuple[MemberSettled, ...]


class ApplicationWithdrawn(Event):
    """The applicant took the whole application, or single members of it, back."""

    type: ClassVar[str] = "bundle.application.withdrawn"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "application"
    route: ClassVar[str] = "bundle.application.withdrawn"

    application: UUID
    bundle: Code
    members: tuple[str, ...]
    whole: bool


class SparedEvidence(Fact):
    """Evidence that a running application is no longer asked for, since an item was retired."""

    evidence: Code
    retired: Code
    """The item whose retirement spares it."""
    instead: Literal["nothing", "register"] = "nothing"
    register_name: str = ""
    """Where the desk looks it up instead."""


class InstantRequest(Fact):
    """The item may be granted by rule; the certificate's content lies ready with bundle."""

    rule: str
    """CEL over the event's `facts`."""
    reads: dict[FieldCode, str] = {}
    """The fields that the rule names, with their types."""
    acr: str = ""
    """The lowest identity assurance that will do."""
    commitment: Code | None = None
    commitment_version: int | None = None
    signed: Digest | None = None
    """Digest of the commitment's text, where the applicant signed it."""
    content: Digest
    issuer_number: str
    validity: Validity | None = None


class Deferred(Fact):
    """A material that the filing left for later (容缺), and that has not come yet."""

    evidence: str
    """Its key: evidence type and owner."""
    until: date | None = None
    """The last day for it; without one it is due before the decision."""


class ApprovalRequested(Event):
    """A member has its inputs: the department is asked for its answer."""

    type: ClassVar[str] = "bundle.approval.requested"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "bundle.approval.requested"

    approval: UUID
    application: UUID
    bundle: Code
    member: str
    item: Code
    item_version: int
    item_name: str = ""
    department: Code
    region: str
    accepts: Literal["automatic", "window", "department"] = "automatic"
    promise: Duration
    legal: Duration | None = None
    """The item's own legal limit."""
    extension: Duration | None = None
    """How much that limit may be extended."""
    licensing_law: bool = False
    """The item is a licence (行政许可): that law sets the limits which the item does not."""
    joint_order: bool = False
    """The item cites an order for joint handling: the law's 45 days and 15 more are open to it."""
    deemed_consent: bool = False
    """The item names the law by which silence grants."""
    power_source: Literal[
        "own", "handed_down", "authorised", "authorised_peer", "entrusted", "entrusted_peer"
    ] = "own"
    """The legal mode in which the department acts."""
    entrusted_by: Code | None = None
    """Where it is entrusted: the authority whose act it is."""
    four_eyes: bool = False
    """Two officers decide: one proposes."""
    handling: Literal["instant", "promise", "forward", "joint", "first_review", "other"] = "promise"
    """办件类型."""
    special_procedures: tuple[SpecialProcedure, ...] = ()
    """Steps of the item whose time is not counted, and how long each may take."""
    deferred: tuple[Deferred, ...] = ()
    issues_with_gaps: bool = False
    """The item issues its result although what was deferred has not come."""
    instant: InstantRequest | None = None
    issues: Code | None = None
    acr: str = ""
    """Identity assurance of the filing (OIDC `acr`)."""
    holder: UUID
    facts: dict[str, bool | int | float | str] = {}
    """Non-personal data that the item's rules name."""
    relies_on: tuple[str, ...] = ()
    """Numbers of the results that this member builds on."""
    replaces: EarlierResult | None = None
    """A later filing: the result that the new one is to replace."""
    spared: tuple[SparedEvidence, ...] = ()
    """Evidence of the item's requirements that is no longer asked of this applicant."""
    point: Code | None = None
    """The service point at which the applicant wants it handled (就近办)."""
    situations: tuple[Code, ...] = ()
    """办理情形: those of the item's that apply."""


class ApprovalCancelled(Event):
    """A requested answer is no longer wanted; if it comes first, the request opens nothing.

    `withdrawn`: the applicant took it back, the approval ends unless it is decided already.
    `stopped`: another member was refused; an accepted approval keeps its right to its own decision.
    `retired`: nobody decides the item any more; a decision that crosses this stands all the same.
    """

    type: ClassVar[str] = "bundle.approval.cancelled"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "bundle.approval.cancelled"

    approval: UUID
    application: UUID
    member: str
    department: Code
    reason: Literal["withdrawn", "stopped", "retired"]


class ApprovalAmended(Event):
    """An approval at its desk is to be judged by less than was requested; never by more.

    Evidence that its item required at the filing is no longer asked, because an item was retired.
    Amendments add up: what one spares, no later one takes back.
    """

    type: ClassVar[str] = "bundle.approval.amended"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "bundle.approval.amended"

    approval: UUID
    application: UUID
    member: str
    item: Code
    department: Code
    retired: Code
    """The item whose retirement this follows from."""
    effective: date
    spared: tuple[SparedEvidence, ...]


class DossierAmended(Event):
    """What lies in the dossier of an approval is no longer what it was: read it again.

    `correction`: the applicant answered what this approval had asked to put right.
    `shared`: a correction that another department had asked changes what this one reads, too.
    `deferral`: a material that the filing had left for later (容缺) has come.
    """

    type: ClassVar[str] = "bundle.dossier.amended"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "bundle.dossier.amended"

    approval: UUID
    application: UUID
    member: str
    department: Code
    because: Literal["correction", "shared", "deferral"]
    fields: tuple[FieldCode, ...] = ()
    evidence: tuple[str, ...] = ()
    """Keys of materials: evidence type and owner."""
    unknown: tuple[str, ...] = ()
    """Of what was asked: what this dossier does not have, so that nobody could put it right."""
    amended_at: datetime
