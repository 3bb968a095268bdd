"""A shop of one's own for each test, whose items can be retired without harm to other tests."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.bundle.composition.rules import day_of
from services.bundle.retirements.actions import carry_out
from services.chassis.ticks import turn
from services.contracts import (
    Disposition,
    EvidenceTypeRecord,
    FieldRecord,
    ItemPublished,
    ItemRecord,
    ItemRetired,
)
from tests import world
from tests.alone import letter
from tests.bundle.office import Office
from tests.platform import Person

numbers = itertools.count(1)
REQUESTED = "bundle.approval.requested"
CANCELLED = "bundle.approval.cancelled"
AMENDED = "bundle.approval.amended"
COMPLETED = "bundle.application.completed"
LICENCE, PERMIT, FIRE = "licence-check", "shop-permit", "fire-check"


def today() -> date:
    return day_of(datetime.now(UTC))


class Shop:
    """licence -> permit, fire; with codes that no other test uses."""

    def __init__(self, office: Office, **items: dict[str, Any]) -> None:
        self.office, self.number = office, next(numbers)
        self.bundle = self.code("shop")
        self.records = {name: dict(record) for name, record in world.ITEMS.items()}
        for name, more in items.items():
            self.records[name.replace("_", "-")] |= more
        self.versions = dict.fromkeys(self.records, 1)

    def code(self, name: str) -> str:
        return f"{name}-{self.number}"

    async def open(self, **changes: Any) -> "Shop":
        await self.office.hear(*(self.published(name) for name in self.records))
        members = [m | {"item": self.code(m["item"])} for m in world.BUNDLE["members"]]
        record = world.BUNDLE | {"members": members} | changes
        await self.office.publish(self.bundle, record)
        return self

    def published(self, name: str, **changes: Any) -> ItemPublished:
        """The item as catalog tells it; `changes` make it the next version."""
        if changes:
            self.records[name] |= changes
            self.versions[name] += 1
        record = dict(self.records[name])
        record["requirements"] = [
            one | {"evidence": self.code(one["evidence"])} for one in record.get("requirements", ())
        ]
        record["issues"] = self.code(record["issues"]) if record.get("issues") else None
        return ItemPublished(
            code=self.code(name),
            version=self.versions[name],
            item=ItemRecord(code=self.code(name), **record),
            fields=tuple(FieldRecord(code=code, **one) for code, one in world.FIELDS.items()),
            evidence_types=tuple(
                EvidenceTypeRecord(code=self.code(code), **one)
                for code, one in world.EVIDENCE.items()
            ),
        )

    def retired(self, name: str = LICENCE, version: int = 1, **more: Any) -> ItemRetired:
        """`more`: dispositions as {item: action}, or whatever else the event says."""
        evidence = self.records[name].get("issues")
        said: dict[str, Any] = {
            "mode": "cancelled",
            "effective": today(),
            "evidence": self.code(evidence) if evidence else None,
            "dispositions": {PERMIT: "drop", FIRE: "drop"},
        } | more
        said["dispositions"] = tuple(
            Disposition(items=(self.code(item),), action=action, register_name="登记系统")
            for item, action in said["dispositions"].items()
        )
        return ItemRetired(item=self.code(name), version=version, **said)

    async def retire(self, name: str = LICENCE, version: int = 1, **more: Any) -> None:
        """Hear of a retirement, and let its day come."""
        event = self.retired(name, version, **more)
        await self.office.hear(letter(event, version))
        await self.pass_by(event.effective)

    async def pass_by(self, day: date) -> None:
        """It is noon of that day, and the minute after; every due retirement is carried out."""
        noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        for moment in (noon, noon + timedelta(minutes=1)):
            self.office.app.state.clock = lambda moment=moment: moment
            while await turn(self.office.app, carry_out):
                pass

    async def filed(self, who: Person, answers: Any = world.ANSWERS, **more: Any) -> Any:
        """File for the shop."""
        plan = await self.office.planned(who, self.bundle, answers)
        return await who.post(
            "/applications",
            json={
                "bundle": self.bundle,
                "plan": plan["digest"],
                "answers": answers,
                "form": {f["field"]: (world.FORM | answers)[f["field"]] for f in plan["form"]},
                "materials": {
                    m["key"]: [] if m["kind"] == "commitment" else [await self.office.upload(who)]
                    for m in plan["materials"]
                },
            }
            | more,
        )


async def told(office: Office, subject: str, application: Any) -> list[dict[str, Any]]:
    return await office.told(subject, application=application["id"])


async def notices(who: Person, kind: str) -> list[dict[str, Any]]:
    return [one for one in (await who.get("/notices"))["items"] if one["kind"] == kind]
