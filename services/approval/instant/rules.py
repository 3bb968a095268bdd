"""Whether a rule grants.  Plain values, no I/O beyond the CEL runtime's own.

Only True counts: the runtime answers an error with a value that Python takes for true.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from services.chassis.errors import NotFound

CEL_TYPES = {
    "integer": cel.Type.INT,
    "number": cel.Type.DOUBLE,
    "boolean": cel.Type.BOOL,
}


class Why(StrEnum):
    """What a rule's judgement rests on."""

    GRANTED = "granted"
    NOT_SIGNED = "not-signed"
    """The commitment was not signed: the applicant goes the ordinary way."""
    IDENTITY_TOO_WEAK = "identity-too-weak"
    EXCLUDED = "excluded"
    """The holder broke an earlier promise."""
    RULE_FALSE = "rule-false"
    RULE_UNDECIDABLE = "rule-undecidable"
    """The rule is neither true nor false for these facts."""
    TWO_OFFICERS = "two-officers"
    """The item takes two people; a rule is none."""
    NUMBER_TAKEN = "number-taken"
    """The rule holds, but the number drawn at filing is another certificate's: people issue."""
    GAPS_OPEN = "gaps-open"
    """A material is still to come, and the item issues nothing without it."""


class NoTrace(NotFound):
    """No rule judged this approval."""

    zh = "该审批没有经过规则判断。"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the item's rule asks, and what the filing brings."""

    rule: str
    reads: Mapping[str, str]
    """The fields the rule names, with their types."""
    acr: str
    signed: bool
    """Its commitment was signed, or it takes none."""


def judge(
    offer: Offer,
    facts: Mapping[str, Any],
    acr: str,
    levels: Sequence[str],
    excluded: bool,
    two_officers: bool = False,
    gaps: bool = False,
) -> Why:
    """Whether the rule grants, or the first thing that stands in its way.

    `levels`: identity assurance, weakest first; what is not among them is weaker than all.
    """
    if two_officers:
        return Why.TWO_OFFICERS
    if gaps:
        return Why.GAPS_OPEN
    if not offer.signed:
        return Why.NOT_SIGNED
    if offer.acr and not strong_enough(acr, offer.acr, levels):
        return Why.IDENTITY_TOO_WEAK
    if excluded:
        return Why.EXCLUDED
    value = _value(offer.rule, tuple(sorted(offer.reads.items())), facts)
    if value is True:
        return Why.GRANTED
    return Why.RULE_FALSE if value is False else Why.RULE_UNDECIDABLE


def strong_enough(acr: str, wanted: str, levels: Sequence[str]) -> bool:
    return acr in levels and wanted in levels and levels.index(acr) >= levels.index(wanted)


def _value(rule: str, reads: tuple[tuple[str, str], ...], facts: Mapping[str, Any]) -> Any:
    try:
        given = {
            code: float(facts[code]) if type_ == "number" else facts[code]
            for code, type_ in reads
            if code in facts
        }
        return _program(rule, reads).eval(data=given).value()
    except Exception:  # the runtime raises its own kinds for texts and values that do not fit
        return None


@lru_cache(maxsize=1000)
def _program(rule: str, reads: tuple[tuple[str, str], ...]) -> Any:
    types = {code: CEL_TYPES.get(type_, cel.Type.STRING) for code, type_ in reads}
    return cel.NewEnv(variables=types).compile(rule)


def last_day(start: date, value: int, unit: str) -> date:
    """The last day of a validity that begins on `start`: five years from 24 November end on the
    23rd."""
    if unit == "day":
        return start + timedelta(days=value - 1)
    months = start.month - 1 + value * (12 if unit == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)
