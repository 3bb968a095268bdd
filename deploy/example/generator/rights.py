"""Which items are handed down, to which points and with which right, by lot.

The founding report counts: of 12 departments 129 items that a township accepts and 34 that it
closes, 54 and 15 in a village, 47 of 16 departments that the park accepts, 602 and 34 at a kiosk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deploy.example import district
from deploy.example.district import Record
from deploy.example.generator.lots import Lots
from deploy.example.generator.making import SEED, generated

DEPARTMENTS = (
    "agriculture",
    "civil-affairs",
    "disabled-persons",
    "education",
    "health",
    "housing",
    "human-resources",
    "medical-insurance",
    "natural-resources",
    "police",
    "transport",
    "veterans",
)
PARK_DEPARTMENTS = 16
SERVICE = "20"
LICENCE = "01"


@dataclass(frozen=True)
class Grant:
    """One right over these items at each of these points."""

    points: tuple[str, ...]
    items: tuple[str, ...]
    right: str


def grants(seed: int = SEED) -> tuple[Grant, ...]:
    """All that is handed down.  Whoever closes an item accepts it too."""
    items = [*district.by_code(district.items()).values(), *generated(seed)]
    lots = Lots(seed + 1)
    points = _points()
    township, village = _below(lots, items)
    park = _park(lots, items)
    kiosk = [item for item in items if "kiosk" in item["channels"]]
    at_once = [item for item in kiosk if _closed_by_anybody(item)]
    return (
        *_both(points["township"], *township),
        *_both(points["village"], *village),
        Grant(points["park"], _codes(park), "accept"),
        *_both(points["kiosk"], kiosk, lots.some(34, at_once, _even)),
    )


def _below(
    lots: Lots, items: Sequence[Record]
) -> tuple[tuple[list[Record], list[Record]], tuple[list[Record], list[Record]]]:
    """What townships accept and close, and villages: from the fewest to the most, each within the
    next, so that nothing is closed below that is not accepted above."""
    near = [item for item in items if item["department"] in DEPARTMENTS]
    near = [item for item in near if "person" in item["audience"]]
    closed_in_villages = lots.some(15, [one for one in near if _closed_by_anybody(one)], _even)
    closed = _more(lots, 34, closed_in_villages, [one for one in near if _closed_by_organs(one)])
    in_villages = _more(lots, 54, closed_in_villages, near)
    every = _one_of_each(near, [*closed, *in_villages])
    return (_more(lots, 129, every, near), closed), (in_villages, closed_in_villages)


def _park(lots: Lots, items: Sequence[Record]) -> list[Record]:
    """Of the sixteen departments that have most for enterprises."""
    business = [item for item in items if item["audience"] == ["enterprise"]]
    size: dict[str, int] = {}
    for item in business:
        size[item["department"]] = size.get(item["department"], 0) + 1
    chosen = sorted(size, key=lambda code: (-size[code], code))[:PARK_DEPARTMENTS]
    there = [item for item in business if item["department"] in chosen]
    return _more(lots, 47, _one_of_each(there, []), there)


def _more(lots: Lots, count: int, first: Sequence[Record], of: Sequence[Record]) -> list[Record]:
    """`first`, and others to make `count`."""
    known = {item["code"] for item in first}
    others = [item for item in of if item["code"] not in known]
    return [*first, *lots.some(count - len(first), others, _even)]


def _one_of_each(of: Sequence[Record], first: Sequence[Record]) -> list[Record]:
    """`first`, each once, and an item of every department that has none among them."""
    found = {item["code"]: item for item in first}
    known = {item["department"] for item in first}
    for item in of:
        if item["department"] not in known:
            known.add(item["department"])
            found[item["code"]] = item
    return list(found.values())


def _closed_by_anybody(item: Record) -> bool:
    """A village or a kiosk is no authority: it closes public services, and those at once."""
    return bool(item["kind"] == SERVICE and item["promised"]["value"] == 0)


def _closed_by_organs(item: Record) -> bool:
    return bool(item["kind"] != LICENCE and item["promised"]["value"] == 0)


def _even(_: object) -> float:
    return 1.0


def _both(
    points: tuple[str, ...], accepted: Sequence[Record], closed: Sequence[Record]
) -> tuple[Grant, Grant]:
    return Grant(points, _codes(accepted), "accept"), Grant(points, _codes(closed), "close")


def _codes(items: Iterable[Record]) -> tuple[str, ...]:
    return tuple(sorted(item["code"] for item in items))


def _points() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for point in district.points().records:
        found.setdefault(point["kind"], []).append(point["code"])
    return {kind: tuple(codes) for kind, codes in found.items()}
