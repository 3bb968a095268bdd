"""How an application moves: whom to ask now, whom to stop asking, and when all is settled.

Everything here maps (graph, progress, one input) to the next progress and what follows from it.
Any order, repeat or crossing of inputs is fine: an input that has nothing to say any more
changes nothing, and what is settled stays settled.
"""

from collections.abc import Mapping
from dataclasses import replace

from services.bundle.applications.rules.standing import (
    AlreadySettled,
    Cancellation,
    Choice,
    ChoiceMade,
    Graph,
    MemberDecided,
    MemberState,
    NothingToChoose,
    Outcome,
    Policy,
    Progress,
    Standing,
    Step,
    UnknownMember,
    Verdict,
)

NOT_ACCEPTED = frozenset({MemberState.WAITING, MemberState.REQUESTED})
AT_A_DESK = frozenset({MemberState.REQUESTED, MemberState.ACCEPTED})
UNDECIDED = NOT_ACCEPTED | AT_A_DESK
LOST = frozenset(
    {MemberState.REFUSED, MemberState.CANCELLED, MemberState.WITHDRAWN, MemberState.IMPOSSIBLE}
)
REASONS = {
    MemberState.WITHDRAWN: "withdrawn",
    MemberState.CANCELLED: "stopped",
    MemberState.NOT_NEEDED: "retired",
}


def start(graph: Graph) -> Step:
    """Request every member that waits for nothing."""
    before = Progress({member: Standing() for member in graph.waits})
    return follow(graph, before, before)


def note_accepted(graph: Graph, progress: Progress, member: str) -> Step:
    """A department took the member on; from now on it keeps its right to its own decision."""
    if _standing(progress, member).state != MemberState.REQUESTED:
        return Step(progress)
    return _put(graph, progress, member, Standing(MemberState.ACCEPTED))


def note_decided(graph: Graph, progress: Progress, member: str, verdict: str) -> Step:
    """A department answered.  An answer that crossed a cancellation or withdrawal comes too late
    to change anything here, as does a second one."""
    verdict = Verdict(verdict)
    if _standing(progress, member).state not in AT_A_DESK:
        return Step(progress)
    return _put(graph, progress, member, Standing(MemberState(verdict)))


def note_issued(graph: Graph, progress: Progress, member: str) -> Step:
    """A result exists.  Heard before its decision, it implies the grant."""
    if _standing(progress, member).state not in AT_A_DESK | {MemberState.GRANTED}:
        return Step(progress)
    return _put(graph, progress, member, Standing(MemberState.GRANTED, issued=True))


def note_impossible(graph: Graph, progress: Progress, member: str) -> Step:
    """What it was about is no more, so no authority answers it."""
    if _standing(progress, member).state not in AT_A_DESK:
        return Step(progress)
    return _put(graph, progress, member, Standing(MemberState.IMPOSSIBLE))


def withdraw_member(graph: Graph, progress: Progress, member: str) -> Step:
    """Take one member back, as long as nobody decided it.  Those that need it become impossible."""
    standing = _standing(progress, member)
    if standing.state == MemberState.WITHDRAWN:
        return Step(progress)
    if progress.outcome is not None:
        raise AlreadySettled()
    if standing.state not in UNDECIDED:
        raise MemberDecided()
    return _put(graph, progress, member, Standing(MemberState.WITHDRAWN))


def withdraw_all(graph: Graph, progress: Progress) -> Step:
    """Take the whole application back: at once, whatever desks still work on."""
    if progress.withdrawn:
        return Step(progress)
    if progress.outcome is not None:
        raise AlreadySettled()
    members = {
        member: Standing(MemberState.WITHDRAWN) if standing.state in UNDECIDED else standing
        for member, standing in progress.members.items()
    }
    return follow(graph, progress, replace(progress, members=members, withdrawn=True))


def choose(graph: Graph, progress: Progress, member: str, choice: str) -> Step:
    """Answer the open choice at a refused member: go on with the others, or stop them."""
    choice = Choice(choice)
    _standing(progress, member)
    made = progress.chosen.get(member)
    if made == choice:
        return Step(progress)
    if made is not None:
        raise ChoiceMade()
    if progress.outcome is not None:
        raise AlreadySettled()
    if member not in open_choices(graph, progress):
        raise NothingToChoose()
    return follow(graph, progress, replace(progress, chosen={**progress.chosen, member: choice}))


def open_choices(graph: Graph, progress: Progress) -> tuple[str, ...]:
    """Refused members that wait for the applicant's word.

    A choice is moot once there is nothing left that a stop could cancel.
    """
    states = {standing.state for standing in progress.members.values()}
    if MemberState.REFUSED not in states or not states & NOT_ACCEPTED:
        return ()
    return tuple(
        member
        for member in graph.waits
        if progress.members[member].state == MemberState.REFUSED
        and graph.on_refusal[member] == Policy.ASK
        and member not in progress.chosen
    )


def _standing(progress: Progress, member: str) -> Standing:
    try:
        return progress.members[member]
    except KeyError:
        raise UnknownMember() from None


def _put(graph: Graph, before: Progress, member: str, standing: Standing) -> Step:
    members = {**before.members, member: standing}
    changed = Progress(members, before.chosen, before.withdrawn, before.outcome)
    return follow(graph, before, changed)


def follow(graph: Graph, before: Progress, changed: Progress) -> Step:
    """Follow a change to its end, then tell what is different from `before`.

    Loss comes before stopping: a member whose input was refused is impossible, not cancelled,
    whether the refusal stopped the rest at once or the applicant chose so later.
    """
    members = dict(changed.members)
    _lose_dependents(graph, members)
    after = Progress(members, changed.chosen, changed.withdrawn, changed.outcome)
    if _stopping(graph, after):
        _turn(members, NOT_ACCEPTED, MemberState.CANCELLED)
    elif not open_choices(graph, after):
        for member in [m for m in graph.waits if _ready(graph, members, m)]:
            members[member] = Standing(MemberState.REQUESTED)
    outcome = before.outcome or _outcome(after)
    return _difference(graph, before, Progress(members, after.chosen, after.withdrawn, outcome))


def _lose_dependents(graph: Graph, members: dict[str, Standing]) -> None:
    again = True
    while again:
        again = False
        for member, waits in graph.waits.items():
            if members[member].state == MemberState.WAITING and any(
                members[wait.member].state in LOST for wait in waits
            ):
                members[member] = Standing(MemberState.IMPOSSIBLE)
                again = True


def _stopping(graph: Graph, progress: Progress) -> bool:
    return any(
        standing.state == MemberState.REFUSED
        and (graph.on_refusal[member] == Policy.STOP or progress.chosen.get(member) == Choice.STOP)
        for member, standing in progress.members.items()
    )


def _turn(members: dict[str, Standing], states: frozenset[MemberState], to: MemberState) -> None:
    for member, standing in members.items():
        if standing.state in states:
            members[member] = Standing(to)


def _ready(graph: Graph, members: Mapping[str, Standing], member: str) -> bool:
    return members[member].state == MemberState.WAITING and all(
        members[wait.member].issued
        if wait.state == "issued"
        else members[wait.member].state == MemberState.GRANTED
        for wait in graph.waits[member]
    )


def _outcome(progress: Progress) -> Outcome | None:
    if progress.withdrawn:
        return Outcome.WITHDRAWN
    states = {standing.state for standing in progress.members.values()}
    if states & UNDECIDED:
        return None
    if MemberState.CANCELLED in states:
        return Outcome.STOPPED
    if MemberState.GRANTED in states:
        whole = states <= {MemberState.GRANTED, MemberState.WITHDRAWN, MemberState.NOT_NEEDED}
        return Outcome.GRANTED if whole else Outcome.PARTLY_GRANTED
    if MemberState.REFUSED in states:
        return Outcome.REFUSED
    if states == {MemberState.IMPOSSIBLE}:  # it was its own loss: nobody withdrew anything
        return Outcome.STOPPED
    return Outcome.NOT_NEEDED if states == {MemberState.NOT_NEEDED} else Outcome.WITHDRAWN


def _difference(graph: Graph, before: Progress, after: Progress) -> Step:
    changed = tuple(m for m in graph.waits if before.members[m] != after.members[m])
    states = {member: after.members[member].state for member in changed}
    known = open_choices(graph, before)
    return Step(
        progress=after,
        request=tuple(m for m in changed if states[m] == MemberState.REQUESTED),
        cancel=tuple(
            Cancellation(m, REASONS[states[m]])
            for m in changed
            if states[m] in REASONS and before.members[m].state in AT_A_DESK
        ),
        opened=tuple(m for m in open_choices(graph, after) if m not in known),
        outcome=after.outcome if before.outcome is None else None,
        changed=changed,
    )
