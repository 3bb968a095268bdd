"""What clients asked for and what they were told, written down before and after each call.

An answer is `ok` (2xx), `failed` (a definite refusal: nothing happened) or `unknown` (no answer, or
5xx: it may have happened).  The file is one JSON line per moment, in the order of the moments.
"""

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
OK, FAILED, UNKNOWN, CALLED = "ok", "failed", "unknown", "called"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call came to.  `text` is the body as it arrived."""

    state: str
    status: int = 0
    text: str = ""
    replayed: bool = False
    why: str = ""
    at: float = 0.0

    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def slug(self) -> str:
        """The kind of problem a refusal names."""
        try:
            return str(self.json()["type"]).rpartition("/")[2]
        except (ValueError, KeyError, TypeError):
            return ""


@dataclass(eq=False)
class Operation:
    """One thing a client wants to happen once, however often it has to ask."""

    kind: str
    by: str
    """The account: every filing and every decision has one of its own, so that the rows it left
    behind are found without trusting the key."""
    method: str
    path: str
    about: Json
    body: Json | None = None
    document: bytes | None = None
    token: str = field(default="", repr=False)
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    answers: list[Answer] = field(default_factory=list)
    left: bool = False
    """Whether whoever asked went away without knowing."""

    @property
    def state(self) -> str:
        return self.answers[-1].state if self.answers else CALLED

    @property
    def open(self) -> bool:
        """Whether nobody knows yet if it happened."""
        return self.state in (CALLED, UNKNOWN)

    @property
    def first_ok(self) -> Answer | None:
        return next((one for one in self.answers if one.state == OK), None)

    def __str__(self) -> str:
        about = ", ".join(f"{name} {value}" for name, value in self.about.items())
        return f"{self.kind} by {self.by} ({about}; key {self.key})"


class History:
    """All operations of a run, and the kills among them."""

    def __init__(self, path: Path) -> None:
        self.operations: list[Operation] = []
        self.kills: list[Json] = []
        self.began = time.monotonic()
        self.ended = float("inf")
        """When the killing was over."""
        self._file = path.open("w", encoding="utf-8")

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.began

    def call(self, operation: Operation) -> None:
        if not operation.answers:
            self.operations.append(operation)
        self._write(CALLED, operation, body=operation.body)

    def answer(self, operation: Operation, answer: Answer) -> None:
        operation.answers.append(answer)
        told = {"status": answer.status, "answer": answer.text, "why": answer.why}
        self._write(answer.state, operation, replayed=answer.replayed, **told)

    def kill(self, **what: Any) -> None:
        self.kills.append({"at": self.now, **what})
        self._line({"event": "kill", **self.kills[-1]})

    def note(self, text: str) -> None:
        self._line({"event": "note", "at": self.now, "text": text})

    def end_killing(self) -> None:
        self.ended = self.now
        self.note("the killing is over")

    def of_kind(self, *kinds: str) -> Iterator[Operation]:
        return (one for one in self.operations if one.kind in kinds)

    def counted(self) -> dict[str, Counter[str]]:
        """By kind: how often called, ok, failed; how many had an unknown answer on the way, and how
        many were left so until the killing was over."""
        found: dict[str, Counter[str]] = {}
        for one in self.operations:
            counts = found.setdefault(one.kind, Counter())
            counts["called"] += 1
            counts[one.state] += 1
            counts["left"] += one.left
            counts["doubtful"] += any(answer.state == UNKNOWN for answer in one.answers)
        return found

    def _write(self, event: str, operation: Operation, **more: Any) -> None:
        about = {"op": operation.kind, "key": operation.key, "by": operation.by}
        self._line({"event": event, "at": self.now, **about, **operation.about, **more})

    def _line(self, line: Json) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
