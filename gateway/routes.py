"""Which service owns a path: one table, and the one reading of a path that everybody else uses."""

import re
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import quote, unquote_to_bytes

from gateway.refusals import BadPath, NoSuchPath

Service = Literal["catalog", "bundle", "approval", "metrics"]
SERVICES: tuple[Service, ...] = get_args(Service)

PREFIX = "/api"

OWNERS: dict[str, Service] = {
    "departments": "catalog",
    "evidence-types": "catalog",
    "fields": "catalog",
    "items": "catalog",
    "crosswalks": "catalog",
    "drafts": "catalog",
    "service-points": "catalog",
    "delegations": "catalog",
    "lint": "catalog",
    "retirements": "catalog",
    "bundles": "bundle",
    "applications": "bundle",
    "uploads": "bundle",
    "wallet": "bundle",
    "notices": "bundle",
    "dossiers": "bundle",
    "mandates": "bundle",
    "approvals": "approval",
    "consultations": "approval",
    "calendars": "approval",
    "results": "approval",
    "audit": "approval",
    "supervisions": "approval",
    "cards": "approval",
    "credit-records": "approval",
    "inspectors": "approval",
    "indicators": "metrics",
    "anchors": "metrics",
    "ratings": "metrics",
    "rectifications": "metrics",
    "walks": "metrics",
    "board": "metrics",
}

MERGED = ("/operations/parked", "/operations/stuck", "/operations/lag")
"""Paths that every service has and the gateway answers for all of them at once."""

SINGLED_OUT = ("/operations/parked/", "/operations/stuck/")
"""What stands before the name of a service and the id of one of its events."""

UNSAFE_ESCAPES = (b"%2f", b"%5c", b"%00", b"%25")
"""Separators in disguise, and the escape that would hide them from one more decoding."""

SAFE = "/-._~!$&'()*+,;=:@"
PLAIN = re.compile(rb"(?:/[\w~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@-]*)+")
"""Nothing escaped, no empty segment, none that begins with a dot: nearly every path there is."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes.  `service` is None for the paths the gateway merges itself."""

    service: Service | None
    path: str
    """Decoded, as the services' OpenAPI documents and policies write it."""
    plain: bool = False

    @property
    def wire(self) -> str:
        """The same path encoded again: what is forwarded is what was judged."""
        return self.path if self.plain else quote(self.path, safe=SAFE)


def clean(raw_path: bytes) -> str:
    """Decode a path once and refuse what another reader could understand differently."""
    lowered = raw_path.lower()
    if any(escape in lowered for escape in UNSAFE_ESCAPES):
        raise BadPath()
    try:
        path = unquote_to_bytes(raw_path).decode("utf-8")
    except UnicodeDecodeError:
        raise BadPath() from None
    # What stands before the first slash is nothing: paths begin with one.
    before, *segments = path.split("/")
    unclear = before or any(segment in ("", ".", "..") for segment in segments)
    if unclear or "\\" in path or not path.isprintable():
        raise BadPath()
    return path


def destination(raw_path: bytes) -> Destination:
    """The owner of a path below `/api`, and the path as that service knows it."""
    plain = PLAIN.fullmatch(raw_path) is not None
    whole = raw_path.decode("ascii") if plain else clean(raw_path)
    path = whole.removeprefix(PREFIX)
    if path in MERGED:
        return Destination(None, path)
    _, first, *rest = path.split("/")
    owner = OWNERS.get(first)
    if path.startswith(SINGLED_OUT) and len(rest) > 2:
        # The services' own paths name the service, so that one page can list them all.
        owner = next((service for service in SERVICES if service == rest[1]), None)
    if owner is None:
        raise NoSuchPath()
    return Destination(owner, path, plain)
