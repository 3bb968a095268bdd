"""What may still be handed in after the filing.  Plain values, no I/O."""

from collections.abc import Collection, Mapping
from typing import Any

from services.chassis.errors import Conflict, NotFound


class MaterialUnknown(NotFound):
    """This application has no such material, or it was not left for later."""

    zh = "该办件没有这份材料，或它不是可以后补的材料。"


class MaterialHandedIn(Conflict):
    """This material has been handed in; what is wrong with it is the desk's to ask for anew."""

    zh = "该材料已提交；如需更正，由审批部门提出补正。"


class MaterialTooLate(Conflict):
    """Everybody who asked for this material has decided, or does not need it any more."""

    zh = "需要该材料的事项均已有结果或不再需要它，无需再补交。"


SEE_GAPS = (
    "该办件没有这份材料，或它不是可以后补的材料；尚待补交的见 gaps。",
    "This application has no such material, or it was not left for later; `gaps` has what was.",
)


def check_late(
    plan: Mapping[str, Any],
    gaps: Mapping[str, Any],
    waiting: Collection[str],
    asks: Mapping[str, Mapping[str, Any]],
    material: str,
) -> Mapping[str, Any]:
    """The plan's material that is to come, if somebody still waits for it.

    `waiting`: members that are not decided yet, or granted and issue nothing before it has come.
    """
    asked: Mapping[str, Any] | None = next(
        (one for one in plan["materials"] if one["key"] == material), None
    )
    if asked is None or material not in gaps:
        open_gaps = sorted(key for key, gap in gaps.items() if gap["came_at"] is None)
        raise MaterialUnknown(*(SEE_GAPS if open_gaps else ("", "")), gaps=open_gaps)
    if gaps[material]["came_at"] is not None:
        raise MaterialHandedIn()
    if not any(member in waiting for member in still_asking(asked, asks)):
        raise MaterialTooLate()
    return asked


def still_asking(material: Mapping[str, Any], asks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The members that need a material, without those that an item's retirement has spared it."""
    members = dict.fromkeys(why["member"] for why in material["why"])
    return [
        member
        for member in members
        if material["evidence"] not in (one["evidence"] for one in asks[member].get("spared", ()))
    ]
