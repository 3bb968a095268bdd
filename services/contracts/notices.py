"""Published by bundle, too: that an applicant has something to read."""

from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.words import Event


class NoticeIssued(Event):
    """The applicant has something to read at `notices`; for whoever sends messages to phones."""

    type: ClassVar[str] = "bundle.notice.issued"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "notice"
    route: ClassVar[str] = "bundle.notice.issued"

    notice: UUID
    application: UUID
    party: UUID
    kind: Literal[
        "submitted",
        "refused",
        "choice",
        "result",
        "completed",
        "amended",
        "correction",
        "suspended",
        "resumed",
        "extended",
        "expiring",
        "ended",
        "delivered",
        "rectify",
        "inspection_passed",
        "ending_proposed",
        "deferral_due",
    ]
    member: str | None = None
