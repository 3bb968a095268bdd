"""The oracle of progress: facts heard, and rules applied until nothing moves; and a world that
answers in its own order."""

import random
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from services.bundle.applications.rules import (
    Graph,
    Progress,
    Step,
    choose,
    note_accepted,
    note_decided,
    note_issued,
    open_choices,
    start,
    withdraw_all,
    withdraw_member,
)
from services.chassis.errors import Refusal

# A busy machine is slow; that is no fault of what is tested.
BUSY = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

Input = tuple[str, ...]

APPLY = {
    "accepted": note_accepted,
    "decided": note_decided,
    "issued": note_issued,
    "withdraw": withdraw_member,
    "withdraw-all": withdraw_all,
    "choose": choose,
}


@st.composite
def plans(draw, policies=("continue", "stop", "ask")):
    """A plan as far as progress reads it: any acyclic graph of up to seven members."""
    members = []
    for index in range(draw(st.integers(1, 7))):
        earlier = [m["member"] for m in members]
        wait = st.tuples(st.sampled_from(earlier or ["-"]), st.sampled_from(["decided", "issued"]))
        waits = draw(st.lists(wait, max_size=min(3, len(earlier)), unique_by=lambda w: w[0]))
        members.append(
            {
                "member": f"m{index}",
                "on_refusal": draw(st.sampled_from(policies)),
                "waits_for": [{"member": m, "state": s} for m, s in waits],
            }
        )
    return {"members": draw(st.permutations(members))}


@dataclass
class Oracle:
    """Reads the rules off the log of inputs, one naive rule at a time, over sets of names."""

    plan: dict
    asked: set = field(default_factory=set)
    accepted: set = field(default_factory=set)
    granted: set = field(default_factory=set)
    refused: set = field(default_factory=set)
    issued: set = field(default_factory=set)
    withdrawn: set = field(default_factory=set)
    cancelled: set = field(default_factory=set)
    words: dict = field(default_factory=dict)
    whole: bool = False
    final: str | None = None

    def __post_init__(self):
        self.names = [m["member"] for m in self.plan["members"]]
        self.inputs = {m["member"]: m["waits_for"] for m in self.plan["members"]}
        self.policy = {m["member"]: m["on_refusal"] for m in self.plan["members"]}
        self.settle()

    def state(self, m):
        for name, those in (
            ("withdrawn", self.withdrawn),
            ("cancelled", self.cancelled),
            ("granted", self.granted),
            ("refused", self.refused),
            ("accepted", self.accepted),
            ("requested", self.asked),
        ):
            if m in those:
                return name
        bad = ("withdrawn", "cancelled", "refused", "impossible")
        lost = any(self.state(w["member"]) in bad for w in self.inputs[m])
        return "impossible" if lost else "waiting"

    def those(self, *states):
        return {m for m in self.names if self.state(m) in states}

    def open(self):
        if self.final or not self.those("waiting", "requested"):
            return set()
        return {m for m in self.refused if self.policy[m] == "ask" and m not in self.words}

    def there(self, wait):
        return wait["member"] in (self.issued if wait["state"] == "issued" else self.granted)

    def settle(self):
        for m in self.refused:
            if self.policy[m] == "stop" or self.words.get(m) == "stop":
                self.cancelled |= self.those("waiting", "requested")
        if not self.open():
            self.asked |= {m for m in self.those("waiting") if all(map(self.there, self.inputs[m]))}
        if self.final is None and not self.those("waiting", "requested", "accepted"):
            self.final = self.weigh()

    def weigh(self):
        rest = [self.state(m) for m in self.names if m not in self.withdrawn]
        if self.whole:
            return "withdrawn"
        if "cancelled" in rest:
            return "stopped"
        if rest and all(s == "granted" for s in rest):
            return "granted"
        if any(s == "granted" for s in rest):
            return "partly_granted"
        return "refused" if any(s == "refused" for s in rest) else "withdrawn"

    def allowed(self, given):
        """Whether a person may do this now."""
        match given:
            case ("withdraw", m):
                return m in self.withdrawn or (
                    not self.final and self.state(m) in ("waiting", "requested", "accepted")
                )
            case ("withdraw-all",):
                return self.whole or not self.final
            case ("choose", m, word):
                return self.words.get(m, word) == word and (m in self.words or m in self.open())
        return True

    def hear(self, given):
        at_a_desk = self.those("requested", "accepted")
        match given:
            case ("accepted", m) if m in at_a_desk:
                self.accepted.add(m)
            case ("decided", m, verdict) if m in at_a_desk:
                (self.granted if verdict == "granted" else self.refused).add(m)
            case ("issued", m) if m in at_a_desk or self.state(m) == "granted":
                self.granted.add(m)
                self.issued.add(m)
            case ("withdraw", m):
                self.withdrawn.add(m)
            case ("withdraw-all",) if not self.whole:
                self.withdrawn |= self.those("waiting", "requested", "accepted")
                self.whole = True
            case ("choose", m, word):
                self.words[m] = word
        self.settle()


@dataclass
class World:
    """Runs one application: desks answer what they were asked, in an order that chance decides.

    Every message may come again, and an answer may be under way while a person withdraws.
    """

    plan: dict
    log: list[Input] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    under_way: list[Input] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.graph = Graph.of(self.plan)
        self.take(start(self.graph))

    @property
    def progress(self) -> Progress:
        return self.steps[-1].progress

    def take(self, step: Step) -> None:
        self.steps.append(step)
        for m in step.request:
            self.under_way += [("accepted", m), ("decided", m), ("issued", m)]

    def put(self, given: Input) -> None:
        self.take(APPLY[given[0]](self.graph, self.progress, *given[1:]))
        self.log.append(given)

    def run(self, chance: random.Random, people: bool = True, most: int = 80) -> None:
        for _ in range(most):
            given = self.command(chance) if people else None
            given = given or self.message(chance)
            if given is None:
                return
            self.put_if_allowed(given)

    def command(self, chance: random.Random) -> Input | None:
        """Now and then a person says something; at an open choice soon."""
        members, open_ = list(self.graph.waits), open_choices(self.graph, self.progress)
        if open_ and chance.random() < 0.3:
            return ("choose", chance.choice(open_), chance.choice(["continue", "stop"]))
        if chance.random() < 0.04:
            return ("withdraw", chance.choice(members))
        return ("withdraw-all",) if chance.random() < 0.01 else None

    def message(self, chance: random.Random) -> Input | None:
        """Some desk's next message; one in four will come again."""
        if not self.under_way:
            return None
        given = chance.choice(self.under_way)
        if chance.random() < 0.75:
            self.under_way.remove(given)
        if given[0] == "accepted":
            return given
        verdict = self.verdicts.setdefault(given[1], chance.choice(["granted", "refused"]))
        if given[0] == "decided":
            return ("decided", given[1], verdict)
        return given if verdict == "granted" else self.message(chance)

    def put_if_allowed(self, given: Input) -> None:
        with suppress(Refusal):
            self.put(given)


CHANCE = st.builds(random.Random, st.integers(0, 2**32))


def seen(progress: Progress) -> tuple[dict[str, str], set[str], str | None]:
    states = {m: str(standing.state) for m, standing in progress.members.items()}
    return states, {m for m, s in progress.members.items() if s.issued}, progress.outcome


def told(oracle: Oracle) -> tuple[dict[str, str], set[str], str | None]:
    issued = {m for m in oracle.issued if oracle.state(m) == "granted"}
    return {m: oracle.state(m) for m in oracle.names}, issued, oracle.final
