"""What the whole district must come to, and what a record adds to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Record = Mapping[str, Any]
DAY = 8
HOURS = {"working_day": DAY, "natural_day": DAY, "hour": 1}
ONLINE = {"pc", "mobile"}


@dataclass(frozen=True)
class Targets:
    """Counts over all items, those made by hand included; of the times a ratio of sums."""

    items: int
    materials: int
    instant: int
    accepted_online: int
    """Online depth 3 or 4."""
    online: int
    """With an address, or unsuitable for one: that counts as online."""
    hall: int
    windows: int
    kiosk: int
    compression: Fraction


# A district's report of 2022: 承诺时限压缩比 40.9 %, 平均材料数 5, 网办率 91.98 %, 三级以上网办率
# 90.6 %, 平均即办件率 23.9 %, and the counts at the hall, the comprehensive windows and the kiosks.
REPORT = Targets(
    items=1234,
    materials=5 * 1234,
    instant=295,
    accepted_online=1118,
    online=1135,
    hall=662,
    windows=497,
    kiosk=602,
    compression=Fraction(409, 1000),
)


def hours(duration: Mapping[str, Any]) -> int:
    return int(duration["value"] * HOURS[duration["unit"]])


def materials(item: Record) -> int:
    """What an applicant may have to hand in: a register asks nobody."""
    return sum(need.get("source") != "register" for need in item["requirements"])


def has_address(item: Record) -> bool:
    return not ONLINE.isdisjoint(item.get("channels", ()))


def is_online(item: Record) -> bool:
    return has_address(item) or not item.get("online_suitable", True)


def is_instant(item: Record) -> bool:
    return bool(item["promised"]["value"] == 0)


def counts(items: Iterable[Record]) -> dict[str, int]:
    """The figures of these items, under the names that Targets has."""
    found = list(items)
    limited = [item for item in found if item.get("legal")]
    return {
        "items": len(found),
        "materials": sum(map(materials, found)),
        "instant": sum(map(is_instant, found)),
        "accepted_online": sum(item.get("online_depth", 1) >= 3 for item in found),
        "online": sum(map(is_online, found)),
        "hall": sum(item.get("at_hall", False) for item in found),
        "windows": sum(item.get("comprehensive_window", False) for item in found),
        "kiosk": sum("kiosk" in item.get("channels", ()) for item in found),
        "legal": sum(hours(item["legal"]) for item in limited),
        "promised": sum(hours(item["promised"]) for item in limited),
    }
