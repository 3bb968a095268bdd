"""Rights that were handed down to a service point, as catalog tells of them."""

from datetime import UTC, datetime
from typing import Any

from services.contracts import DelegationChanged
from tests.alone import Alone
from tests.platform import Person

POINT = "taoyuan"


def right(item: str, kind: str = "accept", version: int = 1, **more: Any) -> DelegationChanged:
    """An active right of the township over an item of the market department."""
    said: dict[str, Any] = {
        "delegation": f"{item}/{more.get('point', POINT)}/{kind}",
        "version": version,
        "item": item,
        "department": "market",
        "point": POINT,
        "right": kind,
        "state": "active",
        "mode": "entrust",
        "changed_at": datetime.now(UTC),
    }
    return DelegationChanged(**said | more)


def clerk(desk: Alone, point: str | None = POINT, sub: str = "qin", **claims: Any) -> Person:
    named = {"point": point} if point else {}
    return desk.person("clerk", sub, **named, **claims)
