"""What a retirement changes about an application under way: never more than was asked, often less.

An application keeps the item versions of its filing day, except where the change favours the
applicant (docs/decisions).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from services.bundle.applications.rules.progress import UNDECIDED, follow
from services.bundle.applications.rules.standing import (
    Graph,
    MemberState,
    Progress,
    Standing,
    Step,
    Wait,
)

Waits = Mapping[str, tuple[Wait, ...]]


def retire(
    graph: Graph,
    progress: Progress,
    spared: Mapping[str, Collection[str]],
    ended: Collection[str],
) -> tuple[Graph, Step]:
    """The application with less to wait for, and what follows from that.

    `spared`: the evidence that each member needs no longer.  `ended`: the members whose item nobody
    decides any more, by this retirement or an earlier one.  Such a member falls away, unless one
    that still waits is asked for what it issues: then it goes on, as it was filed.  What is decided
    stays decided, what is settled stays settled.
    """
    waits = {
        member: tuple(one for one in own if one.evidence not in spared.get(member, ()))
        for member, own in graph.waits.items()
    }
    members = dict(progress.members)
    _let_fall(waits, members, ended)

    gone = {m for m, standing in members.items() if standing.state == MemberState.NOT_NEEDED}
    waits = {m: tuple(one for one in own if one.member not in gone) for m, own in waits.items()}
    less = replace(graph, waits=waits)
    return less, follow(less, progress, replace(progress, members=members))


def _let_fall(waits: Waits, members: dict[str, Standing], ended: Collection[str]) -> None:
    """What one that falls away was to rely on may not be needed either: until nothing moves."""
    again = True
    while again:
        again = False
        for member in ended:
            if members[member].state in UNDECIDED and not _needed(waits, members, member):
                members[member] = Standing(MemberState.NOT_NEEDED)
                again = True


def _needed(waits: Waits, members: Mapping[str, Standing], producer: str) -> bool:
    """An order that a bundle's designer wrote needs nothing: it falls away with its producer."""
    return any(
        members[member].state == MemberState.WAITING
        and any(one.member == producer and one.evidence is not None for one in own)
        for member, own in waits.items()
    )
