"""What one level of the load measured, and the figures that are made of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counts only what finishes while it is open: neither the warm-up nor the last ones."""

    in_flight: int
    finished_count: int = 0
    seconds: float = 0.0
    early: int = 0
    """Decisions that came before their approval, all of them."""
    filings: list[float] = field(default_factory=list)
    decisions: list[float] = field(default_factory=list)
    completions: list[float] = field(default_factory=list)
    wholes: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    _opened: float = 0.0
    _is_open: bool = False

    def open(self) -> None:
        self._opened, self._is_open = time.perf_counter(), True

    def close(self) -> None:
        self.seconds = time.perf_counter() - self._opened
        self._is_open = False

    def finished(
        self,
        began: float,
        filed: float,
        decisions: Sequence[float] = (),
        completion: float | None = None,
        early: int = 0,
    ) -> None:
        if not self._is_open:
            return
        self.finished_count += 1
        self.early += early
        self.filings.append(filed - began)
        self.decisions += decisions
        self.wholes.append(time.perf_counter() - began)
        if completion is not None:
            # The event may overtake the answer: both follow the same commit.
            self.completions.append(max(completion, 0.0))

    @property
    def rate(self) -> float:
        return self.finished_count / self.seconds

    def figures(self) -> dict[str, Any]:
        each = max(self.finished_count, 1)
        return {
            "in_flight": self.in_flight,
            "seconds": round(self.seconds, 2),
            "applications": self.finished_count,
            "applications_per_second": round(self.rate, 1),
            "early_decisions_per_application": round(self.early / each, 2),
            "milliseconds": {
                "filing": spread(self.filings),
                "decision": spread(self.decisions),
                "last_decision_to_completed": spread(self.completions),
                "whole": spread(self.wholes),
            },
            "cpu_milliseconds_per_application": {
                name: round(1000 * spent / each, 3) for name, spent in self.cpu.items()
            },
        }


def spread(seconds: Sequence[float]) -> dict[str, float] | None:
    """p50 and p99 in milliseconds; None where nothing was measured."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return {
        name: round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
