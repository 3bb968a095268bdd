"""Every event that crosses a service boundary, one module per publisher.

A service publishes only the events of its own module.  These pages are all that services know
of one another, and what the AsyncAPI page at `/events` is made from.  On the wire each event is the
`data` of a CloudEvents 1.0 document (structured mode, JSON) whose `type` is the class's `type`,
whose `subject` is the aggregate's id (the field named by `aggregate`), whose `sequence` grows with
every change of that aggregate, and whose `id` (UUIDv7) is also the `Nats-Msg-Id`.

Change them by adding: a new event, or a new field with a default.  A field that others read
is never removed and never given a new meaning.  No event carries personal data: parties are opaque
ids, reasons are codes, certificates are digests.
"""

from services.contracts.approval import (
    AcceptanceRefused,
    ApprovalAccepted,
    ApprovalDecided,
    ApprovalOpened,
    ApprovalReceived,
    ChainAnchored,
    ResultIssued,
)
from services.contracts.bundle import (
    ApplicationCompleted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ApprovalAmended,
    ApprovalCancelled,
    ApprovalRequested,
    BundlePublished,
    MemberSelected,
    MemberSettled,
    NoticeIssued,
    SparedEvidence,
)
from services.contracts.catalog import (
    DelegationChanged,
    DepartmentChanged,
    Disposition,
    ItemPublished,
    ItemRetired,
    PointChanged,
)
from services.contracts.items import (
    CommitmentText,
    DutyPlan,
    Fee,
    FieldUse,
    InstantRule,
    ItemDefinition,
    ItemRecord,
    Remedy,
    Requirement,
    Situation,
    SourceCode,
    SpecialProcedure,
    Validity,
)
from services.contracts.partner import (
    AcceptanceStated,
    DecisionStated,
    PartnerAnswerAccepted,
    PartnerAnswerRefused,
    PartnerApprovalAmended,
    PartnerApprovalCancelled,
    PartnerApprovalOpened,
    PartnerDelegationChanged,
    ResultStated,
    ResultStatement,
)
from services.contracts.records import (
    Duration,
    EvidenceTypeDefinition,
    EvidenceTypeRecord,
    FieldDefinition,
    FieldRecord,
    FieldRule,
    Option,
)
from services.contracts.words import Code, Digest, Event, Fact, FieldCode, TrustLevel

__all__ = [
    "AcceptanceRefused",
    "AcceptanceStated",
    "ApplicationCompleted",
    "ApplicationSubmitted",
    "ApplicationWithdrawn",
    "ApprovalAccepted",
    "ApprovalAmended",
    "ApprovalCancelled",
    "ApprovalDecided",
    "ApprovalOpened",
    "ApprovalReceived",
    "ApprovalRequested",
    "BundlePublished",
    "ChainAnchored",
    "Code",
    "CommitmentText",
    "DecisionStated",
    "DelegationChanged",
    "DepartmentChanged",
    "Digest",
    "Disposition",
    "Duration",
    "DutyPlan",
    "Event",
    "EvidenceTypeDefinition",
    "EvidenceTypeRecord",
    "Fact",
    "Fee",
    "FieldCode",
    "FieldDefinition",
    "FieldRecord",
    "FieldRule",
    "FieldUse",
    "InstantRule",
    "ItemDefinition",
    "ItemPublished",
    "ItemRecord",
    "ItemRetired",
    "MemberSelected",
    "MemberSettled",
    "NoticeIssued",
    "Option",
    "PartnerAnswerAccepted",
    "PartnerAnswerRefused",
    "PartnerApprovalAmended",
    "PartnerApprovalCancelled",
    "PartnerApprovalOpened",
    "PartnerDelegationChanged",
    "PointChanged",
    "Remedy",
    "Requirement",
    "ResultIssued",
    "ResultStated",
    "ResultStatement",
    "Situation",
    "SourceCode",
    "SparedEvidence",
    "SpecialProcedure",
    "TrustLevel",
    "Validity",
]
