"""Published by bundle, too: what holders do with their results, and what they ask of them later."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.items import FilingKind
from services.contracts.words import Event, Fact


class EarlierResult(Fact):
    """The result that a later filing (延续, 变更, 补证) is about, and that its own replaces."""

    number: str
    kind: FilingKind
    valid_until: date | None = None
    deemed_consent: bool = False
    """A law makes silence until then renew it."""
    at_once: bool = False
    """A replacement of which nothing is examined: the same content again, by rule."""


class ResultOpened(Event):
    """A holder opened a certificate in the wallet for the first time: that delivers it (送达)."""

    type: ClassVar[str] = "bundle.result.opened"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "approval"
    route: ClassVar[str] = "bundle.result.opened"

    number: str
    approval: UUID
    application: UUID
    opened_at: datetime
