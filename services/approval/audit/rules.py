"""What a legal act's entry says, how entries are chained, and how one finds what was tampered with.

An entry's document is canonical JSON (RFC 8785), signed when the act is done.  A link binds it to
everything before it: its digest covers the previous link's digest.  An anchor is a link's digest
that somebody else remembers, signed: whoever rewrites the chain from some point on, or cuts its
end off, meets an anchor that no longer fits.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

BEGINNING = "0" * 64
ENTRUSTED = frozenset({"entrusted", "entrusted_peer"})
Verify = Callable[[str, bytes, str], bool]
"""(key id, message, signature) -> whether the signature is that key's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, as it was signed."""

    id: str
    document: str
    key: str
    signature: str
    """Base64."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry's place in the chain."""

    position: int
    entry: Entry
    digest: str
    """SHA-256, hexadecimal, over the previous digest and the entry."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the chain was at some moment, kept where the chain's keeper cannot change it."""

    position: int
    digest: str
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong.  `position`: where; `what`: in Chinese and English."""

    position: int
    zh: str
    en: str


def respondent(power_source: str, department: str, entrusted_by: str | None) -> str:
    """Who answers for the act in court (被告).

    What an entrusted body does is its principal's act (行政许可法 art. 24, 行政诉讼法 art. 26); one
    that is authorised, or was handed the power down, acts in its own name.
    """
    return entrusted_by if power_source in ENTRUSTED and entrusted_by else department


def chained(previous: str, entry: Entry) -> str:
    """The digest of the link that follows `previous`."""
    parts = (previous, entry.id, entry.key, entry.signature, entry.document)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def links(last: tuple[int, str], entries: Iterable[Entry]) -> list[Link]:
    """Continue the chain after `last` (position, digest)."""
    position, digest = last
    made = []
    for entry in entries:
        position, digest = position + 1, chained(digest, entry)
        made.append(Link(position, entry, digest))
    return made


def anchor_message(position: int, digest: str) -> bytes:
    return f"onevisit-anchor\n{position}\n{digest}".encode()


def first_fault(
    chain: Iterable[Link], anchors: Sequence[Anchor], verify: Verify
) -> tuple[int, Fault | None]:
    """How many links are sound, and the first fault, or None where nothing was changed.

    Finds an edited, forged, deleted, inserted or moved entry by signature and digest, and an end
    that was cut off or rewritten by the anchors.
    """
    remembered: Mapping[int, Anchor] = {one.position: one for one in anchors}
    position, digest = 0, BEGINNING
    for link in chain:
        if link.position != position + 1:
            return position, _missing(position + 1, link.position)
        fault = _fault_of(link, digest, remembered.get(link.position), verify)
        if fault:
            return position, fault
        position, digest = link.position, link.digest
    beyond = [one for one in anchors if one.position > position and _genuine(one, verify)]
    if beyond:
        last = max(one.position for one in beyond)
        zh = f"链在第{position}条之后被截断：曾有第{last}条。"
        en = f"The chain was cut off after entry {position}: it once had {last}."
        return position, Fault(position + 1, zh, en)
    return position, None


def _fault_of(link: Link, previous: str, anchor: Anchor | None, verify: Verify) -> Fault | None:
    entry = link.entry
    if not verify(entry.key, entry.document.encode(), entry.signature):
        zh, en = "内容与签名不符。", "its document is not what was signed"
    elif link.digest != chained(previous, entry):
        zh, en = "与前一条不相连。", "it does not follow the entry before it"
    elif anchor and _genuine(anchor, verify) and anchor.digest != link.digest:
        zh, en = (
            "与存于别处的锚点不符：此前的记录被整体改写。",
            ("it is not what the anchor kept elsewhere says: the chain up to here was rewritten"),
        )
    else:
        return None
    return Fault(link.position, f"第{link.position}条：{zh}", f"Entry {link.position}: {en}.")


def _genuine(anchor: Anchor, verify: Verify) -> bool:
    return verify(anchor.key, anchor_message(anchor.position, anchor.digest), anchor.signature)


def _missing(wanted: int, found: int) -> Fault:
    zh, en = (
        f"缺少第{wanted}条（下一条是第{found}条）。",
        (f"Entry {wanted} is missing (the next one is {found})."),
    )
    return Fault(wanted, zh, en)


def canonical(document: Mapping[str, Any]) -> bytes:
    """RFC 8785, as acts need it: texts, whole numbers and no fractions, under names in ASCII.

    For these it is compact JSON with sorted names; written by orjson it costs a fiftieth of what a
    general canonicaliser does, and a decision signs one each time.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def decided(
    row: Any, result: Mapping[str, Any] | None, proposed_by: str | None = None
) -> dict[str, Any]:
    """The document of a decision, with the result where it was issued at once."""
    return _act("decided", row, row.decided_by, row.decided_at) | {
        "verdict": str(row.state),
        "proposed_by": proposed_by,
        "reason_code": row.reason_code,
        "opened_at": row.opened_at.isoformat(),
        "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
        "result": _result(result),
    }


def issued(row: Any, by: str, result: Mapping[str, Any]) -> dict[str, Any]:
    return _act("issued", row, by, row.issued_at) | {"result": _result(result)}


def delivered(row: Any, said: Mapping[str, Any], number: str | None) -> dict[str, Any]:
    """送达.  The entry's time is the delivery's; `result`: none where a decision was delivered."""
    shown = digest_of(row.id, said["evidence"]) if said["evidence"] else None
    told = {"way": str(said["way"]), "evidence_digest": shown, "by": str(said["by"])}
    result = {"result": {"number": number} if number else None}
    return _act("delivered", row, said["said_by"], said["delivered_at"]) | told | result


def not_accepted(row: Any) -> dict[str, Any]:
    """不予受理 and 不受理 can be appealed, so they are entered like decisions."""
    return _act(str(row.state), row, row.decided_by, row.decided_at) | {
        "reason_code": row.reason_code,
        "refer_to": row.refer_to,
        "opened_at": row.opened_at.isoformat(),
    }


def correction(row: Any, by: str, at: Any, explanation: str) -> dict[str, Any]:
    return _act("correction_requested", row, by, at) | {"explanation": explanation}


def suspended(
    row: Any, by: str, at: Any, kind: str, evidence: str | Mapping[str, str]
) -> dict[str, Any]:
    """`evidence`: an upload by id and digest, or a document's number, which is not entered."""
    if isinstance(evidence, str):
        shown: dict[str, Any] = {"evidence_digest": digest_of(row.id, evidence)}
    else:
        shown = {"exhibit": dict(evidence)}
    return _act("suspended", row, by, at) | {"kind": kind} | shown


def resumed(row: Any, by: str, at: Any, kind: str) -> dict[str, Any]:
    return _act("resumed", row, by, at) | {"kind": kind}


def extended(row: Any, by: str, at: Any, asked_by: str, length: Any) -> dict[str, Any]:
    return _act("extended", row, by, at) | {"asked_by": asked_by, "length": dict(length)}


def handed_over(row: Any, by: str, at: Any, department: str, said: Any) -> dict[str, Any]:
    """Whoever hands over acts, so the entry names that department, and says to whom."""
    said_with = {"reason_code": said.reason_code, "opinion": said.opinion}
    authority = {"authority": department, "respondent": department}
    return _act(str(said.kind), row, by, at) | authority | {"to": said.to} | said_with


def opinion(row: Any, by: str, at: Any, department: str, given: str) -> dict[str, Any]:
    authority = {"authority": department, "respondent": department}
    return _act("opinion", row, by, at) | authority | {"opinion": str(given)}


def found(row: Any, by: str, at: Any, regulator: str, finding: Mapping[str, Any]) -> dict[str, Any]:
    """A check's outcome is its regulator's act; by which mode that one acts, no item says."""
    authority = {"authority": regulator, "respondent": regulator, "legal_mode": None}
    return _act("found", row, by, at) | authority | dict(finding)


def accepted(row: Any, by: str) -> dict[str, Any]:
    return _act("accepted", row, by, row.accepted_at)


def ended(
    row: Any, authority: str, by: str, at: Any, number: str, kind: str, grounds: Mapping[str, Any]
) -> dict[str, Any]:
    """撤回, 撤销, 吊销, 注销, by the issuing authority or by the one it acts for."""
    act = _act("ended", row, by, at)
    return act | {"authority": authority, "result": {"number": number}, "ending": kind, **grounds}


def digest_of(approval: Any, written: str) -> str:
    """Stands in an act for what somebody wrote: the record goes to others and is kept for ever.

    Whoever has the text can show that it is the one.  Over the approval's id, too: equal texts
    about two approvals are not seen to be equal.
    """
    return "sha256:" + hashlib.sha256(f"{approval}\n{written}".encode()).hexdigest()


def _act(act: str, row: Any, by: str | None, at: Any) -> dict[str, Any]:
    """Authority, actor, legal mode and respondent: what makes it somebody's act in law."""
    return {
        "act": act,
        "approval": str(row.id),
        "application": str(row.application),
        "item": row.item,
        "item_version": row.item_version,
        "authority": row.department,
        "actor": by,
        "legal_mode": row.power_source,
        "respondent": respondent(row.power_source, row.department, row.entrusted_by),
        "at": at.isoformat(),
    }


def _result(result: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Without the issuer's own number, which may be a person's; the digest covers the content."""
    if not result:
        return None
    until = result["valid_until"]
    replaces = result.get("replaces")
    return {
        **({"replaces": replaces, "replaced_as": result["replaced_as"]} if replaces else {}),
        "number": result["number"],
        "evidence": result["evidence"],
        "digest": result["digest"],
        "valid_from": result["valid_from"].isoformat(),
        "valid_until": until.isoformat() if until else None,
    }
