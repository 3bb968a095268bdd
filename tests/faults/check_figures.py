"""metrics counted what happened, and says so."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.faults.findings import Case, Found, Violation


def check(case: Case) -> Iterator[Violation]:
    yield from _cases(case.found)
    yield from _decided(case.found)
    yield from _shown(case.found)


def _cases(found: Found) -> Iterator[Violation]:
    counted = {row["application"]: row for row in found.rows("metrics", "case")}
    for application in sorted(found.applications.keys() | counted.keys()):
        lived, row = found.applications.get(application), counted.get(application)
        wanted = lived and (lived["bundle"], True, lived["outcome"])
        got = row and (row["bundle"], row["submitted"], row["outcome"])
        if wanted != got:
            text = f"application {application}: counted as {got}, expected {wanted}"
            yield Violation("metrics counts each application", text)


def _decided(found: Found) -> Iterator[Violation]:
    counted = {row["approval"]: row["verdict"] for row in found.rows("metrics", "decided")}
    lived = {
        name: row["state"]
        for name, row in found.approvals.items()
        if row["state"] in ("granted", "refused")
    }
    for approval in sorted(lived.keys() | counted.keys()):
        if lived.get(approval) != counted.get(approval):
            text = f"approval {approval}: counted as {counted.get(approval)}, "
            yield Violation("metrics counts each decision", text + f"is {lived.get(approval)}")


def _shown(found: Found) -> Iterator[Violation]:
    """The indicators over HTTP are sums of the same."""
    shown = {one["bundle"]: _figures(one) for one in found.indicators["applications"]}
    lived = {
        bundle: {
            "filed": sum(outcomes.values()),
            "settled": sum(count for outcome, count in outcomes.items() if outcome),
            "outcomes": {outcome: count for outcome, count in outcomes.items() if outcome},
        }
        for bundle, outcomes in _outcomes(found).items()
    }
    if shown != lived:
        yield Violation("the indicators are right", f"shown {shown}, lived {lived}")


def _figures(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("filed", "settled", "outcomes")}


def _outcomes(found: Found) -> dict[str, Counter[str | None]]:
    counted: dict[str, Counter[str | None]] = {}
    for row in found.applications.values():
        counted.setdefault(row["bundle"], Counter())[row["outcome"]] += 1
    return counted
