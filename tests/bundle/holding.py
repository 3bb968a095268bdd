"""Somebody holds one permit, and asks to renew, change or replace it."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.contracts import (
    EvidenceTypeRecord,
    FieldRecord,
    ItemPublished,
    ItemRecord,
    ResultIssued,
)
from tests import world
from tests.bundle.office import Office, decided, issued

REQUESTED = "bundle.approval.requested"
END = date(2030, 6, 30)
LAST_DAY = END - timedelta(days=30)
CONTENT = {"permit_number": "JY001", "shop_name": "清风小馆"}
RENEWAL = {"kind": "renewal", "fields": ["shop_name"], "evidence": ["floor-plan"]}
CHANGE = {"kind": "change", "fields": ["shop_name"], "promised": {"value": 2}}
REPLACEMENT = {"kind": "replacement"}
OFFERED = [RENEWAL, CHANGE, REPLACEMENT]

versions = itertools.count(2)
numbers = itertools.count(1)


def new_number() -> str:
    return f"OV20250701-{next(numbers):013X}"


def permit(offered: Any = OFFERED) -> ItemPublished:
    record = world.ITEMS["shop-permit"] | {"later_filings": offered, "validity": {"value": 5}}
    fields = ("shop_name", "premises", "permit_number")
    papers = ("licence-fact", "floor-plan", "shop-permit")
    return ItemPublished(
        code="shop-permit",
        version=next(versions),
        item=ItemRecord(code="shop-permit", **record),
        fields=tuple(FieldRecord(code=code, **world.FIELDS[code]) for code in fields),
        evidence_types=tuple(
            EvidenceTypeRecord(code=code, **world.EVIDENCE[code]) for code in papers
        ),
    )


def on(office: Office, day: date) -> None:
    office.app.state.clock = lambda: datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


class Holding:
    """Somebody with one permit."""

    def __init__(self, office: Office, who: Any, application: Any, made: ResultIssued) -> None:
        self.office, self.who, self.application, self.made = office, who, application, made
        self.number = made.number

    async def plan(self, kind: str, **more: Any) -> Any:
        return await self.try_plan(kind, **more)

    async def asked(self, kind: str, who: Any = None) -> Any:
        path = f"/wallet/results/{self.number}/compositions"
        return await (who or self.who)("POST", path, json={"kind": kind})

    async def try_plan(self, kind: str, who: Any = None) -> Any:
        answer = await self.asked(kind, who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def filing(self, kind: str, who: Any = None) -> dict[str, Any]:
        plan = await self.try_plan(kind, who)
        form = {"shop_name": "明月小馆"}
        materials = {
            one["key"]: [await self.office.upload(who or self.who)] for one in plan["materials"]
        }
        return {
            "replaces": {"number": self.number, "kind": kind},
            "plan": plan["digest"],
            "form": {one["field"]: form[one["field"]] for one in plan["form"]},
            "materials": materials,
        }

    async def filed(self, kind: str, who: Any = None) -> Any:
        return await (who or self.who).post("/applications", await self.filing(kind, who))

    async def requested(self, application: Any) -> dict[str, Any]:
        [told] = await self.office.told(REQUESTED, application=application["id"])
        return told

    def following(self, application: Any, kind: str, **more: Any) -> ResultIssued:
        """The result of a later filing."""
        about = {"replaces": self.number, "replaced_as": kind, "valid_until": END}
        about |= {"replaced_from": date(2030, 4, 1), "digest": self.made.digest}
        return issued(application, kind, "shop-permit", **about | more)


async def holding(office: Office, end: date | None = END) -> Holding:
    who = office.somebody()
    application = await office.filed(who)
    licence = issued(application, "licence", "licence-fact")
    await office.hear(decided(application, "licence"), licence)
    valid = {"valid_from": date(2025, 7, 1), "valid_until": end, "number": new_number()}
    made = await office.issue(application, "permit", CONTENT, evidence="shop-permit", **valid)
    await office.hear(decided(application, "permit"), made)
    return Holding(office, who, application, made)


async def permits(who: Any) -> dict[str, Any]:
    found = (await who.get("/wallet"))["items"]
    return {one["result_number"]: one for one in found if one["evidence"] == "shop-permit"}
