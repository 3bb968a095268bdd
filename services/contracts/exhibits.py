"""Published by bundle, too: files that departments rest on, and what supervised holders answer."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.words import Code, Digest, Event


class ExhibitFiled(Event):
    """Somebody of a department uploaded a file, so that the department can rest something on it.

    The file lies with bundle, sealed; what rests on it knows its id and digest.
    """

    type: ClassVar[str] = "bundle.exhibit.filed"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "exhibit"
    route: ClassVar[str] = "bundle.exhibit.filed"

    exhibit: UUID
    """The id of the upload."""
    department: Code
    digest: Digest
    filed_at: datetime


class RectificationAnswered(Event):
    """The holder says that what a check had found is put right; its regulator looks again."""

    type: ClassVar[str] = "bundle.rectification.answered"
    stream: ClassVar[str] = "BUNDLE"
    aggregate: ClassVar[str] = "supervision"
    route: ClassVar[str] = "bundle.rectification.answered"

    supervision: UUID
    finding: UUID
    approval: UUID
    application: UUID
    statement: Digest
    """What the holder wrote, kept by bundle."""
    uploads: tuple[UUID, ...] = ()
    answered_at: datetime
