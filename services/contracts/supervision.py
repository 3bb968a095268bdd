"""Published by approval, too: what becomes of a grant afterwards (事中事后监管)."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.words import Code, Digest, Event

DutyKind = Literal["verify_commitment", "inspect", "random_check", "review"]


class SupervisionOpened(Event):
    """A grant opened a duty (监管任务) at its regulator."""

    type: ClassVar[str] = "approval.supervision.opened"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "supervision"
    route: ClassVar[str] = "approval.supervision.opened"

    supervision: UUID
    approval: UUID
    application: UUID
    item: Code
    department: Code
    """The one that granted."""
    regulator: Code
    region: str = ""
    kind: DutyKind
    """`review`: a result that the grant relied on has ended."""
    ref: str = ""
    """Of a review: the number of that result."""
    due: datetime | None = None
    opened_at: datetime


class SupervisionClosed(Event):
    """A duty is done: the check passed, or the result ended before."""

    type: ClassVar[str] = "approval.supervision.closed"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "supervision"
    route: ClassVar[str] = "approval.supervision.closed"

    supervision: UUID
    approval: UUID
    application: UUID
    item: Code
    department: Code
    regulator: Code
    kind: DutyKind
    outcome: Literal["passed", "result_ended"]
    opened_at: datetime
    closed_at: datetime


class SupervisionAssigned(Event):
    """Another regulator has the duty now: it took it over, or the bureau said so.  Only before
    anything is found."""

    type: ClassVar[str] = "approval.supervision.assigned"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "supervision"
    route: ClassVar[str] = "approval.supervision.assigned"

    supervision: UUID
    approval: UUID
    application: UUID
    item: Code
    department: Code
    regulator: Code
    assigned_at: datetime


class SupervisionFound(Event):
    """What a check found: it passes, is to be put right (限期整改), or an ending is proposed."""

    type: ClassVar[str] = "approval.supervision.found"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "supervision"
    route: ClassVar[str] = "approval.supervision.found"

    supervision: UUID
    finding: UUID
    approval: UUID
    application: UUID
    item: Code
    department: Code
    """The one that granted."""
    regulator: Code
    kind: DutyKind
    verdict: Literal["pass", "rectify", "fail"]
    reason_codes: tuple[Code, ...] = ()
    exhibits: tuple[UUID, ...] = ()
    """Uploads that show it; bundle keeps them."""
    explanation: Digest | None = None
    """What the regulator wrote to the holder, kept by bundle."""
    until: datetime | None = None
    """By when it is to be put right."""
    found_at: datetime


class EndingProposed(Event):
    """A regulator proposes to the authority that granted to end the result; nothing has ended yet.

    Also where a rectification was missed: then by itself, once.
    """

    type: ClassVar[str] = "approval.supervision.ending_proposed"
    stream: ClassVar[str] = "APPROVAL"
    aggregate: ClassVar[str] = "supervision"
    route: ClassVar[str] = "approval.supervision.ending_proposed"

    supervision: UUID
    approval: UUID
    application: UUID
    item: Code
    department: Code
    regulator: Code
    reason_code: Code
    withdrawn: bool = False
    """It is proposed no more: a check passed, or an answer had come in time after all."""
    proposed_at: datetime
