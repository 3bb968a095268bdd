"""Legal and promised times, and what is handled at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from deploy.example.district import Record
from deploy.example.generator.lots import Lots
from deploy.example.generator.targets import DAY, counts

if TYPE_CHECKING:
    from deploy.example.generator.making import Draft

SLOWEST_INSTANT = 15
"""What the law gives more days than this is not handled at once."""


def set_times(
    lots: Lots,
    drafts: Sequence[Draft],
    instant: int,
    compression: Fraction,
    by_hand: Sequence[Record],
) -> None:
    """Exactly `instant` at once; promises such that over all items the sums compress as told."""
    for draft in drafts:
        if days := lots.one(draft.shape.legal):
            draft.record["legal"] = _days(days)
            if draft.kind == "01" and days == 20:
                draft.record["extension"] = _days(10)
    quick = [draft for draft in drafts if _legal(draft) <= SLOWEST_INSTANT]
    chosen = {id(one) for one in lots.some(instant, quick, lambda one: one.shape.instant)}
    slow = []
    for draft in drafts:
        at_once = id(draft) in chosen
        draft.record["handling"] = "instant" if at_once else "promise"
        draft.record["promised"] = _days(0 if at_once else 1)
        if not at_once:
            slow.append(draft)
    for draft in slow:
        if "legal" not in draft.record:
            draft.record["promised"] = _days(lots.number(1, 5))
    limited = [draft for draft in slow if "legal" in draft.record]
    _promise(lots, limited, _allowed(drafts, by_hand, compression))


def _allowed(drafts: Sequence[Draft], by_hand: Sequence[Record], compression: Fraction) -> int:
    """The days that all promises of limited items may have together, to the nearest day."""
    known = counts(by_hand)
    legal = known["legal"] + sum(_legal(draft) * DAY for draft in drafts)
    return round((legal * (1 - compression) - known["promised"]) / DAY)


def _promise(lots: Lots, drafts: Sequence[Draft], total: int) -> None:
    """A quarter takes the law's time, some a fifth of it; together they come to `total` days."""
    legal = [_legal(draft) for draft in drafts]
    wished = [max(1, days * min(10, lots.number(2, 12)) // 10) for days in legal]
    for draft, days in zip(
        drafts, lots.summing(total, [(1, days) for days in legal], wished), strict=True
    ):
        draft.record["promised"] = _days(days)


def _legal(draft: Draft) -> int:
    return int(draft.record.get("legal", {}).get("value", 0))


def _days(value: int) -> dict[str, Any]:
    return {"value": value, "unit": "working_day"}
