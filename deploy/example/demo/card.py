"""A social security card: its photo is put right, and the card is made days after the decision.

The bank, the buses and the medical insurance need the card itself.  They wait for it, not for the
decision, and start by themselves once it is there.
"""

import io
from collections.abc import Callable
from datetime import timedelta

from deploy.example.demo.applicant import Applicant, document
from deploy.example.demo.days import Days, moment
from deploy.example.demo.officers import Officer, notice, refused, same, until

PHOTO = "identity-photo:applicant"
WORDS = "照片反光，看不清面部。请重新上传一张近六个月内的白底免冠照片。"
WAITING = ("activation", "medical-account", "transit")
Tell = Callable[[str], None]


class Card:
    def __init__(self, applicant: Applicant, officer: Officer, days: Days, tell: Tell) -> None:
        self.applicant, self.officer, self.days, self.tell = applicant, officer, days, tell
        self.journey = applicant.journey

    async def begin(self) -> None:
        """A correction and its answer; then the decision, without a card."""
        approval = await self.officer.find("card", "opened")
        here = f"approvals/{approval['id']}"
        await self._ask(approval["id"])
        await self._answer()
        again = await self.officer.find("card", "opened")
        same("receipts of one filing", again["receipt"], approval["receipt"])
        await self.officer.door.put(f"{here}/acceptance", {})
        await self.officer.door.put(f"{here}/decision", {"verdict": "granted"})
        await self.journey.reached(lambda states: states["card"] == "granted")
        waiting = {member: self.journey.states[member] for member in WAITING}
        same("who needs the card itself", waiting, dict.fromkeys(WAITING, "waiting"))
        self.tell("the card is granted, and has yet to be made: bank, buses and insurance wait")

    async def end(self) -> None:
        """The card is there; whoever waited for it goes on."""
        approval = await self.officer.find("card", "granted")
        result = await self.officer.make(approval)
        issued = await self.officer.door.put(f"approvals/{approval['id']}/result", result)
        late = moment(issued["issued_at"]) - moment(issued["decided_at"])
        days = self.days.number - 1
        if not timedelta(days=days) <= late < timedelta(days=days + 1):
            same("days from decision to card", late.days, days)
        await self.journey.settled(*WAITING)
        self.tell(f"the card is issued {late.days} days after its decision: the three go on")

    async def _ask(self, approval: str) -> None:
        """Everything that is wrong, at once: the law allows one notice."""
        door = self.officer.door
        words = {"text": WORDS, "gaps": {PHOTO: "反光"}}
        stored = await door.put(f"dossiers/{approval}/explanations", words)
        gaps = [{"evidence": PHOTO, "reason_code": "photo-unclear"}]
        body = {"gaps": gaps, "explanation": stored["digest"]}
        await door.post(f"approvals/{approval}/correction-requests", body)
        await refused(
            door.post(f"approvals/{approval}/correction-requests", body), "awaiting-correction"
        )
        self.tell("human resources asks the applicant, once, for another photo")

    async def _answer(self) -> None:
        """The applicant reads what is wrong and brings just that."""
        door, application = self.applicant.door, self.journey.application
        await notice(door, self.journey, "correction")
        asked = await door.get(f"applications/{application}/corrections")
        [one] = asked["items"]
        same("what is to be put right", one["materials"] + one["fields"], [PHOTO])
        same("what the desk wrote", one["explanation"]["text"], WORDS)
        file = {"file": ("photo.png", io.BytesIO(document("a better photo")), "image/png")}
        photo = (await door.call("POST", "uploads", files=file))["id"]
        path = f"applications/{application}/corrections/card"
        await self.journey.note(await door.put(path, {"materials": {PHOTO: [photo]}}))

        async def answered() -> bool:
            [now] = (await door.get(f"applications/{application}/corrections"))["items"]
            return not now["open"]

        await until(answered, "the answer to the correction is not noted")
        self.tell("the applicant reads why, and sends another photo")
