"""What an indicator is: its words, its version, its exact value.  Plain values, no I/O."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

PLACES = 6


@dataclass(frozen=True, slots=True)
class Switch:
    """A point on which places read one definition differently.  Both readings are always shown."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator counts: an exact sentence, what is divided by what, and its version.

    A changed meaning is a new version; figures of two versions are never compared.
    """

    code: str
    version: int
    name: str
    name_en: str
    formula: str
    formula_en: str
    unit: str
    switch: Switch | None = None
    beside: str = ""
    """The indicator that says from cases what this one says from records, or the other way."""


@dataclass(frozen=True, slots=True)
class Population:
    """What an indicator divides by, by name: three denominators stand in one founding report."""

    code: str
    name: str
    name_en: str


def value(numerator: int, denominator: int) -> Decimal | None:
    """The quotient to six places, an exact half to the even digit; of nothing there is no value.

    Counted in whole numbers throughout: a float that is off in its last place decides a rounding.
    """
    if not denominator:
        return None
    return Decimal(round(Fraction(numerator, denominator) * 10**PLACES)).scaleb(-PLACES)
