"""The canaries: numbers, names and words that nobody else has, and how they are seen."""

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from urllib.parse import quote

import httpx

from tests import county

ID_NUMBER = county.id_number(33333)
WORKERS_ID = county.id_number(34343)
DORAS_ID = county.id_number(35353)
WRONG_ID = ID_NUMBER[:8] + ("7" if ID_NUMBER[8] != "7" else "6") + ID_NUMBER[9:]
NAME, WORKERS_NAME = "慕容紫英灵", "百里屠苏白"
PHONE = "13907364127"
DRAWING = "本图系慕容紫英灵亲绘"
CANARIES = {
    "an ID number": ID_NUMBER,
    "a worker's ID number": WORKERS_ID,
    "an ID number with a slip": WRONG_ID,
    "a name": NAME,
    "a worker's name": WORKERS_NAME,
    "a phone number": PHONE,
    "a document's words": DRAWING,
}


def disguises(value: str) -> Iterator[bytes]:
    """The value, and what it looks like escaped, encoded or hashed without a key."""
    raw = value.encode()
    yield raw
    yield json.dumps(value)[1:-1].encode()
    yield json.dumps(value)[1:-1].encode().upper()
    yield quote(value).encode()
    yield value.encode("utf-16-le")
    for shift in range(3):
        whole = base64.b64encode(b"\x00" * shift + raw)
        yield whole[(0, 4, 4)[shift] : len(whole) // 4 * 4 - 4]
    for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        yield digest(raw).hexdigest().encode()
        yield digest(raw).digest()


def sightings(kept: bytes) -> list[str]:
    """Which canaries can be seen in some bytes."""
    return [
        name
        for name, value in CANARIES.items()
        if any(form in kept for form in disguises(value) if len(form) > 9)
    ]


class Cage:
    """Everything that was answered and logged while the canaries flew."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, bytes]] = []
        self.dossiers: list[bytes] = []
        self.log = io.StringIO()

    async def keep(self, answer: httpx.Response) -> None:
        await answer.aread()
        where = f"{answer.status_code} {answer.request.method} {answer.request.url.path}"
        whole = answer.content + repr(answer.headers.multi_items()).encode()
        if "/dossiers/" in answer.request.url.path and answer.request.method == "GET":
            self.dossiers.append(whole)
        else:
            self.answers.append((where, whole))
