"""Only what the desk needs: what one member's item declares, out of everything that was filed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.bundle.composition.rules.asking import NEEDS_ORIGINAL


@dataclass(frozen=True, slots=True)
class DossierField:
    """A form field; of a list that the member repeats over, only entry `entry` (from 1)."""

    field: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """What one desk may read under this plan, by name: nothing else of the application."""

    fields: tuple[DossierField, ...]
    materials: tuple[str, ...]
    """Keys of the filing's materials and commitments."""
    issued: tuple[tuple[str, str], ...]
    """(member, evidence type): results of members that this one builds on."""
    held: tuple[str, ...]
    """Ids of evidence in the wallet that took a material's place."""
    registers: tuple[str, ...]
    """Evidence types that the desk looks up itself."""
    held_as: tuple[str, ...] = ()
    """The keys of these, under which a correction would replace them."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """Material key -> the lowest trust level that this member's own item takes."""

    def original(self, material: str | None, trust: str, checked: bool) -> str | None:
        """Whether the original has been, or is to be, seen at the window.  An upload alone is
        enough for what takes level C."""
        if self.levels.get(material or "", "D") not in NEEDS_ORIGINAL:
            return None
        if checked:
            return "checked"
        return "to_be_checked" if trust not in NEEDS_ORIGINAL else None


def dossier_fields(
    plan: Mapping[str, Any], member: str, spared: Sequence[Mapping[str, Any]] = ()
) -> Dossier:
    """Read from the plan itself, so it holds exactly what the applicant was told.

    `spared`: what the member is no longer asked for, since an item was retired.
    """
    own = {m["member"]: m for m in plan["members"]}[member]
    gone = {one["evidence"] for one in spared}
    met = [one for one in _met(plan, member) if one["evidence"] not in gone]
    looked_up = [one["evidence"] for one in spared if one["instead"] == "register"]
    return Dossier(
        fields=tuple(
            DossierField(asked["field"], own["entry"] if asked["field"] == own["list"] else None)
            for asked in plan["form"]
            if _asks(asked, member)
        ),
        materials=tuple(m["key"] for m in _asked(plan, member) if m["evidence"] not in gone),
        issued=tuple((e["by"], e["evidence"]) for e in met if e["why"] == "issued"),
        held=tuple(e["by"] for e in met if e["why"] == "held"),
        held_as=tuple(f"{e['evidence']}:{e['owner']}" for e in met if e["why"] == "held"),
        registers=(*(e["evidence"] for e in met if e["why"] == "register"), *looked_up),
        levels={m["key"]: _level(m, member) for m in _asked(plan, member)},
    )


def demanded(plan: Mapping[str, Any], member: str) -> frozenset[str]:
    """The evidence types that a member is judged by, whoever brings them."""
    found = {one["evidence"] for one in _met(plan, member) if one["why"] in ("issued", "held")}
    found |= {one["evidence"] for one in _asked(plan, member)}
    for signed in plan.get("commitments", ()):
        if signed["chosen"] and member in signed["for"]:
            replaced = (one for one in signed["replaces"] if one["member"] == member)
            found |= {one["material"].partition(":")[0] for one in replaced}
    return frozenset(found)


def _met(plan: Mapping[str, Any], member: str) -> Iterator[Mapping[str, Any]]:
    return (entry for entry in plan["not_asked"] if member in entry["for"])


def _asked(plan: Mapping[str, Any], member: str) -> Iterator[Mapping[str, Any]]:
    return (material for material in plan["materials"] if _asks(material, member))


def _level(material: Mapping[str, Any], member: str) -> str:
    """The best that one of the member's requirements asks; of older plans, the material's own."""
    asked = [why for why in material["why"] if why["member"] == member]
    return min(str(why.get("lowest_trust", material["lowest_trust"])) for why in asked)


def _asks(asked: Mapping[str, Any], member: str) -> bool:
    return any(why["member"] == member for why in asked["why"])
