"""What we tell one partner department of what its own system did not do: its people, a rule, the
law, or somebody else."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.words import Code, Event


class PartnerApprovalAccepted(Event):
    """An approval at your desk was taken on, and not by your system: its clock runs.

    `law`: nobody said anything for five working days, so it counts as accepted from its receipt.
    """

    type: ClassVar[str] = "partner.approval.accepted"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "partner.{department}.approval.accepted"

    approval: UUID
    application: UUID
    department: Code
    by: Literal["automatic", "window", "department", "law"]
    accepted_at: datetime
    due: datetime | None = None


class PartnerApprovalDecided(Event):
    """An approval at your desk is decided, and not by your system: an answer will be refused.

    `rule`: granted at once by the item's rule (秒批).  `law`: silence was consent, by the law that
    the item names; where it issues something, that is still to be issued.  `desk`: by your people.
    """

    type: ClassVar[str] = "partner.approval.decided"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "partner.{department}.approval.decided"

    approval: UUID
    application: UUID
    department: Code
    item: Code
    verdict: Literal["granted", "refused"]
    reason_code: Code | None = None
    by: Literal["rule", "law", "desk"]
    issued: bool = False
    """Its result is issued, too."""
    decided_at: datetime


class PartnerApprovalFlagged(Event):
    """A result that an approval of yours relied on has ended: look at it again.

    One that is granted stays granted until you say otherwise.
    """

    type: ClassVar[str] = "partner.approval.flagged"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "partner.{department}.approval.flagged"

    approval: UUID
    application: UUID
    department: Code
    item: Code
    result: str
    """The number of the result that ended."""
    kind: Literal["withdrawn_by_authority", "revoked", "cancelled_as_penalty", "deregistered"]
    granted: bool
    flagged_at: datetime


class PartnerEndingProposed(Event):
    """A regulator proposes that you end a result of yours: read what it found at
    `supervisions/{supervision}` and `dossiers/{approval}/inspections`, and decide."""

    type: ClassVar[str] = "partner.supervision.ending_proposed"
    stream: ClassVar[str] = "PARTNER_{department}"
    aggregate: ClassVar[str] = "supervision"
    route: ClassVar[str] = "partner.{department}.supervision.ending_proposed"

    supervision: UUID
    approval: UUID
    department: Code
    item: Code
    regulator: Code
    reason_code: Code
    withdrawn: bool = False
    """It is proposed no more."""
    proposed_at: datetime
