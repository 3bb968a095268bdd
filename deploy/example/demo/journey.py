"""One filing on its way: where its members stand, how long it took, what turned out wrong."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from deploy.example.demo.expectations import Plan
from deploy.example.demo.filings import Filing

FINAL = frozenset({"granted", "refused", "cancelled", "withdrawn", "impossible", "not_needed"})
OPEN = frozenset({"requested", "accepted"})
CHOSEN = "?"
"""In `Filing.later`: the applicant has answered the choice."""
ABOLISHED = "†"
"""In `Filing.later`: an item has been abolished."""


class Journey:
    def __init__(self, filing: Filing, previous: "Journey | None" = None) -> None:
        self.filing, self.previous = filing, previous
        self.application = self.holder = ""
        self.number: str | None = None
        """Of the holder born on the way, as the desks read it in their dossiers."""
        self.reasons: dict[str, str] = {}
        self.late: set[str] = set()
        """Granted after they were cancelled or withdrawn: the certificate is there all the same."""
        self.expected: Plan | None = None
        self.plan: dict[str, Any] = {}
        self.form: dict[str, Any] = {}
        self.states: dict[str, str] = {}
        self.outcome: str | None = None
        self.at_withdrawal: dict[str, str] | None = None
        """The members' states in the answer to the withdrawal: they are final."""
        self.most_open = 0
        """Approvals that lay at their desks at the same moment."""
        self.began = self.seconds = 0.0
        self.problems: list[str] = []
        self.over = asyncio.Event()
        """Settled and compared, or given up."""
        self._happened: set[str] = set()
        self._changed = asyncio.Condition()

    @property
    def open_now(self) -> int:
        """Approvals that lie at a desk."""
        return sum(state in OPEN for state in self.states.values())

    def wrong(self, what: str) -> None:
        self.problems.append(what)

    async def note(self, progress: dict[str, Any]) -> None:
        """Take over what the platform says of the application."""
        async with self._changed:
            self.states = {one["member"]: one["state"] for one in progress["members"]}
            self.reasons = {
                one["member"]: one["reason_code"]
                for one in progress["members"]
                if one["state"] == "refused"
            }
            self.late = {one["member"] for one in progress["members"] if one["late"] == "granted"}
            self.most_open = most_at_once(progress["members"])
            if progress["outcome"] and self.outcome is None:
                self.outcome = progress["outcome"]
                self.seconds = time.monotonic() - self.began
            self._changed.notify_all()

    async def note_choice(self) -> None:
        await self._note(CHOSEN)

    async def note_abolition(self) -> None:
        await self._note(ABOLISHED)

    async def _note(self, what: str) -> None:
        async with self._changed:
            self._happened.add(what)
            self._changed.notify_all()

    async def reached(self, condition: Callable[[dict[str, str]], bool]) -> None:
        """Wait until the members' states fulfil a condition, or all is over."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: self.outcome is not None or (self.states and condition(self.states))
            )

    async def settled(self, *members: str) -> None:
        """Wait until these members are settled (or the choice is made), or all is over."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: self.outcome is not None or all(map(self._is_settled, members))
            )

    def _is_settled(self, member: str) -> bool:
        return member in self._happened or self.states.get(member) in FINAL


def most_at_once(members: list[dict[str, Any]]) -> int:
    """From when each member was requested and settled; one that ends makes room first."""
    moments: list[tuple[str, int]] = []
    for one in members:
        if one["requested_at"]:
            moments.append((one["requested_at"], 1))
            if one["settled_at"]:
                moments.append((one["settled_at"], -1))
    counts = itertools.accumulate(step for _, step in sorted(moments))
    return max(counts, default=0)
