"""How service points stand to one another.  Plain values, no I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.chassis.errors import Conflict, Flaw, Invalid


class PointKind(StrEnum):
    HALL = "hall"  # 政务大厅
    PARK = "park"  # 园区
    TOWNSHIP = "township"  # 乡镇（街道）
    VILLAGE = "village"  # 村（社区）
    STATION = "station"  # 驿站
    KIOSK = "kiosk"  # 自助终端


UNDER: Mapping[PointKind, frozenset[PointKind | None]] = {
    PointKind.HALL: frozenset({None, PointKind.HALL}),
    PointKind.PARK: frozenset({None, PointKind.HALL}),
    PointKind.TOWNSHIP: frozenset({None, PointKind.HALL}),
    PointKind.VILLAGE: frozenset({PointKind.TOWNSHIP}),
    PointKind.STATION: frozenset({PointKind.PARK, PointKind.TOWNSHIP, PointKind.VILLAGE}),
    PointKind.KIOSK: frozenset(set(PointKind) - {PointKind.KIOSK}),
}
"""Under which kinds each may stand; None: under nothing, as a root."""

NO_ORGAN = frozenset({PointKind.VILLAGE, PointKind.STATION, PointKind.KIOSK})
"""Never an administrative organ (行政机关): a village committee governs itself (自治组织)."""

SPOKEN_FOR = frozenset({PointKind.VILLAGE, PointKind.STATION, PointKind.KIOSK})
"""Too small for an office of their own: the people of what they stand under speak for them too.
A kiosk has no people at all.  A hall does not speak for its townships: that would be the upper
level over again."""

GROUPS = (2, 4, 6, 9, 12)
"""Where the parts of an administrative division code end (省, 市, 县, 乡, 村)."""


class PointFaulty(Invalid):
    """The service point contradicts itself, or has no place in the tree."""

    zh = "服务点自相矛盾，或在服务体系中没有这样的位置。"


class PointClosed(Conflict):
    """This service point is closed."""

    zh = "该服务点已关闭。"


class PointInUse(Conflict):
    """Points stand under it, or rights are agreed there; a point is not closed over them."""

    zh = "其下还有服务点，或仍有赋权，不能就此关闭。"


@dataclass(frozen=True, slots=True)
class Above:
    """A point on the way from another one to its root."""

    code: str
    kind: PointKind
    open: bool = True


def is_organ(kind: PointKind, said: bool | None) -> bool:
    """What was said, or what holds of its kind: a township government is an organ."""
    return kind is PointKind.TOWNSHIP if said is None else said


def check_point(
    code: str, point: Mapping[str, Any], line: Sequence[Above], below: Collection[PointKind]
) -> None:
    """Raise PointFaulty with every flaw at once.

    `line`: the parent and what stands above it, nearest first; `below`: the kinds of what stands
    right under this point today.
    """
    kind = PointKind(point["kind"])
    flaws = [*_parent(code, kind, point["parent"], line), *_children(kind, below)]
    if kind in NO_ORGAN and point["organ"]:
        flaw = "村、驿站、自助终端不是行政机关。", "A village, station or kiosk is no organ."
        flaws.append(Flaw("/organ", *flaw))
    if flaws:
        raise PointFaulty(errors=flaws)


def _parent(code: str, kind: PointKind, parent: str | None, line: Sequence[Above]) -> list[Flaw]:
    if parent == code or code in [one.code for one in line]:
        flaw = "上级在本服务点之下，形成循环。", "The parent stands below this point: a cycle."
        return [Flaw("/parent", *flaw)]
    if parent and not line:
        flaw = f"没有服务点 {parent}，请先登记。", f"{parent} is not registered yet."
        return [Flaw("/parent", *flaw)]
    if parent and not line[0].open:
        return [Flaw("/parent", "上级服务点已关闭。", "The parent is closed.")]
    if (line[0].kind if line else None) in UNDER[kind]:
        return []
    return [Flaw("/parent", f"应为：{_kinds(kind)}。", f"This should be one of: {_kinds(kind)}.")]


def _kinds(kind: PointKind) -> str:
    return ", ".join(sorted(one or "null" for one in UNDER[kind]))


def _children(kind: PointKind, below: Collection[PointKind]) -> list[Flaw]:
    return [
        Flaw("/kind", f"其下还有 {child}，不能改。", f"A {child} stands under it and may not then.")
        for child in sorted(set(below))
        if kind not in UNDER[child]
    ]


def check_closing(children: Sequence[str], delegations: Sequence[str]) -> None:
    """`children`: the open points right under it; `delegations`: what it would lose unasked."""
    if not children and not delegations:
        return
    zh, en = [], []
    if children:
        zh.append("先关闭或迁走其下的服务点")
        en.append("close or move what stands under it first")
    if delegations:
        zh.append("先收回赋权，或以 withdraw_delegations 一并收回")
        en.append("withdraw its delegations first, or along with it by `withdraw_delegations`")
    raise PointInUse(
        f"{'；'.join(zh)}。",
        f"{'; '.join(en).capitalize()}.",
        children=list(children),
        delegations=list(delegations),
    )


def check_opening(line: Sequence[Above]) -> None:
    """`line`: what it stands under."""
    if line and not line[0].open:
        told = f"先开放 {line[0].code}。", f"Open {line[0].code} first."
        raise PointClosed(*told, parent=line[0].code)


def lies_in(inner: str, outer: str) -> bool:
    """Whether one administrative division lies in another: 430702001 in 430700 (a city).

    Regions that are no such codes lie in themselves only.
    """
    if not (inner.isdecimal() and outer.isdecimal()):
        return inner == outer
    return inner.startswith(stem(outer))


def stem(division: str) -> str:
    """What the codes of everything inside begin with: 430700 -> 4307."""
    start = 0
    for end in GROUPS:
        if not division[start:end].strip("0"):
            break
        start = end
    return division[:start]
