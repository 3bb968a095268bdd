"""Published by bundle, too: what holders do with what was issued to them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.words import Event


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
