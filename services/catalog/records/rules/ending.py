"""What nobody issues any more cannot be asked for, and its old issuer does not issue it again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.catalog.records.rules.flaws import flaw
from services.catalog.records.rules.rewriting import asks, is_kept
from services.chassis.errors import Flaw


@dataclass(frozen=True, slots=True)
class Ended:
    """Retirements, as far as they concern some records."""

    days: Mapping[str, Mapping[str, date]] = field(default_factory=dict)
    """By evidence, the items that stop issuing it, and from when on."""
    issuers: Mapping[str, set[str]] = field(default_factory=dict)
    """By evidence, all items that issue it by their record."""
    rewritten: frozenset[tuple[str, str]] = frozenset()
    """(item, evidence): what is disposed of on its day."""

    def since(self, evidence: str) -> date | None:
        """The day from which nobody issues it; None where somebody goes on."""
        days = self.days.get(evidence)
        if not days or any(item not in days for item in self.issuers[evidence]):
            return None
        return max(days.values())


def ended_flaws(code: str, record: Mapping[str, Any], ended: Ended, day: date) -> Iterator[Flaw]:
    """Whether the item may be as in `record` from `day` on."""
    for place, need in enumerate(record["requirements"]):
        evidence = need["evidence"]
        since = ended.since(evidence)
        if since is None or not asks(need, evidence) or is_kept(need):
            continue
        if day < since and (code, evidence) in ended.rewritten:
            continue
        zh = f"自 {since} 起无人核发 {evidence}：请删去，改为登记库核验或告知承诺，"
        zh += "或写明保留的法律依据和负责部门（legal_basis, kept_by）。"
        en = f"Nobody issues {evidence} from {since} on: drop it, look it up, take a commitment, or"
        en += " say by which law (legal_basis) and who answers for it (kept_by)."
        yield flaw("ended-evidence", f"/requirements/{place}/evidence", zh, en, evidence=evidence)
    issues = record["issues"]
    last = ended.days.get(issues, {}).get(code) if issues else None
    if last is not None and day >= last:
        zh = f"该事项自 {last} 起不再核发 {issues}。"
        en = f"The item issues {issues} no more from {last} on."
        yield flaw("issues-what-ended", "/issues", zh, en, evidence=issues)


def retiring_flaws(
    code: str, record: Mapping[str, Any], retiring: Mapping[str, str | None]
) -> Iterator[Flaw]:
    """Whoever needs what an item issues was settled for its retirement; another evidence type has
    others who need it."""
    if code in retiring and record["issues"] != retiring[code]:
        zh, en = (
            "该事项已决定退出，请先撤回决定。",
            "The item will be retired; take that back first.",
        )
        yield flaw("will-be-retired", "/issues", zh, en, item=code)


def retired_flaw(code: str) -> Flaw:
    zh, en = f"事项 {code} 已退出，不再变更。", f"Item {code} is retired and not changed any more."
    return flaw("retired-item", "", zh, en, item=code)
