"""A draft with a threshold, for those who decide on bundles."""

from typing import Any

from tests import county

FIRE = {"member": "fire", "item": "ask-fire", "holder": "owner", "when": "area >= fire_from"}


def threshold(value: Any = 300) -> dict[str, Any]:
    record = county.five("market", "fire")
    record["members"][1] = FIRE
    return record | {"thresholds": {"fire_from": value}}
