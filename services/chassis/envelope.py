"""CloudEvents 1.0, structured mode: how an event looks on the wire and in the outbox."""

from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

import orjson
import uuid_utils
from pydantic import BaseModel

from services.chassis.ticks import utc

NUL = b"\\u0000"
E = TypeVar("E", bound=BaseModel, covariant=True)


# Tuples: a frozen dataclass costs four times as much, and there is one for every event.
class Heard(NamedTuple, Generic[E]):
    """An event as it arrived: the fact, and where it stands among its aggregate's facts."""

    id: str
    event: E
    sequence: int
    time: datetime
    correlation: str


class Sealed(NamedTuple):
    """An event ready to be stored and sent, byte for byte the same each time."""

    id: str
    subject: str
    aggregate: str
    version: int
    payload: str


class Unreadable(ValueError):
    """These bytes are no CloudEvent of a type we know; they never will be."""


def seal(event: Any, version: int, correlation: str, at: str = "") -> Sealed:
    """Wrap `event`.  `version` is its aggregate's, and becomes CloudEvents' `sequence`.

    The document is put together from its parts: to make dictionaries of them first, and then text
    of those, takes twice the time.  `at`: `isoformat` of now, for whoever seals many.
    """
    kind = event.type
    identity = str(uuid_utils.uuid7())
    aggregate = str(getattr(event, event.aggregate))
    whose = f',"correlationid":{_quoted(correlation)}' if correlation else ""
    payload = (
        f'{{"specversion":"1.0","id":"{identity}","source":"/onevisit/{kind.partition(".")[0]}",'
        f'"type":"{kind}","subject":{_quoted(aggregate)},"time":"{at or utc().isoformat()}",'
        f'"datacontenttype":"application/json","sequence":"{version}",'
        f'"data":{event.__pydantic_serializer__.to_json(event).decode()}{whose}}}'
    )
    subject = event.route.format_map(vars(event))
    return Sealed(identity, subject, f"{event.aggregate}:{aggregate}", version, payload)


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def open_document(payload: bytes) -> dict[str, Any]:
    """The outer document, checked as far as every CloudEvent must be right."""
    if NUL in payload:
        raise Unreadable("a text should not contain NUL, which PostgreSQL cannot store")
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Unreadable("not JSON") from error
    if not isinstance(document, dict) or document.get("specversion") != "1.0":
        raise Unreadable("not a CloudEvents 1.0 document")
    if not isinstance(document.get("id"), str) or not 0 < len(document["id"]) <= 128:
        raise Unreadable("id should be a string of 1 to 128 characters")
    if not isinstance(document.get("type"), str) or not isinstance(document.get("data"), dict):
        raise Unreadable("type should be a string and data an object")
    return document


def read(document: dict[str, Any], kind: type[E], strict: bool = False) -> Heard[E]:
    """The event inside; raises pydantic.ValidationError where it is not a `kind`.

    Our own services' events are read tolerantly, as their publisher may be newer than we are.
    `strict` is for messages from outside, where an unknown member is a mistake to be told.
    """
    correlation = document.get("correlationid")
    return Heard(
        id=document["id"],
        event=kind.__pydantic_validator__.validate_python(
            document["data"], extra="forbid" if strict else "ignore"
        ),
        sequence=_number(document.get("sequence")),
        time=_moment(document.get("time")),
        correlation=correlation if isinstance(correlation, str) else "",
    )


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 18 else 0


def _moment(text: object) -> datetime:
    """CloudEvents' `time` is optional; the moment of reading stands in for it."""
    if not isinstance(text, str):
        return utc()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return utc()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
