"""Only what the desk needs: what one member's item declares, out of everything that was filed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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


def dossier_fields(plan: Mapping[str, Any], member: str) -> Dossier:
    """Read from the plan itself, so it holds exactly what the applicant was told."""
    own = {m["member"]: m for m in plan["members"]}[member]
    spared = [entry for entry in plan["not_asked"] if member in entry["for"]]
    return Dossier(
        fields=tuple(
            DossierField(asked["field"], own["entry"] if asked["field"] == own["list"] else None)
            for asked in plan["form"]
            if _asks(asked, member)
        ),
        materials=tuple(m["key"] for m in plan["materials"] if _asks(m, member)),
        issued=tuple((e["by"], e["evidence"]) for e in spared if e["why"] == "issued"),
        held=tuple(e["by"] for e in spared if e["why"] == "held"),
        registers=tuple(e["evidence"] for e in spared if e["why"] == "register"),
    )


def _asks(asked: Mapping[str, Any], member: str) -> bool:
    return any(why["member"] == member for why in asked["why"])
