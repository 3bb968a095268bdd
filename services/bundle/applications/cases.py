"""One application in memory, and what has changed about it: states, events and notices to come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.bundle.applications.notifying import ItemVersion, Notice, Remedies, Told
from services.bundle.applications.rules import (
    Graph,
    MemberState,
    Outcome,
    Policy,
    Progress,
    Standing,
    Step,
    Wait,
)
from services.bundle.notices.actions import Fact
from services.contracts import (
    ApplicationCompleted,
    ApprovalCancelled,
    ApprovalRequested,
    Deferred,
    DossierAmended,
    MemberSettled,
)

SETTLED = frozenset(
    {
        MemberState.GRANTED,
        MemberState.REFUSED,
        MemberState.CANCELLED,
        MemberState.WITHDRAWN,
        MemberState.IMPOSSIBLE,
        MemberState.NOT_NEEDED,
    }
)


def kept(graph: Graph) -> dict[str, Any]:
    return {
        "waits": {member: [list(wait) for wait in waits] for member, waits in graph.waits.items()},
        "on_refusal": {member: str(policy) for member, policy in graph.on_refusal.items()},
    }


def _unpacked(graph: Mapping[str, Any]) -> Graph:
    return Graph(
        {member: tuple(Wait(*wait) for wait in waits) for member, waits in graph["waits"].items()},
        {member: Policy(policy) for member, policy in graph["on_refusal"].items()},
    )


TOGETHER = ("correction", "suspended", "resumed", "extended", "ended", "delivered")
"""What several departments may say at one moment: then it is one notice."""


def _combined(notices: Sequence[Notice]) -> list[Notice]:
    """One notice for what several members are told alike; each keeps its own facts in it."""
    combined = [one for one in notices if one.kind not in TOGETHER]
    for kind in reversed(TOGETHER):
        own = [one for one in notices if one.kind == kind]
        members = {str(one.member): one.facts for one in own}
        if not 1 < len(members) == len(own):  # one member twice: each is told by itself
            combined[:0] = own
        else:
            combined.insert(0, Notice(kind, None, {"members": members}))
    return combined


@dataclass
class Case:
    """One locked application in memory, and what has changed about it."""

    row: Any
    """The application's row, or what is about to become it."""
    graph: Graph
    members: dict[str, dict[str, Any]]
    progress: Progress
    now: datetime
    """The moment of all that changes about it."""
    touched: set[str] = field(default_factory=set)
    facts: list[Fact] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    remedies: Mapping[ItemVersion, Remedies] = field(default_factory=dict)
    sequence: int = 0
    """Of the event that is being noted, among its approval's."""
    plan: Mapping[str, Any] = field(default_factory=dict)
    """Where something asks for it; see reactions.py."""
    moved: bool = False

    @classmethod
    def of(cls, row: Any, members: Iterable[Mapping[Any, Any]], now: datetime) -> "Case":
        by_name = {m["member"]: dict(m) for m in members}
        progress = Progress(
            {name: Standing(m["state"], m["issued"]) for name, m in by_name.items()},
            {name: m["choice"] for name, m in by_name.items() if m["choice"]},
            row.withdrawn,
            row.outcome,
        )
        return cls(row, _unpacked(row.graph), by_name, progress, now)

    @property
    def correlation(self) -> str:
        return str(self.row.correlation)

    @property
    def version(self) -> int:
        return int(self.row.version) + 1

    def change(self, member: str, **values: Any) -> None:
        """Note something about a member that is no matter of progress."""
        self.members[member] |= values
        self.touched.add(member)
        self.moved = True

    def take(self, step: Step) -> None:
        """Write a step down: new states, requests, cancellations, the outcome."""
        self.moved = self.moved or step.progress != self.progress
        self.progress = step.progress
        for member in step.changed:
            standing = step.progress.members[member]
            own = self.members[member]
            own |= {"state": standing.state, "issued": standing.issued}
            if standing.state in SETTLED and own["settled_at"] is None:
                own["settled_at"] = self.now
            self.touched.add(member)
        for member, choice in step.progress.chosen.items():
            if self.members[member]["choice"] != choice:
                self.change(member, choice=choice)
        for member in step.request:
            self.members[member]["requested_at"] = self.now
            self.facts.append((self._request(member), 1, self.correlation))
        for cancelled in step.cancel:
            self.facts.append((self._cancel(*cancelled), self.version, self.correlation))
        self.notices += [Notice("choice", one, self._ending(one)) for one in step.opened]
        if step.outcome:
            self.facts.append((self._completed(), self.version, self.correlation))
            self.notices.append(self._outcome(step.outcome))

    def tell(self, kind: str, member: str, **facts: Any) -> None:
        """Have the applicant told something about a member."""
        about = {"approval": self.members[member]["approval"]}
        self.notices.append(Notice(kind, member, about | facts))

    def amended(self, member: str, because: Any, **what: Any) -> None:
        """Have the member's desk told that its dossier has changed."""
        own = self.members[member]
        told = DossierAmended(
            approval=own["approval"],
            application=self.row.id,
            member=member,
            department=own["department"],
            because=because,
            amended_at=self.now,
            **{name: tuple(codes) for name, codes in what.items()},
        )
        self.facts.append((told, self.version, self.correlation))
        self.moved = True

    def refuse(self, step: Step, member: str) -> None:
        """Take a refusal, told once: as the choice that it opens, with the outcome, or by itself.
        Refusals of one moment are one notice."""
        self.take(step)
        if member in step.changed and member not in step.opened and not step.outcome:
            self.refused.append(member)

    def told(self) -> Told:
        accounts = [a for a in (self.row.principal_account, self.row.filer_account) if a]
        return Told(accounts, self.row.id, self.row.holder, self.correlation, self._notices())

    def _notices(self) -> list[Notice]:
        notices = _combined(self.notices)
        if self.refused and self.row.outcome == self.progress.outcome:
            alone = self.refused[0] if len(self.refused) == 1 else None
            members = {name: self._ending(name) for name in self.refused}
            notices.insert(0, Notice("refused", alone, {"members": members}))
        return notices

    def _ending(self, member: str) -> dict[str, Any]:
        own = self.members[member]
        ended = {"state": str(own["state"]), "reason_code": own["reason_code"]}
        refusal = {"refusal": own["refusal"], "approval": own["approval"]}
        return ended | (refusal if own["refusal"] else {})

    def _outcome(self, outcome: Outcome) -> Notice:
        """One combined notice of all that was decided."""
        members = {name: self._ending(name) for name in self.members}
        return Notice("completed", None, {"outcome": str(outcome), "members": members})

    def _request(self, member: str) -> ApprovalRequested:
        own = self.members[member]
        relied = [self.members[wait.member] for wait in self.graph.waits[member]]
        return ApprovalRequested(
            approval=own["approval"],
            application=self.row.id,
            bundle=self.row.bundle,
            member=member,
            department=own["department"],
            region=self.row.region,
            holder=own["holder"],
            acr=self.row.acr,
            deferred=tuple(self._deferred(member)),
            relies_on=tuple(m["result_number"] for m in relied if m["result_number"]),
            **own["ask"],
        )

    def spared(self, member: str) -> set[str]:
        """Evidence that the member is no longer asked for, since an item was retired."""
        return {one["evidence"] for one in self.members[member]["ask"].get("spared", ())}

    def _deferred(self, member: str) -> Iterator[Deferred]:
        """What the filing left for later of what this member is judged by."""
        spared = self.spared(member)
        for key, gap in sorted(self.row.gaps.items()):
            needed = member in gap.get("for", ()) and key.partition(":")[0] not in spared
            if needed and gap["came_at"] is None:
                yield Deferred(evidence=key, until=gap["until"])

    def _cancel(self, member: str, reason: Any) -> ApprovalCancelled:
        own = self.members[member]
        return ApprovalCancelled(
            approval=own["approval"],
            application=self.row.id,
            member=member,
            department=own["department"],
            reason=reason,
        )

    def _completed(self) -> ApplicationCompleted:
        assert self.progress.outcome is not None
        return ApplicationCompleted(
            application=self.row.id,
            bundle=self.row.bundle,
            outcome=self.progress.outcome.value,
            submitted_at=self.row.submitted_at,
            completed_at=self.now,
            members=tuple(
                MemberSettled(
                    member=name,
                    item=own["ask"]["item"],
                    department=own["department"],
                    state=own["state"].value,
                )
                for name, own in self.members.items()
            ),
        )
