"""The model: what is known of one approval, and what each command makes of it.

Written from the rules in words, not from the code.
"""

from dataclasses import dataclass, field

SYSTEM = "system:fire"
OPEN = ("opened", "correcting", "accepted", "suspended")
OVER = {
    "granted": "already-decided",
    "refused": "already-decided",
    "acceptance_refused": "acceptance-was-refused",
    "cancelled": "approval-cancelled",
}
IN_THE_WAY = {
    "opened": "not-accepted",
    "correcting": "awaiting-correction",
    "accepted": "already-accepted",
    "suspended": "approval-suspended",
}


@dataclass
class Book:
    """One approval, as a clerk would keep it in a book."""

    accepts: str
    state: str = field(init=False)
    ever_accepted: bool = field(init=False)
    by_rule: bool = field(init=False)
    complete_on: int = 0
    corrected: bool = False
    pauses: int = 0
    issued: bool = False
    delivered: bool = False
    asked_time: str | None = None
    more_time: bool = False
    holder: str | None = None
    away: bool = False
    consulted: bool = False
    day: int = 0

    def __post_init__(self) -> None:
        self.by_rule = self.accepts == "automatic"
        self.ever_accepted = self.by_rule
        self.state = "accepted" if self.by_rule else "opened"

    def refusal(self, *allowed: str) -> str | None:
        if self.state in allowed:
            return None
        return OVER.get(self.state) or IN_THE_WAY[self.state]

    def mine(self, who: str) -> str | None:
        """What is at another department is absent; what a colleague works on is theirs."""
        if self.away:
            return "approval-unknown"
        held = self.state in OPEN and self.holder not in (None, who)
        return "claimed-by-another" if held else None

    def accept(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("opened", "accepted", "suspended")
        if not no and self.state == "opened":
            self.state, self.ever_accepted, self.by_rule = "accepted", True, False
        return no

    def refuse_acceptance(self, who: str) -> str | None:
        if not self.away and self.state == "acceptance_refused":
            return None  # the same answer again is one answer
        no = self.mine(who)
        if not no and self.state == "suspended":
            return "already-accepted"
        no = no or self.refusal("opened")
        if not no:
            self.state = "acceptance_refused"
        return no

    def ask_correction(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("opened", "accepted")
        if not no and self.state == "accepted" and not self.by_rule:
            no = "already-accepted"
        if not no and self.corrected:
            no = "correction-asked-once"
        if not no and self.day >= 6:
            no = "correction-too-late"
        if not no:
            self.state, self.corrected = "correcting", True
        return no

    def answer(self) -> None:
        if self.state == "correcting":
            self.state = "accepted" if self.ever_accepted else "opened"
            self.complete_on = self.day

    def suspend(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("accepted")
        if not no:
            self.state, self.pauses = "suspended", self.pauses + 1
        return no

    def resume(self, who: str) -> str | None:
        no = self.mine(who)
        if not no and self.pauses == 0 and who != SYSTEM:
            return "procedure-unknown"  # over HTTP the first one is named
        if not no and self.state in ("opened", "correcting", "accepted"):
            no = "not-suspended"
        no = no or self.refusal("suspended")
        if not no:
            self.state = "accepted"
        return no

    def decide(self, who: str, verdict: str, at_once: bool) -> str | None:
        no = self.mine(who) or self.refusal("accepted")
        if not no:
            self.state = verdict
            self.issued = at_once and verdict == "granted"
        return no

    def issue(self, who: str) -> str | None:
        if self.away:
            return "approval-unknown"
        if self.state != "granted":
            return "not-granted"
        if self.issued:
            return "already-issued"
        self.issued = True
        return None

    def deliver(self, who: str) -> str | None:
        """Of a refusal the decision itself is delivered, of a grant its certificate."""
        if self.away:
            return "approval-unknown"
        if self.delivered:
            return "already-delivered"
        if self.state not in ("granted", "refused", "acceptance_refused"):
            return "not-decided"
        if self.state == "granted" and not self.issued:
            return "nothing-to-deliver"
        self.delivered = True
        return None

    def open_it(self) -> None:
        """Its holder opens the certificate, where there is one."""
        self.delivered = self.delivered or self.issued

    def ask_time(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("accepted")
        if not no and self.more_time:
            no = "already-extended"
        if not no:
            self.asked_time = who
        return no

    def consent(self, who: str) -> str | None:
        no = "approval-unknown" if self.away else self.refusal("accepted")
        if not no and self.more_time:
            no = "already-extended"
        if not no and self.asked_time is None:
            no = "extension-unknown"
        if not no and self.asked_time == who:
            no = "same-person"
        if not no:
            self.more_time = True
        return no

    def claim(self, who: str) -> str | None:
        if self.away:
            return "approval-unknown"
        no = None if self.state in OPEN else OVER[self.state]
        if not no and self.holder not in (None, who):
            no = "claimed-by-another"
        if not no:
            self.holder = who
        return no

    def release(self, who: str) -> str | None:
        if self.away:
            return "approval-unknown"
        no = None if self.state in OPEN else OVER[self.state]
        if not no and self.holder is None:
            no = "not-claimed"
        if not no and self.holder != who:
            no = "claimed-by-another"
        if not no:
            self.holder = None
        return no

    def consult(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal(*OPEN)
        if not no and self.consulted:
            no = "consultation-faulty"
        if not no:
            self.consulted = True
        return no

    def send_away(self, who: str) -> str | None:
        no = self.mine(who) or self.refusal("opened", "accepted")
        if not no:
            self.away, self.holder, self.consulted = True, None, False
            self.asked_time = self.asked_time if self.more_time else None
        return no

    def send_back(self) -> str | None:
        if not self.away:
            return "approval-unknown"
        no = self.refusal("opened", "accepted")
        if not no:
            self.away = False
        return no

    def cancel(self, reason: str) -> None:
        if self.state in OPEN and (reason == "withdrawn" or not self.ever_accepted):
            self.state = "cancelled"

    def days(self, number: int) -> None:
        """Whoever says nothing for five working days has accepted."""
        self.day += number
        if self.state == "opened" and self.day >= self.complete_on + 6:
            self.state, self.ever_accepted, self.by_rule = "accepted", True, False
