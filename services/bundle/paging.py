"""Pages in the order of time: their cursors are the ids (UUIDv7) at which the page before ended."""

from uuid import UUID

from services.chassis.errors import Flaw
from services.chassis.reading import BadCursor, position


def last_seen(cursor: str) -> UUID:
    try:
        return UUID(position(cursor))
    except ValueError as error:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw]) from error
