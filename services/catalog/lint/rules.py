"""When a requirement is an orphan, and since when.  Plain values, no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from services.catalog.records.rules.rewriting import asks, is_kept

Need = Mapping[str, Any]


class Reason(StrEnum):
    """What is wrong with asking."""

    NO_ISSUER = "no_issuer"
    """It is said to be issued by an item, and none issues it."""
    ISSUER_RETIRED = "issuer_retired"
    """Whoever issued it was retired, and nobody answers for asking it all the same."""
    KEEPER_MISSING = "keeper_missing"
    """It is asked although nobody issues it, and no department is named that answers for that."""
    NO_LEGAL_BASIS = "no_legal_basis"
    """No law is named by which it is asked."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Whether anybody issues an evidence type."""

    issued: bool
    retired: bool
    """An item that issued it was retired."""
    unissued_since: date | None = None
    """The day from which nobody issues it; None where nobody ever has."""


def reasons(need: Need, supply: Supply) -> list[Reason]:
    """Why a requirement is an orphan; none for one that is in order."""
    if not asks(need, need["evidence"]):
        return []
    found = []
    if not supply.issued and supply.retired and not is_kept(need):
        found.append(Reason.ISSUER_RETIRED)
        if need["kept_by"] is None:
            found.append(Reason.KEEPER_MISSING)
    elif not supply.issued and not supply.retired and need["source"] == "item":
        found.append(Reason.NO_ISSUER)
    if not need["legal_basis"]:
        found.append(Reason.NO_LEGAL_BASIS)
    return found


@dataclass(frozen=True, slots=True)
class Version:
    """What an item required from a day on."""

    since: date
    requirements: Sequence[Need]


def since(reason: Reason, need: Need, supply: Supply, history: Sequence[Version]) -> date:
    """The day from which the requirement has been an orphan for this reason, without a break.

    `history`: the item's versions, the newest first; the first has the requirement.
    """
    begun = history[0].since
    for version in history:
        if not any(reason in reasons(one, supply) for one in _same(need, version.requirements)):
            break
        begun = version.since
    if reason is Reason.NO_LEGAL_BASIS or supply.unissued_since is None:
        return begun
    return max(begun, supply.unissued_since)


def _same(need: Need, requirements: Sequence[Need]) -> Iterator[Need]:
    """The same requirement in another version: for the same evidence, in the same case."""
    key = (need["evidence"], need["whose"], need["when"])
    return (one for one in requirements if (one["evidence"], one["whose"], one["when"]) == key)


@dataclass(frozen=True, slots=True)
class Issue:
    """One item that has issued an evidence type."""

    versions: Sequence[tuple[date, bool]]
    """The oldest first: in force from when, and whether it issues it."""
    ends: date | None
    """From this day on it does not, whatever its versions say."""

    def goes_on(self, today: date) -> bool:
        return self.versions[-1][1] and not self._ended(today)

    def stopped(self, today: date) -> date | None:
        """The day on which it stopped; None where it goes on."""
        if self.versions[-1][1]:
            return self.ends if self._ended(today) else None
        last = max(day for (_, before), (day, now) in pairwise(self.versions) if before > now)
        return min(last, self.ends) if self._ended(today) and self.ends else last

    def _ended(self, today: date) -> bool:
        return self.ends is not None and self.ends <= today


def supply(issues: Sequence[Issue], retired: bool, today: date) -> Supply:
    """`issues`: of every item that has ever issued it."""
    issued = any(one.goes_on(today) for one in issues)
    stops = [day for one in issues if (day := one.stopped(today))]
    return Supply(issued, retired, None if issued else max(stops, default=None))
