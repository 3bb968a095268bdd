"""What may still be handed in after the filing.  Plain values, no I/O."""

from collections.abc import Mapping
from typing import Any

from services.bundle.applications.rules.progress import UNDECIDED
from services.bundle.applications.rules.standing import MemberState
from services.chassis.errors import Conflict, NotFound


class MaterialUnknown(NotFound):
    """This application has no such material, or it was not left for later."""

    zh = "该办件没有这份材料，或它不是可以后补的材料。"


class MaterialHandedIn(Conflict):
    """This material has been handed in; what is wrong with it is the desk's to ask for anew."""

    zh = "该材料已提交；如需更正，由审批部门提出补正。"


class MaterialTooLate(Conflict):
    """Everybody who asked for this material has decided, or need not decide any more."""

    zh = "需要该材料的事项均已有结果，无需再补交。"


def check_late(
    plan: Mapping[str, Any],
    gaps: Mapping[str, Any],
    states: Mapping[str, MemberState],
    material: str,
) -> Mapping[str, Any]:
    """The plan's material that is to come, if somebody still waits for it."""
    asked: Mapping[str, Any] | None = next(
        (one for one in plan["materials"] if one["key"] == material), None
    )
    if asked is None or material not in gaps:
        raise MaterialUnknown()
    if gaps[material]["came_at"] is not None:
        raise MaterialHandedIn()
    if not any(states[why["member"]] in UNDECIDED for why in asked["why"]):
        raise MaterialTooLate()
    return asked
