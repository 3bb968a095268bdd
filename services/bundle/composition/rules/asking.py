"""The plan's material list while it grows: what is asked and why, what is not, what is signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.bundle.composition.rules.commitments import Commitment, Key
from services.bundle.composition.rules.field_records import EvidenceType
from services.bundle.composition.rules.item_records import Duration, Requirement
from services.bundle.composition.rules.selecting import Selected, Situation

NEEDS_ORIGINAL = frozenset("AB")
"""An upload is at level C until a clerk has seen the original; what needs better waits for that."""


@dataclass(slots=True)
class Gathering:
    """Materials, what is not asked, commitments, and who waits for whom."""

    situation: Situation
    texts: Mapping[Key, Commitment]
    waits: dict[str, dict[tuple[str, str | None], dict[str, Any]]] = field(default_factory=dict)
    materials: dict[str, dict[str, Any]] = field(default_factory=dict)
    not_asked: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    commitments: dict[tuple[Key, bool], dict[str, Any]] = field(default_factory=dict)
    """What is signed, and what may be signed instead of bringing what is asked."""

    def wait(
        self, member: str, producer: str, state: str, evidence: str | None = None, why: str = ""
    ) -> None:
        """One wait per producer and evidence; "issued" is the stricter state."""
        waits = self.waits.setdefault(member, {})
        wait = waits.setdefault(
            (producer, evidence),
            {"member": producer, "state": state, "evidence": evidence, "why": why},
        )
        if state == "issued":
            wait["state"] = state

    def spare(
        self,
        type_: EvidenceType,
        owner: str,
        member: Selected,
        why: str,
        by: str | None = None,
        register: str | None = None,
    ) -> None:
        entry = self.not_asked.setdefault(
            (type_.code, owner, why, by or register or ""),
            {
                "evidence": type_.code,
                "name": type_.name,
                "name_en": type_.name_en,
                "owner": owner,
                "why": why,
                "by": by,
                "register": register,
                "for": [],
            },
        )
        if member.key not in entry["for"]:
            entry["for"].append(member.key)

    def may_sign(self, member: Selected, need: Requirement) -> bool:
        return (member.version.item.code, need.commitment) in self.texts

    def sign(self, type_: EvidenceType, owner: str, member: Selected, need: Requirement) -> None:
        """The commitment takes the evidence's place, for this member and for now."""
        self._note(f"{type_.code}:{owner}", member, need, chosen=True)

    def ask(self, type_: EvidenceType, owner: str, member: Selected, need: Requirement) -> None:
        """Asked once, whoever needs it, and as the strictest of them needs it."""
        key = f"{type_.code}:{owner}"
        kind = "commitment" if need.source == "commitment" else "evidence"
        material = self.materials.get(key)
        if material is None:
            material = self.materials[key] = _material(key, type_, owner, kind, need)
        if kind == "evidence":
            material["kind"] = kind
        _tighten(material, need)
        if need.lowest_trust in NEEDS_ORIGINAL and need.source != "commitment":
            _see_original(material, member)
        if self.may_sign(member, need):
            self._note(key, member, need, chosen=False)
        material["why"].append(self._why(member, need))

    def offer_instant(self, member: Selected, chosen: bool) -> None:
        """The commitment that an instant approval takes, whether or not it replaces evidence."""
        instant = member.version.item.instant or {}
        key = member.version.item.code, str(instant.get("commitment"))
        if key in self.texts:
            self._text(key, member, chosen or (key, True) in self.commitments)

    def _note(self, material: str, member: Selected, need: Requirement, chosen: bool) -> None:
        assert need.commitment is not None
        known = self._text((member.version.item.code, need.commitment), member, chosen)
        known["replaces"].append({"member": member.key, "material": material})

    def _text(self, key: Key, member: Selected, chosen: bool) -> dict[str, Any]:
        known = self.commitments.get((key, chosen))
        if known is None:
            known = {**self.texts[key].record(), "chosen": chosen, "for": [], "replaces": []}
            self.commitments[key, chosen] = known
        if member.key not in known["for"]:
            known["for"].append(member.key)
        return known

    def _why(self, member: Selected, need: Requirement) -> dict[str, Any]:
        return {
            "member": member.key,
            "item": member.version.item.code,
            "name": member.version.item.name,
            "legal_basis": need.legal_basis,
            "condition": need.when,
            "answers": self.situation.read_by(need.when),
            "source": need.source,
            "lowest_trust": need.lowest_trust,
            "deferrable": need.deferrable,
            "kept_by": need.kept_by,
        }


def _material(
    key: str, type_: EvidenceType, owner: str, kind: str, need: Requirement
) -> dict[str, Any]:
    return {
        "key": key,
        "evidence": type_.code,
        "name": type_.name,
        "name_en": type_.name_en,
        "owner": owner,
        "kind": kind,
        "lowest_trust": need.lowest_trust,
        "deferrable": need.deferrable,
        "deferral": None,
        "original": [],
        "why": [],
    }


def _tighten(material: dict[str, Any], need: Requirement) -> None:
    material["lowest_trust"] = min(material["lowest_trust"], need.lowest_trust)
    material["deferrable"] = material["deferrable"] and need.deferrable
    if not material["deferrable"]:
        material["deferral"] = None
    elif need.deferral and need.deferral.hours < _hours(material["deferral"]):
        material["deferral"] = need.deferral.record()


def _hours(deferral: Mapping[str, Any] | None) -> float:
    return Duration.from_record(deferral).hours if deferral else float("inf")


def _see_original(material: dict[str, Any], member: Selected) -> None:
    """Where the original is looked at, for each who needs that."""
    item = member.version.item
    window = {
        "member": member.key,
        "department": item.department,
        "place": item.window.place,
        "hours": item.window.hours,
        "phone": item.window.phone,
    }
    if window not in material["original"]:
        material["original"].append(window)
