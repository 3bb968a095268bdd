"""Which headers cross the gateway: allow-lists in both directions, nothing is copied by default.

Hop-by-hop headers, everything named in `Connection`, names with underscores, `Forwarded` and
`X-Forwarded-*` never had a place on the lists, so no trick that renames or removes them matters.
"""

from collections.abc import Iterable

from gateway.routes import PREFIX

RawHeaders = Iterable[tuple[bytes, bytes]]

TO_SERVICES = {
    b"accept": "Accept",
    b"accept-language": "Accept-Language",
    b"authorization": "Authorization",
    b"content-type": "Content-Type",
    b"idempotency-key": "Idempotency-Key",
    b"if-match": "If-Match",
    b"if-none-match": "If-None-Match",
    b"last-event-id": "Last-Event-ID",
}

FROM_SERVICES = frozenset(
    {
        b"cache-control",
        b"content-disposition",
        b"content-language",
        b"content-type",
        b"etag",
        b"idempotent-replay",
        b"last-modified",
        b"retry-after",
        b"vary",
        b"www-authenticate",
    }
)

HEADERS_OF_EVERY_ANSWER = ((b"x-content-type-options", b"nosniff"),)


def request_headers(received: RawHeaders, correlation: str) -> dict[str, str]:
    """What a service gets to see of a client's headers; a repeated one counts once, the first."""
    passed: dict[str, str] = {}
    for name, value in received:
        if (allowed := TO_SERVICES.get(name)) is not None:
            passed.setdefault(allowed, value.decode("latin-1"))
    passed["X-Correlation-Id"] = correlation
    passed["X-Forwarded-Prefix"] = PREFIX
    return passed


def answer_headers(received: RawHeaders) -> list[tuple[bytes, bytes]]:
    """What a client gets to see of a service's headers."""
    passed = []
    for name, value in received:
        name = name.lower()
        if name in FROM_SERVICES:
            passed.append((name, value))
        elif name == b"location" and value.startswith(b"/"):
            # Services do not know under which prefix they are reached.
            passed.append((name, PREFIX.encode() + value))
    if not any(name == b"cache-control" for name, _ in passed):
        passed.append((b"cache-control", b"no-store"))
    return passed


def header(received: RawHeaders, wanted: bytes) -> bytes:
    """The first value of a header, or nothing."""
    for name, value in received:
        if name == wanted:
            return value
    return b""
