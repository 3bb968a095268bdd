"""Item records as catalog publishes them."""

from datetime import date
from typing import Any

from services.contracts import Duration, ItemPublished, ItemRecord, ItemRetired, Requirement


def days(value: int) -> Duration:
    return Duration(value=value)


def needs(*sources: str) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(evidence=f"paper-{n}", source=source) for n, source in enumerate(sources)
    )


def published(code: str, department: str, version: int = 1, **more: Any) -> ItemPublished:
    told: dict[str, Any] = {
        "code": code,
        "name": f"事项 {code}",
        "department": department,
        "region": "430700",
        "promised": days(5),
    }
    item = ItemRecord(**told | more)
    return ItemPublished(code=code, version=version, item=item)


def retired(code: str, day: str, version: int = 1, **more: Any) -> ItemRetired:
    told: dict[str, Any] = {"mode": "cancelled", "effective": date.fromisoformat(day)}
    return ItemRetired(item=code, version=version, **told | more)
