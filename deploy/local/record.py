"""Take the record of legal acts out of a running platform, and verify it anywhere, offline.

A record is a folder of three files: `entries.jsonl` (the chain in order, one link a line),
`anchors.jsonl` (what others remember of it) and `keys.json` (public keys by id).  Keep the keys you
once received: a forger of the whole record would bring keys of their own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson

from deploy.local.trouble import Trouble
from services.approval.audit.rules import Anchor, Entry, Fault, Link, first_fault
from services.approval.audit.signing import Verifier

ENTRIES, ANCHORS, KEYS = "entries.jsonl", "anchors.jsonl", "keys.json"


def take(gateway: str, token: str, folder: Path) -> int:
    """Write the whole record into `folder`; answers the number of entries.

    The anchors come from the service that only heard them, not from the one that wrote the record.
    """
    folder.mkdir(parents=True, exist_ok=True)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{gateway}/api", headers=headers, timeout=30) as client:
        (folder / KEYS).write_bytes(_asked(client, "/audit/keys").content)
        anchors = _asked(client, "/anchors").json()["items"]
        (folder / ANCHORS).write_bytes(b"".join(map(_line, reversed(anchors))))
        count, after = 0, 0
        with (folder / ENTRIES).open("wb") as out:
            while after is not None:
                page = _asked(client, f"/audit/entries?after={after}&limit=1000").json()
                out.writelines(map(_line, page["items"]))
                count, after = count + len(page["items"]), page["next"]
    return count


def _asked(client: httpx.Client, path: str) -> httpx.Response:
    try:
        answer = client.get(path)
    except httpx.TransportError as error:
        raise Trouble(f"平台没有应答：{error}", f"The platform does not answer: {error}") from error
    if not answer.is_success:
        said = f"{path}: {answer.status_code} {answer.text[:200]}"
        raise Trouble(f"读取失败：{said}", f"Not readable: {said}")
    return answer


def _line(one: Any) -> bytes:
    return orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE)


def verify(folder: Path) -> tuple[int, Fault | None]:
    """How many entries are sound, and the first fault, if any.  Raises Trouble for no record."""
    try:
        keys = Verifier(orjson.loads((folder / KEYS).read_bytes()))
        anchors = [
            Anchor(one["position"], one["digest"], one["key"], one["signature"])
            for one in _lines(folder / ANCHORS)
        ]
        return first_fault(map(link_of, _lines(folder / ENTRIES)), anchors, keys)
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"{folder}: {type(error).__name__} {error}"
        raise Trouble(f"不是可读的记录：{what}", f"This is no readable record: {what}") from error


def made_up(folder: Path) -> int:
    """How many entries have times of a clock that was moved (`services/chassis/development.py`)."""
    documents = (orjson.loads(one["document"]) for one in _lines(folder / ENTRIES))
    return sum("clock_ahead_seconds" in one for one in documents)


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as lines:
        yield from map(orjson.loads, lines)


def link_of(one: Any) -> Link:
    """A line of the chain, or an entry as the API shows it."""
    entry = Entry(one["id"], one["document"], one["key"], one["signature"])
    return Link(one["position"], entry, one["digest"])
