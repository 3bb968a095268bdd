"""What a partner department's system says, on `in.` of its own account."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.items import ProcedureKind
from services.contracts.records import Duration
from services.contracts.steps import Gap
from services.contracts.words import MATERIAL, Code, Digest, Event, Fact, FieldCode


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


class TransferStated(Event):
    """A department's own system hands an approval over: it was misrouted, or is forwarded to the
    higher authority (初审转报)."""

    type: ClassVar[str] = "in.transfer"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.transfer"

    approval: UUID
    to: Code
    kind: Literal["misrouted", "forwarded"]
    reason_code: Code | None = None
    opinion: Literal["agree", "disagree"] | None = None
    """Of the first review; only where it is forwarded, and always there."""
    within: Duration | None = None


class ConsultationStated(Event):
    """A department's own system asks another department for its opinion."""

    type: ClassVar[str] = "in.consultation"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.consultation"

    approval: UUID
    consulted: Code
    within: Duration
    fields: tuple[FieldCode, ...] = Field((), max_length=100)
    evidence: tuple[Annotated[str, Field(pattern=MATERIAL, max_length=120)], ...] = Field(
        (), max_length=100
    )
    question: Digest | None = None


class OpinionStated(Event):
    """A department's own system gives the opinion that another one asked for."""

    type: ClassVar[str] = "in.opinion"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.opinion"

    approval: UUID
    consultation: UUID
    opinion: Literal["agree", "agree_with_conditions", "disagree"]
    statement: Digest | None = None
    """What you wrote: `PUT dossiers/{approval}/explanations` answered it."""


class DeliveryStated(Event):
    """A department's own system says that it delivered a decision, or its certificate (送达)."""

    type: ClassVar[str] = "in.delivery"
    stream: ClassVar[str] = "INBOX_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "in.{department}.delivery"

    approval: UUID
    way: Literal["window", "post", "electronic"]
    evidence: str = Field(min_length=1, max_length=200)
    """What shows it: the number of a receipt, of a mailing, of a record of yours."""
    delivered_at: AwareDatetime | None = None
