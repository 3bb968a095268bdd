"""What a delegation is made of.  Plain values, no I/O."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Right(StrEnum):
    ACCEPT = "accept"  # 受理权
    CLOSE = "close"  # 办结权


class Mode(StrEnum):
    ENTRUST = "entrust"  # 委托: in the authority's name
    AUTHORISE = "authorise"  # 授权: in its own name, by a law
    HAND_DOWN = "hand_down"  # 下放: the power itself moves to the lower level


class Level(StrEnum):
    ABOVE = "above"  # the item's department, or the bureau
    BELOW = "below"  # the point's people

    @property
    def other(self) -> "Level":
        return Level.BELOW if self is Level.ABOVE else Level.ABOVE


class State(StrEnum):
    OFFERED = "offered"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TRIAL = "trial"
    ACTIVE = "active"
    WIDENED = "widened"
    WITHDRAWN = "withdrawn"


LIVE = frozenset(set(State) - {State.DECLINED, State.WITHDRAWN})
IN_FORCE = frozenset({State.TRIAL, State.ACTIVE, State.WIDENED})

STRENGTH = {Mode.ENTRUST: 0, Mode.AUTHORISE: 1, Mode.HAND_DOWN: 2}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed.  No situations: all of the item's."""

    mode: Mode
    situations: tuple[str, ...] = ()
    legal_basis: str = ""

    def wider_than(self, other: "Terms") -> bool:
        """At least as strong a mode and as many situations, and not both the same."""
        ours, theirs = set(self.situations), set(other.situations)
        covers = not ours or (bool(theirs) and theirs <= ours)
        more = ours != theirs or self.mode is not other.mode
        return covers and more and STRENGTH[self.mode] >= STRENGTH[other.mode]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms that one level laid before the other; `who` is an opaque account id."""

    terms: Terms
    by: Level
    who: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a delegation stands."""

    state: State
    terms: Terms
    begun_by: Level
    begun_who: str
    wider: Proposal | None = None
    """A widening that the other level has not answered yet."""
    trial_until: date | None = None
    """The last day of the trial."""
    ends_on: date | None = None
    """The first day without it: its item is retired then."""

    @property
    def live(self) -> bool:
        return self.state in LIVE

    def on(self, day: date) -> "Standing":
        """As it stands that day.  Nothing has to happen for a day to come."""
        if self.live and self.ends_on is not None and self.ends_on <= day:
            return replace(self, state=State.WITHDRAWN, wider=None)
        return self

    def in_force(self, day: date) -> bool:
        """Whether the point has the right that day.  A trial that has run out gives none until
        somebody decides what it showed."""
        now = self.on(day)
        if now.state is State.TRIAL:
            return now.trial_until is not None and day <= now.trial_until
        return now.state in IN_FORCE
