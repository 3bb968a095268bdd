"""Conditions in CEL over the answers: checked once at publishing, cheap to ask ever after.

Only True and False count.  The runtime answers a missing variable or a division by zero with an
error *value* that Python takes for true.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

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

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")
REASON = re.compile(r"ERROR: <input>:\d+:\d+: (.*)")

TOO_MANY_ANSWERS = 1024
"""Up to here we try all answers to see whether a condition can ever hold; a few µs each."""


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
    program: cel.Expression

    @classmethod
    def compiled(cls, text: str, types: Mapping[str, str]) -> "Condition":
        """`types` holds the type of every question's field."""
        names = set(NAME.findall(text))
        reads = tuple(code for code in types if code in names)
        try:
            env = cel.NewEnv(variables={code: CEL_TYPES[types[code]] for code in reads})
            program = env.compile(text)
        except RuntimeError as error:
            raise _faulty(str(error)) from None
        if program.return_type() != cel.Type.BOOL:
            raise Faulty(f"its value is {program.return_type().name()}, not bool")
        return cls(text, reads, program)

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
        value = self.program.eval(data=given).value()
        return value if value is True or value is False else None

    def can_hold(self, domains: Mapping[str, Sequence[Any]]) -> bool:
        """False only where it is certain that no answers make it true.

        `domains` holds all possible answers to those questions that have few.
        """
        if self.value({}) is False:
            return False
        if any(code not in domains for code in self.reads):
            return True
        size = 1
        for code in self.reads:
            size *= len(domains[code])
        if size > TOO_MANY_ANSWERS:
            return True
        combinations = itertools.product(*(domains[code] for code in self.reads))
        return any(self.value(dict(zip(self.reads, c, strict=True))) for c in combinations)


def _faulty(message: str) -> Faulty:
    undeclared = UNDECLARED.search(message)
    reason = REASON.search(message)
    return Faulty(
        reason[1] if reason else message.partition("\n")[0],
        undeclared[1] if undeclared else None,
    )
