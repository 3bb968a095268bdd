"""How to appeal against a refusal: as the item says, else as the general laws do."""

from collections.abc import Sequence
from typing import Any

GENERAL: tuple[dict[str, Any], ...] = (
    # 行政复议法 art. 20: sixty days from the day the act is known.
    {"kind": "review", "within": 60, "unit": "day", "where": ""},
    # 行政诉讼法 art. 46: six months from the day the act is or should be known.
    {"kind": "lawsuit", "within": 6, "unit": "month", "where": ""},
)


def remedies(named: Sequence[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return list(named or GENERAL)
