"""Conditions in CEL over the answers: checked once at publishing, cheap to ask ever after.

Only True and False count.  The runtime answers a missing variable or a division by zero with an
error *value* that Python takes for true.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from services.bundle.composition.rules.reading import compared, names
from services.chassis.errors import Invalid

CEL_TYPES = {
    "text": cel.Type.STRING,
    "choice": cel.Type.STRING,
    "id_number": cel.Type.STRING,
    "credit_code": cel.Type.STRING,
    "phone": cel.Type.STRING,
    "date": cel.Type.STRING,
    "integer": cel.Type.INT,
    "number": cel.Type.DOUBLE,
    "boolean": cel.Type.BOOL,
}

UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")
REASON = re.compile(r"ERROR: <input>:\d+:\d+: (.*)")

TOO_MANY_ANSWERS = 1024
"""Up to here we try all answers to see whether a condition can ever hold; a few µs each."""
PROGRAMS = 4096
"""So many compiled conditions are kept; a bundle has tens, and an item version brings few new."""

Domains = Mapping[str, Sequence[Any] | None]


class Undecidable(Invalid):
    """A condition is neither true nor false for these answers."""

    zh = "某项条件在这些回答下既不成立也不不成立。"


class Faulty(Exception):
    """This text is no condition over these questions."""

    def __init__(self, reason: str, undeclared: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.undeclared = undeclared


@dataclass(frozen=True, slots=True)
class Condition:
    text: str
    reads: tuple[str, ...]
    """The questions it names."""
    constants: Mapping[str, Any]
    """The bundle's thresholds that it names, as the type in which they fit."""
    compares: tuple[Any, ...] | None
    """The values it compares answers with; None where it does more than comparing."""
    program: cel.Expression

    @classmethod
    def compiled(
        cls, text: str, types: Mapping[str, str], thresholds: Mapping[str, Any] | None = None
    ) -> "Condition":
        """`types` holds the type of every question's field."""
        found, thresholds = names(text), thresholds or {}
        reads = tuple((code, types[code]) for code in types if code in found)
        named = tuple((name, thresholds[name]) for name in thresholds if name in found)
        return _compiled(text, reads, tuple((type(v), name, v) for name, v in named))

    def holds(self, answers: Mapping[str, Any]) -> bool:
        value = self.value(answers)
        if value is None:
            raise Undecidable(
                f"条件“{self.text}”在这些回答下无法判断。",
                f"The condition `{self.text}` cannot be judged for these answers.",
                condition=self.text,
            )
        return value

    def value(self, answers: Mapping[str, Any]) -> bool | None:
        """None for everything that is not plainly true or false."""
        given = {code: answers[code] for code in self.reads if code in answers}
        if self.constants:
            given |= self.constants
        value = self.program.eval(data=given).value()
        return value if value is True or value is False else None

    def can_hold(self, domains: Domains) -> bool:
        """False only where it is certain that no answers make it true.

        `domains` holds answers to try for those questions of which few say all.
        """
        if self.value({}) is False:
            return False
        if (combinations := every(self.reads, domains, TOO_MANY_ANSWERS)) is None:
            return True
        return any(self.value(answers) for answers in combinations)


def every(questions: Sequence[str], domains: Domains, most: int) -> Iterator[dict[str, Any]] | None:
    """All answers to these questions, one of each kind; None where they are too many to try."""
    size, choices = 1, []
    for code in questions:
        domain = domains.get(code)
        if domain is None or (size := size * len(domain)) > most:
            return None
        choices.append(domain)
    return (dict(zip(questions, one, strict=True)) for one in itertools.product(*choices))


@lru_cache(maxsize=PROGRAMS)
def _compiled(
    text: str, reads: tuple[tuple[str, str], ...], named: tuple[tuple[type, str, Any], ...]
) -> Condition:
    """Once per process.  A number fits where it is written: 300 may stand beside 300.5."""
    failed: RuntimeError | None = None
    for constants in _fittings({name: value for _, name, value in named}):
        variables = {code: CEL_TYPES[type_] for code, type_ in reads}
        variables |= {name: _cel_type(value) for name, value in constants.items()}
        try:
            program = cel.NewEnv(variables=variables).compile(text)
        except RuntimeError as error:
            failed = failed or error
            continue
        if program.return_type() != cel.Type.BOOL:
            raise Faulty(f"its value is {program.return_type().name()}, not bool")
        return Condition(
            text, tuple(code for code, _ in reads), constants, compared(text, constants), program
        )
    raise _faulty(str(failed))


def _fittings(thresholds: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The thresholds in every way that their values allow, as written first."""
    ways = [_ways(value) for value in thresholds.values()]
    for values in itertools.product(*ways):
        yield dict(zip(thresholds, values, strict=True))


def _ways(value: Any) -> tuple[Any, ...]:
    if isinstance(value, bool | str):
        return (value,)
    if isinstance(value, int):
        return (value, float(value))
    return (value, int(value)) if value.is_integer() else (value,)


def _cel_type(value: Any) -> Any:
    if isinstance(value, bool):
        return cel.Type.BOOL
    if isinstance(value, str):
        return cel.Type.STRING
    return cel.Type.INT if isinstance(value, int) else cel.Type.DOUBLE


def _faulty(message: str) -> Faulty:
    undeclared = UNDECLARED.search(message)
    reason = REASON.search(message)
    return Faulty(
        reason[1] if reason else message.partition("\n")[0],
        undeclared[1] if undeclared else None,
    )
