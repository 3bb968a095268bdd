"""The handshake: which step each level may take next, and where it leads.  Plain values, no I/O."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.catalog.delegations.rules.words import (
    Level,
    Proposal,
    Standing,
    State,
    Terms,
)
from services.chassis.errors import Conflict, Flaw, Forbidden, Invalid

LONGEST_TRIAL = timedelta(days=366)


class Step(StrEnum):
    OFFER = "offer"
    REQUEST = "request"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    TRIAL = "trial"
    ACTIVATION = "activation"
    WIDENING = "widening"
    WITHDRAWAL = "withdrawal"
    ENDING = "ending"


class OwnProposal(Forbidden):
    """Whoever proposed this cannot also answer it; the other level does."""

    zh = "提出方不能自己答复，应由另一级答复。"


class WrongLevel(Forbidden):
    """The other level takes this step."""

    zh = "这一步应由另一级办理。"


class StepOutOfTurn(Conflict):
    """The delegation does not stand where this step can be taken."""

    zh = "当前状态下不能走这一步。"


class AlreadyUnderWay(Conflict):
    """This right is offered, requested or held already."""

    zh = "该项权力已在办理或已经赋予。"


class NotWider(Invalid):
    """A widening gives a stronger mode or more situations; less is for a new agreement."""

    zh = "扩大应是更强的方式或更多情形；缩小须重新商定。"


class TrialDay(Invalid):
    """A trial ends on a day to come, within a year."""

    zh = "试运行应在将来一年内的某日结束。"


class ReasonUnexplained(Invalid):
    """The reason `other` says nothing by itself."""

    zh = "“其他”原因须说明。"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whom a caller speaks for.  An account may speak for both levels, but not with itself."""

    levels: frozenset[Level]
    who: str


def steps_of(standing: Standing, level: Level) -> frozenset[Step]:
    """What that level may do next."""
    above = level is Level.ABOVE
    match standing.state:
        case State.OFFERED | State.REQUESTED:
            mine = standing.begun_by is level
            return frozenset({Step.WITHDRAWAL} if mine else {Step.ACCEPTANCE, Step.REFUSAL})
        case State.ACCEPTED:
            return frozenset({Step.TRIAL, Step.WITHDRAWAL} if above else {Step.WITHDRAWAL})
        case State.TRIAL:
            own = {Step.TRIAL, Step.ACTIVATION} if above else set()
            return frozenset(own | {Step.WITHDRAWAL})
        case State.ACTIVE | State.WIDENED:
            answers = standing.wider is not None and standing.wider.by is not level
            own = {Step.ACCEPTANCE, Step.REFUSAL} if answers else {Step.WIDENING}
            return frozenset(own | {Step.WITHDRAWAL})
        case _:
            return frozenset({Step.OFFER if above else Step.REQUEST})


def waits_for(standing: Standing) -> Level | None:
    """Whose answer is outstanding."""
    proposal = _open_proposal(standing)
    return proposal.by.other if proposal else None


def begin(standing: Standing | None, proposal: Proposal, ends_on: date | None = None) -> Standing:
    """An offer from above or a request from below, the first or after an earlier end.

    `ends_on`: the day from which the item is retired, where that is known already.
    """
    if standing is not None and standing.live:
        raise AlreadyUnderWay(state=standing.state)
    state = State.OFFERED if proposal.by is Level.ABOVE else State.REQUESTED
    return Standing(state, proposal.terms, proposal.by, proposal.who, ends_on=ends_on)


def accept(standing: Standing, speaker: Speaker) -> tuple[Standing, Level]:
    """Agree to what the other level proposed: the whole, or a widening."""
    level = _turn(standing, Step.ACCEPTANCE, speaker)
    if standing.wider is not None:
        wider = standing.wider.terms
        return replace(standing, state=State.WIDENED, terms=wider, wider=None), level
    return replace(standing, state=State.ACCEPTED), level


def decline(standing: Standing, speaker: Speaker) -> tuple[Standing, Level]:
    """Say no to it.  A widening that is declined leaves everything as it was."""
    level = _turn(standing, Step.REFUSAL, speaker)
    if standing.wider is not None:
        return replace(standing, wider=None), level
    return replace(standing, state=State.DECLINED), level


def try_out(
    standing: Standing, speaker: Speaker, until: date, today: date
) -> tuple[Standing, Level]:
    """Begin the trial, or give it another last day."""
    level = _turn(standing, Step.TRIAL, speaker)
    if not today < until <= today + LONGEST_TRIAL:
        first, last = today + timedelta(days=1), today + LONGEST_TRIAL
        flaw = f"应在 {first} 至 {last} 之间。", f"This should be from {first} to {last}."
        raise TrialDay(errors=[Flaw("/until", *flaw)])
    return replace(standing, state=State.TRIAL, trial_until=until), level


def activate(standing: Standing, speaker: Speaker) -> tuple[Standing, Level]:
    """End the trial well."""
    level = _turn(standing, Step.ACTIVATION, speaker)
    return replace(standing, state=State.ACTIVE), level


def widen(standing: Standing, speaker: Speaker, terms: Terms) -> tuple[Standing, Level]:
    """Propose wider terms.  They hold when the other level agrees; who proposed may propose
    otherwise until then."""
    level = _turn(standing, Step.WIDENING, speaker)
    if not terms.wider_than(standing.terms):
        raise NotWider()
    return replace(standing, wider=Proposal(terms, level, speaker.who)), level


def withdraw(standing: Standing, speaker: Speaker) -> tuple[Standing, Level]:
    """Take it back, or hand it back."""
    level = _turn(standing, Step.WITHDRAWAL, speaker)
    return replace(standing, state=State.WITHDRAWN, wider=None), level


def check_reasons(reasons: Collection[str], note: str) -> None:
    if "other" in reasons and not note.strip():
        flaw = "请说明是什么原因。", "Say which reason it is."
        raise ReasonUnexplained(errors=[Flaw("/note", *flaw)])


def end(standing: Standing, day: date | None, today: date) -> Standing:
    """Its item is retired from `day` on; None: the retirement was taken back in time."""
    return replace(standing, ends_on=day).on(today)


def close(standing: Standing) -> Standing:
    """Its point is closed."""
    return replace(standing, state=State.WITHDRAWN, wider=None)


def _turn(standing: Standing, step: Step, speaker: Speaker) -> Level:
    """The level for which the caller takes the step."""
    may = [level for level in Level if step in steps_of(standing, level)]
    if not may:
        known = {level.value: sorted(steps_of(standing, level)) for level in Level}
        raise StepOutOfTurn(state=standing.state, next=known)
    speaks = [level for level in may if level in speaker.levels]
    answers = step in (Step.ACCEPTANCE, Step.REFUSAL)
    if not speaks:
        raise (OwnProposal if answers else WrongLevel)(level=may[0])
    proposal = _open_proposal(standing)
    if answers and proposal is not None and proposal.who == speaker.who:
        raise OwnProposal(level=may[0])
    return speaks[0]


def _open_proposal(standing: Standing) -> Proposal | None:
    if standing.state in (State.OFFERED, State.REQUESTED):
        return Proposal(standing.terms, standing.begun_by, standing.begun_who)
    return standing.wider
