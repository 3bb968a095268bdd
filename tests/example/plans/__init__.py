"""What a plan must come to, worked out by hand and not by any program."""

from dataclasses import dataclass
from typing import Any

from services.bundle.composition.rules import CommitmentKey

PERSON, COMPANY, PUPIL = "applicant", "company", "pupil"


@dataclass(frozen=True)
class Expected:
    bundle: str
    answers: dict[str, Any]
    waits: dict[str, set[str]]
    """By member, whom it waits for."""
    materials: dict[str, set[str]]
    """By whose they are."""
    days: int
    signed: tuple[CommitmentKey, ...] = ()

    def __str__(self) -> str:
        chosen = [name for name, value in self.answers.items() if value not in (False, 0)]
        return f"{self.bundle}: {', '.join(chosen)}"


def no(*questions: str) -> dict[str, bool]:
    return dict.fromkeys(questions, False)


def yes(*questions: str) -> dict[str, bool]:
    return dict.fromkeys(questions, True)
