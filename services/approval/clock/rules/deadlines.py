"""Which deadlines an approval has, and when each comes: all from its facts and its ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.approval.clock.rules.lengths import CORRECTION, LICENSING, Basis, Length, Terms
from services.approval.clock.rules.reckoning import Count, Pause, Reckoned, Rules, reckon

YELLOW, RED = "yellow", "red"
"""Of whichever ends first, the promise or the legal limit."""
LEGAL = "legal_overdue"
DEEMED_ACCEPTED = "deemed_accepted"
DEEMED_CONSENT = "deemed_consent"
CONSULTATION = "consultation"
"""Of an opinion that another department was asked for."""
FORWARDED = "forwarded"
"""Of the higher authority's own time, once an approval was forwarded to it (初审转报)."""
FIRST_REVIEW = "first_review"
"""Of the first review, which ends with forwarding (行政许可法 art. 43)."""
REVIEWED_FIRST = frozenset({"forward", "first_review"})
"""办件类型 whose item another authority decides."""
RENEWED_BY_SILENCE = "renewed_by_silence"
"""The end of the result whose renewal nobody has decided (行政许可法 art. 50)."""
AT_LEAST = timedelta(days=CORRECTION.value)


class Deadline(NamedTuple):
    kind: str
    ref: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Small:
    """A clock of its own inside the approval."""

    id: UUID
    kind: str
    start: datetime
    length: Length

    def count(self) -> Count:
        return Count(self.start, (self.length,))


@dataclass(frozen=True, slots=True)
class Counted:
    """One of the things that are counted about an approval."""

    kind: str
    basis: Basis
    count: Count


@dataclass(frozen=True, slots=True)
class Case:
    """What the clock knows of one approval."""

    id: UUID
    terms: Terms
    received: datetime | None
    """Since when acceptance was awaited.  None: the applicant's answer is."""
    accepted: datetime | None
    stopped: datetime | None
    """Decided, or no longer wanted."""
    pauses: tuple[Pause, ...] = ()
    extension: Length | None = None
    small: tuple[Small, ...] = ()
    reviewed_first: bool = False
    """It is reviewed here and forwarded, not decided here."""
    silence_grants_at: datetime | None = None

    def promised(self) -> Count | None:
        return self._count(self.terms.promise)

    def legal(self) -> Count | None:
        limit = self.terms.limit()
        return self._count(limit[0]) if limit else None

    def acceptance(self) -> Count | None:
        """What is missing is told within five days, else the approval counts as accepted."""
        return Count(self.received, (CORRECTION,)) if self.received else None

    def _count(self, limit: Length) -> Count | None:
        if self.accepted is None:
            return None
        budget = (limit, self.extension) if self.extension else (limit,)
        return Count(self.accepted, budget, self.pauses)


def counts(case: Case) -> list[Counted]:
    """Everything that is counted: before the acceptance that time, after it the limits."""
    told = [Counted(one.kind, Basis.ITEM, one.count()) for one in case.small]
    limit, legal, promised = case.terms.limit(), case.legal(), case.promised()
    if limit and legal:
        told.insert(0, Counted("legal", limit[1], legal))
    if promised:
        told.insert(0, Counted("promised", Basis.ITEM, promised))
    elif (acceptance := case.acceptance()) and case.stopped is None:
        told.insert(0, Counted("acceptance", Basis.LICENSING_LAW, acceptance))
    return told


def first(case: Case, rules: Rules) -> Reckoned:
    """The promise or the legal limit, whichever ends first.  Nothing before the acceptance."""
    counts = [count for count in (case.promised(), case.legal()) if count]
    reckoned = [reckon(count, rules) for count in counts]
    never = datetime.max.replace(tzinfo=UTC)
    return min(reckoned, key=lambda r: (r.due or never, r.yellow or never), default=Reckoned(None))


def deadlines(case: Case, rules: Rules) -> list[Deadline]:
    """All there are; while the main clock stands still, only the small ones' come nearer.  Of what
    is decided, those that had come before: nobody may have been told of them yet."""
    found = [*_of_case(case, rules), *_of_small(case.small, rules)]
    return [one for one in found if case.stopped is None or one.at <= case.stopped]


def _of_case(case: Case, rules: Rules) -> Iterator[Deadline]:
    yield from _of_acceptance(case, rules)
    if case.silence_grants_at:
        yield Deadline(RENEWED_BY_SILENCE, case.id, case.silence_grants_at)
    if case.accepted is None:
        return
    yield from _of_first_review(case, rules)
    due, yellow = first(case, rules)
    if yellow:
        yield Deadline(YELLOW, case.id, yellow)
    if due:
        yield Deadline(RED, case.id, due)
    count = case.legal()
    legal = reckon(count, rules).due if count else None
    if legal:
        yield Deadline(LEGAL, case.id, legal)
        if case.terms.deemed_consent:
            yield Deadline(DEEMED_CONSENT, case.id, legal)


def _of_acceptance(case: Case, rules: Rules) -> Iterator[Deadline]:
    """It comes where nobody had accepted by then; what was accepted later was late all the same."""
    if case.received is None:
        return
    # Most are accepted at once: five working days are never less than five days.
    if case.accepted is not None and case.accepted - case.received < AT_LEAST:
        return
    due = reckon(Count(case.received, (CORRECTION,)), rules).due
    if due and (case.accepted is None or due < case.accepted):
        yield Deadline(DEEMED_ACCEPTED, case.id, due)


def _of_first_review(case: Case, rules: Rules) -> Iterator[Deadline]:
    """It comes where nothing was forwarded by then; what was forwarded later was late."""
    if not case.reviewed_first or case.accepted is None:
        return
    sent = min((one.start for one in case.small if one.kind == FORWARDED), default=None)
    due = reckon(Count(case.accepted, (LICENSING,), case.pauses), rules).due
    if due and (sent is None or due < sent):
        yield Deadline(FIRST_REVIEW, case.id, due)


def _of_small(small: Sequence[Small], rules: Rules) -> Iterator[Deadline]:
    for one in small:
        due = reckon(one.count(), rules).due
        if due:
            yield Deadline(one.kind, one.id, due)
