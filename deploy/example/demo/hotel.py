"""A hotel: its hygiene permit comes by rule and leaves again, and the police hear of it.

Granted at once on a signed commitment, with a duty for its regulator.  The fire brigade inspects,
which stops its clock.  The police grant the trade permit, relying on the hygiene permit.  When the
regulator comes to see, the promise was not kept: the permit is revoked, and the police look again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from deploy.example.demo import expectations
from deploy.example.demo.applicant import Applicant
from deploy.example.demo.certificates import Certificate
from deploy.example.demo.days import SHANGHAI, Pause, calendar, moment
from deploy.example.demo.door import Door
from deploy.example.demo.officers import Officer, notice, refused, same, until

ITEM, PERMIT, DUTY = "hygiene-permit-new", "hygiene-permit", "verify_commitment"
Tell = Callable[[str], None]
Json = dict[str, Any]


class Hotel:
    """`officer`: one of a department; `inspector`: the hygiene permit's regulator."""

    def __init__(
        self,
        applicant: Applicant,
        officer: Callable[[str], Officer],
        inspector: Door,
        tell: Tell,
    ) -> None:
        self.applicant, self.journey, self.door = applicant, applicant.journey, applicant.owner
        self.fire, self.police, self.health = map(officer, ("fire", "police", "health"))
        self.inspector, self.tell = inspector, tell

    async def begin(self) -> None:
        await self._granted_by_rule()
        await self._verified()
        await self._duty_opened()
        await self._inspection_begins()

    async def go_on(self) -> None:
        """The inspection is over; the fire brigade, and then the police, decide."""
        await self._inspection_ends()
        fire = await self.fire.find("fire-check", "accepted")
        await self._grant(self.fire, fire)
        trade = await self.police.find("hotel-trade", "accepted")
        if self.permit["result_number"] not in trade["relies_on"]:
            same(
                "what the hotel permit relies on", trade["relies_on"], self.permit["result_number"]
            )
        await self._grant(self.police, trade)
        self.fire_check, self.trade = fire["id"], trade["id"]
        self.tell("the fire brigade grants, then the police, who rely on the hygiene permit")

    async def end(self) -> None:
        """The failed check, the hearing, the revocation, and all that it reaches."""
        await self._check_fails()
        await self._revoked()
        await self._reached()
        await self._shown_as_ended()

    async def _granted_by_rule(self) -> None:
        await self.journey.settled("hygiene")
        approval = await self.health.find("hygiene", "granted")
        trace = await self.health.door.get(f"approvals/{approval['id']}/instant")
        item = expectations.items()[ITEM]
        wanted = (item["instant"]["rule"], "granted", 1)
        same("the rule's trace", (trace["rule"], trace["why"], trace["commitment_version"]), wanted)
        self.approval = approval
        self.tell("the hygiene permit is granted by rule, on a signed commitment; nobody waited")

    async def _verified(self) -> None:
        """Anybody verifies what the QR code on the certificate says; nobody guesses one."""
        self.permit = await until(self._held, "the hygiene permit is not in the wallet")
        self.certificate = Certificate(self.door, self.permit)
        shown = await self.certificate.verify()
        said = (shown["standing"], shown["number"], shown["digest"])
        wanted = ("valid", self.permit["result_number"], self.permit["digest"])
        same("what the QR code leads to", said, wanted)
        await self.certificate.guess()
        self.tell("its QR code, read from the page, verifies it without any login: valid")

    async def _held(self) -> Json | None:
        page = await self.door.get("wallet", params={"limit": 100})
        return next((one for one in page["items"] if one["evidence"] == PERMIT), None)

    async def _duty_opened(self) -> None:
        [plan] = [one for one in expectations.items()[ITEM]["supervision"] if one["kind"] == DUTY]
        about = {"approval": self.approval["id"], "kind": DUTY}

        async def look() -> Json | None:
            page = await self.inspector.get("supervisions", params=about)
            return next(iter(page["items"]), None)

        duty = await until(look, "the grant opened no duty")
        granted = moment(self.approval["decided_at"])
        days = await calendar(self.door, granted)
        due = days.natural_days(granted, plan["within"]["value"])
        same("when the check is due", moment(duty["due"]), due)
        await self.inspector.put(f"supervisions/{duty['id']}/acknowledgement", {})
        self.duty = f"supervisions/{duty['id']}"
        self.tell(f"its regulator takes on the duty to check that promise by {_last(due)}")

    async def _inspection_begins(self) -> None:
        fire = await self.fire.find("fire-check", "accepted")
        here = f"approvals/{fire['id']}"
        body = {
            "kind": "inspection",
            "evidence": "消检通〔2026〕第7号",
            "expected": {"value": 3, "unit": "working_day"},
        }
        begun = await self.fire.door.post(f"{here}/suspensions", body)
        clock = await self.fire.door.get(f"{here}/clock")
        same("a clock that stands still", (clock["paused"], clock["due"]), (True, None))
        verdict = {"verdict": "granted"}
        await refused(self.fire.door.put(f"{here}/decision", verdict), "approval-suspended")
        await notice(self.applicant.door, self.journey, "suspended")
        self.began = moment(begun["begun_at"])
        self.tell("the fire brigade comes to inspect: its clock stands still, nobody may decide")

    async def _inspection_ends(self) -> None:
        fire = await self.fire.find("fire-check", "suspended")
        here = f"approvals/{fire['id']}"
        made = await self.fire.door.put(f"{here}/suspensions/1/end", {})
        pause: Pause = (self.began, moment(made["ended_at"]))
        clock = await self.fire.door.get(f"{here}/clock")
        accepted = moment(clock["accepted_at"])
        promised = expectations.items()["fire-safety-check"]["promised"]["value"]
        days = await calendar(self.door, accepted)
        due = days.working_days(accepted, promised, pause)
        same("the due date after the inspection", moment(clock["due"]), due)
        await notice(self.applicant.door, self.journey, "resumed")
        without = days.working_days(accepted, promised)
        self.tell(f"the inspection is over: due {_last(due)}, without it {_last(without)}")

    async def _grant(self, officer: Officer, approval: Json) -> None:
        result = await officer.make(approval)
        decision = {"verdict": "granted", "result": result}
        await officer.door.put(f"approvals/{approval['id']}/decision", decision)

    async def _check_fails(self) -> None:
        await self.inspector.put(f"{self.duty}/inspection", {})
        found = {"verdict": "fail", "reason_codes": ["commitment-not-kept"]}
        duty = await self.inspector.post(f"{self.duty}/findings", found)
        same("the duty after the check", duty["state"], "ending_proposed")
        self.tell("the regulator finds the promise not kept, and proposes to end the permit")

    async def _revoked(self) -> None:
        here = f"results/{self.permit['result_number']}"
        ending = {
            "kind": "revoked",
            "reason_codes": ["commitment-not-kept"],
            "legal_basis": "《行政许可法》第六十九条",
        }
        health = self.health.door
        await refused(health.post(f"{here}/endings", ending), "hearing-missing")
        await health.put(f"{here}/hearing", {"outcome": "held", "evidence": "听证笔录第1号"})
        await health.post(f"{here}/endings", ending)
        self.tell("the health department hears the hotel, as the law asks, and revokes the permit")

    async def _reached(self) -> None:
        """The police, and nobody else: the fire brigade never relied on it."""
        number = self.permit["result_number"]
        flagged = await self.police.door.get(f"approvals/{self.trade}")
        flags = [(one["result"], one["ended_as"]) for one in flagged["flags"]]
        same("what is flagged at the police", flags, [(number, "revoked")])
        about = {"approval": self.trade, "kind": "review"}
        reviews = (await self.police.door.get("supervisions", params=about))["items"]
        same("the review at the police", [one["ref"] for one in reviews], [number])
        untouched = await self.fire.door.get(f"approvals/{self.fire_check}")
        same("flags at the fire brigade", untouched["flags"], [])
        self.tell(
            "at the police the hotel permit is flagged, to be looked at again; nothing else is"
        )

    async def _shown_as_ended(self) -> None:
        await notice(self.applicant.door, self.journey, "ended")
        held = await self.door.get("wallet", params={"limit": 100})
        ended = {one["evidence"] for one in held["items"] if one["ended_as"]}
        same("what has ended in the wallet", ended, {PERMIT})
        shown = await self.certificate.verify()
        same("the same QR code", shown["standing"], "ended")
        self.tell("the hotel is told, its wallet shows it, and the same QR code says: ended")


def _last(end: datetime) -> str:
    """The day at whose end something is due, as a calendar on the wall has it."""
    return f"{end.astimezone(SHANGHAI) - timedelta(seconds=1):%Y-%m-%d}"
