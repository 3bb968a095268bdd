"""Where and how an item is applied for: depth online, channels, visits, hall, windows, kiosk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from deploy.example.district import Record
from deploy.example.generator.lots import Lots

if TYPE_CHECKING:
    from deploy.example.generator.making import Draft

UNSUITABLE = 6
"""Generated items that by their nature cannot be applied for from home."""
SCOPES = ("county", "county", "county", "city", "city", "province", "national")
# The report's hall has items of 23 units out of 28, its comprehensive windows those of 20.
AWAY = {"bank", "education", "gas-utility", "power-utility", "veterans"}
OWN_WINDOWS = {"natural-resources", "police", "tax"}
HALL = {"place": "沅芷区政务服务中心", "hours": "工作日 9:00—12:00、13:30—17:00"}


def set_places(
    lots: Lots, drafts: Sequence[Draft], missing: Mapping[str, int], by_hand: Sequence[Record]
) -> None:
    """`missing`: how many more of each the district's targets need."""
    _go_online(lots, drafts, missing)
    for draft in drafts:
        draft.record["visits"] = _visits(lots, draft.record["online_depth"])
        if draft.record["visits"]:
            draft.record["visits_reason"] = "核对原件、现场核查或领取结果"
        draft.record["scope"] = lots.one(SCOPES)
        draft.record["phone"] = draft.record["complaints"] = "12345"
    _at_hall(lots, drafts, missing, by_hand)
    for draft in lots.some(missing["kiosk"], drafts, _readily_at_a_kiosk):
        draft.record["channels"].append("kiosk")


def _go_online(lots: Lots, drafts: Sequence[Draft], missing: Mapping[str, int]) -> None:
    accepted = lots.some(missing["accepted_online"], drafts, _readily_online)
    for draft in accepted:
        draft.record["online_depth"] = 4 if _at_once(draft) or lots.share(0.5) else 3
        draft.record["channels"] = ["window", "pc", "mobile"]
    offline = [draft for draft in drafts if "online_depth" not in draft.record]
    for draft in offline:
        draft.record["online_depth"] = lots.number(1, 2)
        draft.record["channels"] = ["window"]
    still = missing["online"] - len(accepted)
    reached = lots.some(still, offline, lambda _: 1.0)
    for draft in reached[:UNSUITABLE]:
        draft.record |= {"online_depth": 1, "online_suitable": False}
    for draft in reached[UNSUITABLE:]:
        draft.record |= {"online_depth": 2, "channels": ["window", "pc"]}


def _visits(lots: Lots, depth: int) -> int:
    if depth == 4:
        return 0
    return lots.number(0, 1) if depth == 3 else lots.number(1, 3)


def _at_hall(
    lots: Lots, drafts: Sequence[Draft], missing: Mapping[str, int], by_hand: Sequence[Record]
) -> None:
    """A department of which nothing was made by hand has at least one item there."""
    present = [draft for draft in drafts if draft.department not in AWAY]
    entrusting = [draft for draft in present if draft.department not in OWN_WINDOWS]
    first = _first_of_each(entrusting, {item["department"] for item in by_hand})
    rest = [draft for draft in entrusting if draft not in first]
    windows = first + lots.some(missing["windows"] - len(first), rest, lambda _: 1.0)
    others = [draft for draft in present if draft not in windows]
    hall = windows + lots.some(missing["hall"] - len(windows), others, lambda _: 1.0)
    for draft in hall:
        draft.record |= {"at_hall": True, **HALL}
    for draft in windows:
        draft.record["comprehensive_window"] = True


def _first_of_each(drafts: Sequence[Draft], known: set[str]) -> list[Draft]:
    first: dict[str, Draft] = {}
    for draft in drafts:
        if draft.department not in known:
            first.setdefault(draft.department, draft)
    return list(first.values())


def _at_once(draft: Draft) -> bool:
    return bool(draft.record["handling"] == "instant")


def _readily_online(draft: Draft) -> float:
    return 3.0 if _at_once(draft) else 1.0


def _readily_at_a_kiosk(draft: Draft) -> float:
    """People more than enterprises, what is done at once more than what takes days."""
    return (3.0 if "person" in draft.audience else 1.0) * (2.0 if _at_once(draft) else 1.0)
