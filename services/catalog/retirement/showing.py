"""How a retirement is shown, and all that hangs on an item."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from services.catalog.records.rules import rewritten
from services.catalog.retirement import queries, rules
from services.catalog.retirement.actions import Outcome
from services.catalog.retirement.finding import Dependents
from services.catalog.retirement.queries import Stage
from services.catalog.retirement.rules import Mode
from services.catalog.retirement.tables import Retirement
from services.chassis.errors import Flaw


class Documented(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class DependentView(Documented):
    """依赖事项 / An item that asks for what another one issues."""

    item: str
    name: str
    department: str
    requirements: list[dict[str, Any]]
    """As it asks for it now, or in a version that is scheduled."""
    kept: bool
    """Somebody answers, by a law, for asking it although nobody may issue it."""


class UsingBundle(Documented):
    """使用该事项的一件事 / A bundle that has the item among its members."""

    code: str
    version: int
    name: str
    name_en: str
    lead_department: str


class RightView(Documented):
    """赋权 / A right over the item at a service point."""

    point: str
    right: str
    state: str


class DependentsView(Documented):
    """依赖 / All that hangs on an item: who needs what it issues, bundles, delegations.

    Applications under way are bundle's to tell: see `applications`.
    """

    item: str
    evidence: str | None
    """What it issues."""
    other_issuers: list[str]
    """Items that issue the same: then whoever needs it may go on asking."""
    requirements: list[DependentView]
    bundles: list[UsingBundle]
    delegations: list[RightView]
    applications: str
    """Where bundle tells of members, edges and applications under way."""


class RewrittenView(Documented):
    """一个依赖事项的前后 / What an item asks before the day, and from it on."""

    item: str
    action: Literal["drop", "register", "commitment", "keep"]
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]


class Trouble(Documented):
    """一处问题 / One thing that is wrong or missing, and what would be right."""

    pointer: str
    fault: str
    zh: str
    en: str


class RetirementView(Documented):
    """事项退出 / A retirement as it was decided, or as a dry run finds it would be."""

    item: str
    version: int | None
    """Of the decision; none in a dry run of a new one."""
    state: Literal["dry_run", "decided", "in_force", "withdrawn"]
    mode: Mode
    effective: date
    legal_basis: str
    item_version: int
    evidence: str | None
    """What the item issues no longer from that day on."""
    becomes: dict[str, Any] | None
    """The item from that day on; none where it ends."""
    dispositions: dict[str, Any]
    decided_at: datetime | None


class RetirementLine(Documented):
    """退出清单的一行 / One retirement: what, how, from when on, and how far it is."""

    item: str
    version: int
    stage: Stage
    mode: Mode
    effective: date
    legal_basis: str
    evidence: str | None
    """What the item issues no longer from that day on."""
    concerned: list[str]
    """Items that needed it, each with its answer in the decision."""
    decided_at: datetime


class DryRunView(RetirementView):
    """预演 / What a retirement would do, everybody it concerns, and what is missing yet."""

    dependents: DependentsView
    rewritten: list[RewrittenView]
    error_count: int
    errors: list[Trouble]


def dependents_view(item: str, found: Dependents) -> DependentsView:
    return DependentsView(
        item=item,
        evidence=found.evidence,
        other_issuers=list(found.others),
        requirements=[
            DependentView(
                item=code,
                name=one.record["name"],
                department=one.record["department"],
                requirements=_needs(one.record, found.evidence),
                kept=one.kept,
            )
            for code, one in found.items.items()
        ],
        bundles=[UsingBundle(**_some(one, UsingBundle)) for one in found.bundles],
        delegations=[RightView(**_some(one, RightView)) for one in found.delegations],
        applications=f"/api/bundles/-/retirements/{item}",
    )


def _some(row: Any, kind: type[BaseModel]) -> dict[str, Any]:
    return {name: str(v) if name in ("right", "state") else v for name, v in row._mapping.items()
            if name in kind.model_fields}  # fmt: skip


def _needs(record: Mapping[str, Any], evidence: str | None) -> list[dict[str, Any]]:
    return [one for one in record["requirements"] if one["evidence"] == evidence]


def kept_view(row: Any, today: date) -> RetirementView:
    state = "in_force" if row.effective <= today else "decided"
    return RetirementView(
        **_kept(row), state="withdrawn" if row.withdrawn else state, decided_at=row.decided_at
    )


def line(row: Retirement, waits: bool, today: date) -> RetirementLine:
    names = ("item", "version", "mode", "effective", "legal_basis", "evidence", "decided_at")
    return RetirementLine(
        **{name: getattr(row, name) for name in names},
        stage=queries.stage(row, waits, today),
        concerned=sorted(row.dispositions),
    )


def _kept(row: Any) -> dict[str, Any]:
    names = ("item", "version", "mode", "effective", "legal_basis", "item_version", "evidence")
    return {name: getattr(row, name) for name in (*names, "becomes", "dispositions")}


def dry_run_view(outcome: Outcome) -> DryRunView:
    decision, found = outcome.decision, outcome.dependents
    evidence = rules.ended(outcome.item.record, outcome.later)
    return DryRunView(
        item=outcome.item.code,
        version=None,
        state="dry_run",
        mode=decision.mode,
        effective=decision.effective,
        legal_basis=decision.legal_basis,
        item_version=outcome.item.version,
        evidence=evidence,
        becomes=outcome.later,
        dispositions=dict(decision.dispositions),
        decided_at=None,
        dependents=dependents_view(outcome.item.code, found),
        rewritten=list(_rewritten(outcome, evidence)),
        error_count=len(outcome.flaws),
        errors=[_trouble(one) for one in outcome.flaws],
    )


def _rewritten(outcome: Outcome, evidence: str | None) -> Iterable[RewrittenView]:
    given = outcome.decision.dispositions
    for item, change in rules.changes(outcome.item.code, evidence or "", given).items():
        dependent = outcome.dependents.items.get(item)
        if dependent is None or not rules.complete(change):
            continue
        yield RewrittenView(
            item=item,
            action=change["action"],
            before=_needs(dependent.record, evidence),
            after=_needs(rewritten(dependent.record, [change]), evidence),
        )


def _trouble(one: Flaw) -> Trouble:
    fault = str(one.more.get("fault", "malformed"))
    return Trouble(pointer=one.pointer, fault=fault, zh=one.zh, en=one.en)
