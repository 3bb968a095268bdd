"""Legal and promised times: what 行政许可法 allows, and a promise that keeps to it."""

from collections.abc import Mapping
from typing import Any

from services.catalog.records.rules.flaws import flaw
from services.chassis.errors import Flaw

LICENCE = "01"
# A seventh of a working hour is the unit in which all of them are whole: a working day has eight
# hours, and five of them are seven natural days.
SIZE = {"hour": 7, "working_day": 56, "natural_day": 40}

# 行政许可法 art. 42, in working days: the limit, and by how much it may be extended.
ALONE = 20, 10
JOINTLY = 45, 15


def size(duration: Mapping[str, Any]) -> int:
    """A duration in sevenths of a working hour, to compare it with others."""
    return int(duration["value"]) * SIZE[duration["unit"]]


def time_flaws(item: Mapping[str, Any]) -> list[Flaw]:
    legal, extension = item["legal"], item["extension"]
    if legal is None:
        if extension is None:
            return []
        told = "没有法定时限，无从延长。", "Without a legal limit there is nothing to extend."
        return [flaw("extension-without-limit", "/extension", *told)]
    flaws = []
    if size(item["promised"]) > size(legal):
        told = "承诺时限长于法定时限。", "The promise is slower than the legal limit."
        flaws.append(flaw("slower-than-the-law", "/promised", *told))
    if item["kind"] == LICENCE:
        flaws += _licence(item, legal, extension)
    return flaws


def _licence(
    item: Mapping[str, Any], legal: Mapping[str, Any], extension: Mapping[str, Any] | None
) -> list[Flaw]:
    """Twenty days and ten more; 45 and 15 where a joint-handling order is cited; another limit
    where a law or regulation sets one (art. 42 says so), which the record then names."""
    joint = bool(item["joint_order"])
    limit, longer = JOINTLY if joint else ALONE
    flaws = []
    named = item["legal_explanation"] or item["legal_basis"]
    if size(legal) > limit * SIZE["working_day"] and (joint or not named):
        zh = f"许可的法定时限至多 {limit} 个工作日，除非写明另有规定的法律（legal_basis）。"
        en = f"A licence takes at most {limit} working days, unless a law is named (legal_basis)."
        if joint:
            zh, en = (
                f"联合办理至多 {limit} 个工作日。",
                f"Joint handling takes at most {limit} days.",
            )
        flaws.append(flaw("limit-beyond-the-law", "/legal", zh, en))
    if extension is not None and size(extension) > longer * SIZE["working_day"]:
        zh = f"许可至多延长 {longer} 个工作日"
        en = f"A licence may be extended by at most {longer} working days"
        if not joint:
            zh += f"；延长 {JOINTLY[1]} 日须有联合办理的依据（joint_order）"
            en += f"; {JOINTLY[1]} take a joint-handling order (joint_order)"
        flaws.append(flaw("extension-beyond-the-law", "/extension", f"{zh}。", f"{en}."))
    return flaws
