"""What an editor writes, in a few words, and a calendar that is turned by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.catalog.records.publishing import come_into_force
from services.chassis import ticks
from tests.alone import Alone

DURATION = {"value": 5, "unit": "working_day"}
TODAY = date(2026, 11, 24)


def field(**more) -> dict:
    return {"name": "字段", "type": "text"} | more


def evidence(**more) -> dict:
    return {"name": "材料", "holder_kind": "person"} | more


def item(*fields: str, **more) -> dict:
    return {
        "name": "事项",
        "department": "market",
        "region": "430700",
        "promised": DURATION,
        "fields": [{"field": code} for code in fields],
    } | more


def named(name: str, **more: Any) -> dict[str, Any]:
    return item() | {"name": name} | more


class Calendar:
    """The service's clock, turned by hand."""

    def __init__(self, catalog: Alone) -> None:
        self.catalog = catalog
        self.at(TODAY)

    def at(self, day: date, hour: int = 12) -> None:
        """That hour in Shanghai, eight hours before UTC."""
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)
        self.catalog.app.state.clock = lambda: moment

    async def tick(self, day: date, hour: int = 12) -> None:
        self.at(day, hour)
        while await ticks.turn(self.catalog.app, come_into_force):
            continue
