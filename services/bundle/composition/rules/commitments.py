"""Commitments (告知承诺): texts that an applicant may sign instead of bringing evidence for now.

Always chosen by the applicant: composition offers them and replaces nothing by itself.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.item_records import CommitmentText, ItemVersion
from services.chassis.errors import Flaw

Key = tuple[str, str]
"""(item, code of its commitment)."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """One text as it is signed.  Its digest is over canonical JSON (RFC 8785), so that whoever has
    the text can compute it without us."""

    item: str
    item_name: str
    text: CommitmentText
    digest: str

    def record(self) -> dict[str, Any]:
        within = self.text.fulfil_within
        return {
            "item": self.item,
            "item_name": self.item_name,
            "code": self.text.code,
            "version": self.text.version,
            "text": self.text.text,
            "text_en": self.text.text_en,
            "digest": self.digest,
            "fulfil_within": within.record() if within else None,
        }


def commitments_of(items: Mapping[str, ItemVersion]) -> dict[Key, Commitment]:
    return {
        (code, text.code): Commitment(code, version.item.name, text, _digest(code, text))
        for code, version in items.items()
        for text in version.item.commitments
    }


def _digest(item: str, text: CommitmentText) -> str:
    signed: dict[str, Any] = {
        "item": item,
        "code": text.code,
        "version": text.version,
        "text": text.text,
        "text_en": text.text_en,
    }
    return "sha256:" + hashlib.sha256(rfc8785.dumps(signed)).hexdigest()


def choice_flaws(chosen: Sequence[Key], offered: Collection[Key]) -> Iterator[Flaw]:
    """What was chosen must be a commitment of this bundle; whether it is needed is another matter:
    answers may still change."""
    for place, key in enumerate(chosen):
        if key not in offered:
            zh = "这件事没有这份承诺书，请去掉。"
            en = "This bundle has no such commitment; leave it out."
            yield flaw("unknown-commitment", pointer("commitments", place), zh, en)


def signature_flaws(plan: Mapping[str, Any], signed: Sequence[Mapping[str, Any]]) -> Iterator[Flaw]:
    """Each text the plan names is signed in just this version, and no other is."""
    wanted = {(c["item"], c["code"]): c for c in plan.get("commitments", ()) if c["chosen"]}
    given: set[Key] = set()
    for place, one in enumerate(signed):
        key = (one["item"], one["code"])
        asked = wanted.get(key)
        if asked is None or key in given:
            zh = "方案不需要签署这份承诺书，请去掉。"
            en = "The plan does not ask to sign this; leave it out."
            yield flaw("commitment-not-asked", pointer("commitments", place), zh, en)
        elif (one["version"], one["digest"]) != (asked["version"], asked["digest"]):
            zh = f"承诺书的文本现为第 {asked['version']} 版，请阅读后签署该版。"
            en = f"This commitment is at version {asked['version']}; read and sign that text."
            yield flaw("other-text", pointer("commitments", place, "digest"), zh, en)
        given.add(key)
    for key, asked in wanted.items():
        if key not in given:
            zh = f"缺少对《{asked['item_name']}》承诺书（第 {asked['version']} 版）的签署。"
            en = f"Missing: the signature of commitment {key[1]}, version {asked['version']}."
            more = {"item": key[0], "code": key[1]}
            yield flaw("missing-signature", "/commitments", zh, en, **more)
