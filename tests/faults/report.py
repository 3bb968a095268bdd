"""What a run was like, in a few lines, and what was wrong with it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.faults.findings import Found, Violation
from tests.faults.history import OK, History
from tests.faults.wishes import Wishes

SHOWN = 12
"""Violations of one promise that are printed; all are in violations.txt."""


def stalls(history: History) -> list[tuple[float, float]]:
    """(length, beginning) of every stretch without any success, longest first."""
    moments = sorted(
        answer.at for one in history.operations for answer in one.answers if answer.state == OK
    )
    gaps = [(after - before, before) for before, after in zip(moments, moments[1:], strict=False)]
    return sorted(gaps, reverse=True)


def summary(
    wishes: Wishes, history: History, found: Found | None, phases: Mapping[str, float]
) -> list[str]:
    kills = Counter(kill["kind"] for kill in history.kills)
    lines = [
        f"seed {wishes.seed}, {len(history.kills)} kills: "
        + ", ".join(f"{kind} {count}" for kind, count in sorted(kills.items()))
    ]
    for kind, counts in sorted(history.counted().items()):
        lines.append(
            f"  {kind:18} {counts['called']:5} called  {counts['ok']:5} ok  "
            f"{counts['failed']:4} failed  {counts['doubtful']:4} unknown at first"
        )
    longest = stalls(history)[:1]
    for length, at in longest:
        lines.append(f"  longest stall {length:.1f} s, from {at:.1f} s on{_after(history, at)}")
    if found:
        lines += _amounts(found)
    lines.append("  seconds: " + ", ".join(f"{name} {took:.0f}" for name, took in phases.items()))
    return lines


def _after(history: History, at: float) -> str:
    near = [kill for kill in history.kills if kill["at"] < at + 2]
    return f" (killed before: {near[-1]['part']} at {near[-1]['at']:.1f} s)" if near else ""


def _amounts(found: Found) -> Iterable[str]:
    outcomes = Counter(row["outcome"] for row in found.applications.values())
    states = Counter(row["state"] for row in found.approvals.values())
    yield f"  applications: {_listed(outcomes)}; approvals: {_listed(states)}"
    outbox = sum(len(tables["outbox"]) for tables in found.tables.values())
    inbox = sum(len(tables["inbox"]) for tables in found.tables.values())
    yield f"  outbox {outbox}, streams {len(found.streams.messages)}, inbox {inbox}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def complaints(violations: Sequence[Violation]) -> list[str]:
    """Grouped by promise, the first of each."""
    lines = []
    for promise, count in Counter(one.promise for one in violations).most_common():
        lines.append(f"violated {count} times: {promise}")
        shown = [one for one in violations if one.promise == promise][:SHOWN]
        lines += [f"    {one.text[:700]}" for one in shown]
    return lines


def loud_lines(logs: Path) -> Counter[str]:
    """Errors in the services' logs, by what they say; no violation by themselves."""
    found: Counter[str] = Counter()
    for path in sorted(logs.glob("*.log")):
        service = path.stem.rpartition("-")[0] or path.stem
        for line in path.read_text(errors="replace").splitlines():
            if re.search(r'"level": ?"(ERROR|CRITICAL)"|Traceback', line):
                said = re.search(r'"(?:message|event|msg)": ?"([^"]*)"', line)
                found[f"{service}: {said[1] if said else line[:120]}"] += 1
    return found
