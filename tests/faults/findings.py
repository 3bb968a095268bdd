"""What the checker reads, all at one time, and what it has to say about it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from tests.faults.databases import Effects, Row
from tests.faults.history import History
from tests.faults.streams import Message, Streams

T = TypeVar("T")


@dataclass(frozen=True)
class Violation:
    """A promise that was not kept: which, about what, and what was expected."""

    promise: str
    text: str

    def __str__(self) -> str:
        return f"[{self.promise}] {self.text}"


@dataclass(frozen=True)
class Doubt:
    """What an operation with an unknown answer had left behind before it was tried again."""

    effects: int
    stored: tuple[int, str] | None


@dataclass(frozen=True)
class Found:
    """Everything as it stood when all was over."""

    tables: Mapping[str, Mapping[str, list[Row]]]
    streams: Streams
    journals: Mapping[str, list[Row]]
    effects: Effects
    indicators: Mapping[str, Any]

    def rows(self, service: str, table: str) -> list[Row]:
        return self.tables[service][table]

    @cached_property
    def applications(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.rows("bundle", "application")}

    @cached_property
    def members(self) -> dict[str, list[Row]]:
        """By application, in the plan's order."""
        return grouped(self.rows("bundle", "member"), lambda row: row["application"])

    @cached_property
    def approvals(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.rows("approval", "approval")}

    @cached_property
    def by_kind(self) -> dict[str, list[Message]]:
        """Messages by their CloudEvents type."""
        return grouped(self.streams.messages, lambda one: one.kind)


@dataclass(frozen=True)
class Case:
    """What is judged: what clients were told, and what was found."""

    history: History
    doubts: Mapping[str, Doubt]
    """By key, for what was unknown when the killing ended."""
    found: Found


def grouped(things: Iterable[T], key: Callable[[T], Any]) -> dict[Any, list[T]]:
    groups: dict[Any, list[T]] = defaultdict(list)
    for one in things:
        groups[key(one)].append(one)
    return dict(groups)


def twice(things: Iterable[Hashable]) -> dict[Any, int]:
    """What occurs more than once, and how often."""
    return {one: count for one, count in Counter(things).items() if count > 1}
