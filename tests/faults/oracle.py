"""How an application may end, by brute force: is there any order of its answers that ends so?

Written from the rules in words, not from the code that is tested.  The answers of the authorities
and the wishes of the applicant arrive one by one in an order nobody wrote down; every order that
causes allow is tried, and what was seen must come out of one of them to the last detail.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

OPEN = frozenset({"waiting", "requested", "accepted"})
AT_DESK = frozenset({"requested", "accepted"})
NOT_TAKEN_ON = frozenset({"waiting", "requested"})
LOST = frozenset({"refused", "cancelled", "withdrawn", "impossible"})
NO_LONGER_LISTENS = frozenset({"cancelled", "withdrawn", "impossible"})
EVERYTHING = "*"
MOST_STATES = 15_000
"""No ending that is right has needed more than 3,000."""


class Input(NamedTuple):
    """`accepted`, `decided` (value: the verdict), `issued`, `withdrawn`, `chosen` (the choice)."""

    what: str
    member: str
    value: str = ""


class Standing(NamedTuple):
    """One member.  `late`: a decision that came when nobody listened any more."""

    state: str = "waiting"
    issued: bool = False
    asked: bool = False
    late: str = ""
    choice: str = ""


class World(NamedTuple):
    members: tuple[Standing, ...]
    withdrawn: bool = False
    outcome: str = ""


@dataclass(frozen=True)
class Graph:
    """Of each member: whom it waits for (and for the decision or the issue), and its policy."""

    waits: Mapping[str, tuple[tuple[str, str], ...]]
    policy: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.waits)


class Undecided(Exception):
    """The search was given up."""


def explained(graph: Graph, inputs: frozenset[Input], seen: World) -> bool:
    """Whether some order of all `inputs` ends in `seen`.  Raises Undecided after MOST_STATES."""
    first = follow(graph, World(tuple(Standing() for _ in graph.waits)))
    stack = [(first, inputs)]
    known = set(stack)
    while stack:
        world, left = stack.pop()
        if not left and world == seen:
            return True
        for one in left:
            after, rest = take(graph, world, one), left - {one}
            if after is None or not _reaches(graph, after, rest, seen):
                continue
            if (after, rest) not in known:
                known.add((after, rest))
                stack.append((after, rest))
        if len(known) > MOST_STATES:
            raise Undecided(f"ends so, as far as {MOST_STATES} states show")
    return False


def endings(graph: Graph, inputs: frozenset[Input]) -> Iterator[World]:
    """Every way it may end; for small graphs only."""
    stack, known = [(follow(graph, World(tuple(Standing() for _ in graph.waits))), inputs)], set()
    while stack:
        world, left = stack.pop()
        nexts = [(after, left - {one}) for one in left if (after := take(graph, world, one))]
        if not nexts and (world, left) not in known:
            yield world
        known.add((world, left))
        stack += [following for following in nexts if following not in known]


def _reaches(graph: Graph, world: World, left: frozenset[Input], seen: World) -> bool:
    """Whether `seen` may still follow.  Without this the search would be a thousand times longer.

    What is final is final; a choice to come needs somebody whom it could stop; and where a choice
    is open and nobody will say `continue`, what still waits is never asked.
    """
    if world.outcome and world.outcome != seen.outcome:
        return False
    if not all(map(_may_become, world.members, seen.members)):
        return False
    if any(one.what == "chosen" for one in left) and not _stoppable(world):
        return False
    blocked = [
        name for name in open_choices(graph, world) if Input("chosen", name, "continue") not in left
    ]
    waiting = zip(world.members, seen.members, strict=True)
    return not blocked or not any(now.state == "waiting" and end.asked for now, end in waiting)


def _stoppable(world: World) -> bool:
    return any(one.state in NOT_TAKEN_ON for one in world.members)


def _may_become(now: Standing, end: Standing) -> bool:
    if now.asked > end.asked or now.late not in ("", end.late):
        return False
    if now.state == "accepted":
        return end.state != "cancelled"
    return now.state in OPEN or (now.state == end.state and now.asked == end.asked)


def take(graph: Graph, world: World, one: Input) -> World | None:
    """The world after one input; None where it could not have come now."""
    if one.member == EVERYTHING:
        return _withdraw_all(graph, world)
    place = graph.names.index(one.member)
    member = world.members[place]
    if one.what in ("accepted", "decided", "issued"):
        changed = _answered(member, one) if member.asked else None
    elif one.what == "withdrawn":
        changed = _withdrawn(world, member)
    else:
        chooses = one.member in open_choices(graph, world)
        changed = member._replace(choice=one.value) if chooses else None
    if changed is None or changed == member:
        return None if changed is None else world
    members = (*world.members[:place], changed, *world.members[place + 1 :])
    return follow(graph, world._replace(members=members))


def _answered(member: Standing, one: Input) -> Standing:
    """What an authority said.  Too late, it is noted and changes nothing."""
    if one.what == "accepted":
        return member._replace(state="accepted") if member.state == "requested" else member
    if one.what == "decided":
        if member.state in NO_LONGER_LISTENS:
            return member._replace(late=one.value)
        return member._replace(state=one.value) if member.state in AT_DESK else member
    if member.state in AT_DESK or member.state == "granted":
        return member._replace(state="granted", issued=True)
    return member


def _withdrawn(world: World, member: Standing) -> Standing | None:
    if member.state == "withdrawn":
        return member
    allowed = member.state in OPEN and not world.outcome
    return member._replace(state="withdrawn") if allowed else None


def _withdraw_all(graph: Graph, world: World) -> World | None:
    if world.withdrawn:
        return world
    if world.outcome:
        return None
    members = tuple(
        one._replace(state="withdrawn") if one.state in OPEN else one for one in world.members
    )
    return follow(graph, world._replace(members=members, withdrawn=True))


def open_choices(graph: Graph, world: World) -> list[str]:
    """Refusals that ask, unanswered, as long as a stop would still stop something."""
    if world.outcome or not _stoppable(world):
        return []
    return [
        name
        for name, one in zip(graph.names, world.members, strict=True)
        if one.state == "refused" and graph.policy[name] == "ask" and not one.choice
    ]


def follow(graph: Graph, world: World) -> World:
    """What follows by itself: impossible members, a stop, new requests, the outcome."""
    members = dict(zip(graph.names, world.members, strict=True))
    _lose(graph, members)
    now = world._replace(members=tuple(members.values()))
    stops = any(
        one.state == "refused" and (graph.policy[name] == "stop" or one.choice == "stop")
        for name, one in members.items()
    )
    if stops:
        for name, one in members.items():
            if one.state in NOT_TAKEN_ON:
                members[name] = one._replace(state="cancelled")
    elif not open_choices(graph, now):
        for name in [name for name in members if _ready(graph, members, name)]:
            members[name] = members[name]._replace(state="requested", asked=True)
    after = now._replace(members=tuple(members.values()))
    return after._replace(outcome=world.outcome or outcome(after))


def _lose(graph: Graph, members: dict[str, Standing]) -> None:
    for _ in members:
        for name, waits in graph.waits.items():
            if members[name].state == "waiting" and any(
                members[other].state in LOST for other, _ in waits
            ):
                members[name] = members[name]._replace(state="impossible")


def _ready(graph: Graph, members: Mapping[str, Standing], name: str) -> bool:
    return members[name].state == "waiting" and all(
        members[other].issued if until == "issued" else members[other].state == "granted"
        for other, until in graph.waits[name]
    )


def outcome(world: World) -> str:
    states = [one.state for one in world.members]
    if world.withdrawn:
        return "withdrawn"
    if OPEN & set(states):
        return ""
    if "cancelled" in states:
        return "stopped"
    counted = {state for state in states if state != "withdrawn"}
    if counted == {"granted"}:
        return "granted"
    if "granted" in counted:
        return "partly_granted"
    return "refused" if "refused" in counted else "withdrawn"
