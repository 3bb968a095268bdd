"""One application by hand: its graph, what its desks answer, and how it then stands."""

from services.bundle.applications.rules import (
    Graph,
    Outcome,
    Progress,
    Step,
    choose,
    note_accepted,
    note_decided,
    note_issued,
    start,
    withdraw_all,
    withdraw_member,
)


def graph(*members: str, stop: str = "", ask: str = "", **waits: list[tuple[str, str]]) -> Graph:
    policies = {m: "stop" if m in stop.split() else "ask" if m in ask.split() else "continue"
                for m in members}  # fmt: skip
    return Graph.of(
        {
            "members": [
                {
                    "member": m,
                    "on_refusal": policies[m],
                    "waits_for": [{"member": w, "state": s} for w, s in waits.get(m, [])],
                }
                for m in members
            ]
        }
    )


class Filing:
    """An application under way; remembers all that its steps asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.requested: list[str] = []
        self.cancelled: list[tuple[str, str]] = []
        self.opened: list[str] = []
        self.outcomes: list[Outcome] = []
        self.progress = Progress({})
        self.last = self._take(start(graph))

    def _take(self, step: Step) -> Step:
        self.progress = step.progress
        self.requested += step.request
        self.cancelled += step.cancel
        self.opened += step.opened
        self.outcomes += [step.outcome] if step.outcome else []
        self.last = step
        return step

    def accept(self, *members: str) -> None:
        for member in members:
            self._take(note_accepted(self.graph, self.progress, member))

    def grant(self, *members: str) -> None:
        for member in members:
            self._take(note_decided(self.graph, self.progress, member, "granted"))

    def refuse(self, *members: str) -> None:
        for member in members:
            self._take(note_decided(self.graph, self.progress, member, "refused"))

    def issue(self, *members: str) -> None:
        for member in members:
            self._take(note_issued(self.graph, self.progress, member))

    def withdraw(self, member: str | None = None) -> None:
        if member is None:
            self._take(withdraw_all(self.graph, self.progress))
        else:
            self._take(withdraw_member(self.graph, self.progress, member))

    def choose(self, member: str, choice: str) -> None:
        self._take(choose(self.graph, self.progress, member, choice))

    @property
    def states(self) -> dict[str, str]:
        return {m: str(standing.state) for m, standing in self.progress.members.items()}
