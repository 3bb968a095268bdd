"""What a run was like, in a few lines, and what was wrong with it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.faults.findings import Found, Violation
from tests.faults.history import OK, History
from tests.faults.wishes import Wishes

SHOWN = 5
"""Violations of one promise that are printed; all are in violations.txt."""


def stalls(history: History) -> list[tuple[float, float]]:
    """(length, beginning) of every stretch of the killing without any success, longest first."""
    moments = [
        answer.at
        for one in history.operations
        for answer in one.answers
        if answer.state == OK and answer.at < history.ended
    ]
    moments = sorted([*moments, history.ended])
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
            f"{counts['failed']:4} failed  {counts['doubtful']:4} unknown at first, "
            f"{counts['left']} until the end"
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
    lived = sorted(row["seconds"] for row in found.applications.values() if row["seconds"])
    if lived:
        yield f"  an application took {lived[len(lived) // 2]:.1f} s, the longest {lived[-1]:.1f} s"
    told = sum(not one.stream.startswith("INBOX_") for one in found.streams.messages)
    said = len(found.streams.messages) - told
    outbox, inbox = (
        sum(len(tables[name]) for tables in found.tables.values()) for name in ("outbox", "inbox")
    )
    yield from _travels(found)
    yield f"  events: outbox {outbox} = streams {told}; partners said {said}; inbox rows {inbox}"


def _travels(found: Found) -> Iterable[str]:
    """How long after it was recorded an event was handled, over all consumers."""
    recorded = {
        row["event_id"]: row["recorded"]
        for tables in found.tables.values()
        for row in tables["outbox"]
    }
    took = sorted(
        row["handled"] - recorded[row["event_id"]]
        for tables in found.tables.values()
        for row in tables["inbox"]
        if row["event_id"] in recorded
    )
    if took:
        p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
        yield f"  recorded to handled: p50 {p50:.2f} s, p99 {p99:.2f} s, longest {took[-1]:.1f} s"


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
        for line in path.read_text(errors="replace").splitlines():
            if '"level":"ERROR"' in line or '"level":"CRITICAL"' in line:
                entry = json.loads(line)
                error = str(entry.get("exception", "")).strip().rpartition("\n")[2][:120]
                found[f"{entry['service']}: {entry['event']}: {error}"] += 1
    return found
