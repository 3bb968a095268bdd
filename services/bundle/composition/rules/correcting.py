"""What an applicant can put right of one member: what was filled in or handed in, nothing else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Correctable:
    """By field code, and by material key (`evidence:owner`), as the plan asked or spared them."""

    fields: Mapping[str, Json]
    materials: Mapping[str, Json]
    """Handed in, left for later, or taken from the wallet.  A commitment is not put right."""
    entry: int | None
    """Of the list that the member repeats over: only this entry (from 1) is its own."""
    list: str | None


def correctable(plan: Json, member: str, spared: Collection[str] = ()) -> Correctable:
    """`spared`: evidence that the member is no longer asked for, since an item was retired."""
    own = {m["member"]: m for m in plan["members"]}[member]
    held = [one for one in plan["not_asked"] if one["why"] == "held" and member in one["for"]]
    asked = [one for one in plan["materials"] if one["kind"] == "evidence" and _asks(one, member)]
    return Correctable(
        fields={one["field"]: one for one in plan["form"] if _asks(one, member)},
        materials={
            f"{one['evidence']}:{one['owner']}": one
            for one in (*asked, *held)
            if one["evidence"] not in spared
        },
        entry=own["entry"],
        list=own["list"],
    )


def resolved(known: Correctable, gaps: Sequence[Json]) -> tuple[list[str], list[str], list[str]]:
    """The fields and the material keys that `gaps` mean, and what of them is not there.

    An evidence type without an owner means all of that type.
    """
    fields: list[str] = []
    materials: list[str] = []
    unknown: list[str] = []
    for gap in gaps:
        if gap["field"]:
            (fields if gap["field"] in known.fields else unknown).append(gap["field"])
            continue
        meant = [key for key in known.materials if _means(gap["evidence"], key)]
        materials += meant
        unknown += [] if meant else [gap["evidence"]]
    return list(dict.fromkeys(fields)), list(dict.fromkeys(materials)), unknown


def _means(evidence: str, key: str) -> bool:
    return key == evidence or key.partition(":")[0] == evidence


def _asks(asked: Json, member: str) -> bool:
    return any(why["member"] == member for why in asked["why"])
