"""How a fault in a record is told: its name, where, and what would be right."""

from collections.abc import Collection, Iterable
from typing import Any

from services.chassis.errors import Flaw, Invalid


class RecordFaulty(Invalid):
    """The record uses codes that do not exist, or contradicts itself."""

    zh = "记录使用了不存在的代码，或自相矛盾。"


def flaw(name: str, pointer: str, zh: str, en: str, **more: Any) -> Flaw:
    """`name` is for programs (`fault` in the problem document), the rest for people."""
    return Flaw(pointer, zh, en, {"fault": name, **more})


def unknown(pointer: str, used: Iterable[str | None], known: Collection[str]) -> list[Flaw]:
    """Codes that nobody registered; `pointer` has a {} for the place among `used`."""
    return [
        flaw(
            "unknown-code",
            pointer.format(place),
            f"没有代码 {code}，请先登记。",
            f"{code} is not registered yet.",
            code=code,
        )
        for place, code in enumerate(used)
        if code is not None and code not in known
    ]


def twice(pointer: str, used: Iterable[Any], shown: str = "{}") -> list[Flaw]:
    """What stands in a list again; `shown` says it to people."""
    seen: set[Any] = set()
    flaws = []
    for place, one in enumerate(used):
        if one in seen:
            told = shown.format(one)
            zh, en = f"{told} 重复。", f"{told} stands here twice."
            flaws.append(flaw("duplicate-code", pointer.format(place), zh, en))
        seen.add(one)
    return flaws
