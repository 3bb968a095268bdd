"""The words of progress: states, outcomes, policies, what is stored, and how we say no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from services.chassis.errors import Conflict, NotFound


class MemberState(StrEnum):
    WAITING = "waiting"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    IMPOSSIBLE = "impossible"
    NOT_NEEDED = "not_needed"
    """Its item was retired before anybody decided it."""


class Outcome(StrEnum):
    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    NOT_NEEDED = "not_needed"


class Verdict(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"


class Refusal(StrEnum):
    """How an authority said no; each is appealed in its own way, and to progress all are one."""

    DECISION = "decision"
    """不予许可."""
    ACCEPTANCE_REFUSED = "acceptance_refused"
    """不予受理."""
    NOT_OUR_MATTER = "not_our_matter"
    """不受理."""


class Choice(StrEnum):
    CONTINUE = "continue"
    STOP = "stop"


class Policy(StrEnum):
    """What a member's refusal does to the members that no department has accepted yet."""

    CONTINUE = "continue"
    STOP = "stop"
    ASK = "ask"


class UnknownMember(NotFound):
    """This application has no such member."""

    zh = "该办件中没有这个事项。"


class AlreadySettled(Conflict):
    """This application is settled and stays settled."""

    zh = "该办件已办结，结果不再改变。"


class MemberDecided(Conflict):
    """This member is settled already and cannot be withdrawn any more."""

    zh = "该事项已有结果，不能再撤回。"


class NothingToChoose(Conflict):
    """There is nothing to choose at this member (any more)."""

    zh = "该事项没有（或不再有）需要您选择的事。"


class ChoiceMade(Conflict):
    """The choice at this member was made and stands."""

    zh = "该事项已作出选择，不能更改。"


class Wait(NamedTuple):
    """One input of a member: `member` must be granted ("decided"), or its result "issued".

    `evidence` is what it is to bring; without any it is an order and no more.
    """

    member: str
    state: str
    evidence: str | None = None


class Cancellation(NamedTuple):
    """A desk need not answer any more; `reason` is "withdrawn", "stopped" or "retired"."""

    member: str
    reason: str


@dataclass(frozen=True, slots=True)
class Graph:
    """What of a stored plan decides its progress."""

    waits: Mapping[str, tuple[Wait, ...]]
    """Every member, in the plan's order, with its inputs."""
    on_refusal: Mapping[str, Policy]

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> "Graph":
        members = plan["members"]
        return cls(
            {
                m["member"]: tuple(
                    Wait(w["member"], w["state"], w.get("evidence")) for w in m["waits_for"]
                )
                for m in members
            },
            {m["member"]: Policy(m["on_refusal"]) for m in members},
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one member stands; `issued` says that a granted one's result is there."""

    state: MemberState = MemberState.WAITING
    issued: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an application stands.  Four plain values: rows and columns can carry them."""

    members: Mapping[str, Standing]
    chosen: Mapping[str, Choice] = field(default_factory=dict)
    withdrawn: bool = False
    """The applicant took the whole application back."""
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The next progress, and what the step to it asks for.  A repeated input asks for nothing."""

    progress: Progress
    request: tuple[str, ...] = ()
    cancel: tuple[Cancellation, ...] = ()
    opened: tuple[str, ...] = ()
    """Refused members at which the applicant must now choose."""
    outcome: Outcome | None = None
    """Set by the one step that settles the application."""
    changed: tuple[str, ...] = ()
