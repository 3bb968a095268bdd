"""What a filing becomes: its rows, and the events with which it begins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import uuid_utils.compat

from services.bundle.applications import rules
from services.bundle.applications.cases import Case, kept
from services.bundle.applications.rules import Graph, MemberState, Progress, Standing
from services.bundle.composition.rules import Plan, Published, day_of, gaps
from services.bundle.notices.actions import Fact
from services.bundle.parties.actions import Cast
from services.bundle.parties.sealing import Sealer
from services.chassis import telemetry
from services.chassis.identity import Principal
from services.contracts import ApplicationSubmitted, Duration, MemberSelected


@dataclass(frozen=True, slots=True)
class Checked:
    """What was filed, found good."""

    form: Mapping[str, Any]
    """In clear, and normalised."""
    uploads: Mapping[str, list[str]]
    """By material."""
    settled: Mapping[str, UUID]
    """The party behind each role."""
    subjects: Mapping[str, str]


def application_row(
    application: UUID,
    who: Principal,
    published: Published,
    cast: Cast,
    agreed: Plan,
    checked: Checked,
    sealer: Sealer,
    now: datetime,
) -> dict[str, Any]:
    bundle, settled = published.bundle, checked.settled
    personal = {code for code, field in published.fields.items() if field.personal}
    given = {key for key, uploaded in checked.uploads.items() if uploaded}
    holder = settled.get(bundle.holder) or settled[f"{bundle.holder}[1]"]
    return {
        "id": application,
        "bundle": bundle.code,
        "bundle_version": bundle.version,
        "region": bundle.region,
        "filer_account": who.sub,
        "principal_account": cast.principal,
        "mandate": cast.mandate,
        "filer": settled.get(bundle.applicant or "", holder),
        "holder": holder,
        "parties": {role: str(party) for role, party in settled.items()},
        "plan": agreed,
        "graph": kept(Graph.of(agreed)),
        "form": sealer.seal_form(checked.form, personal, application),
        "materials": checked.uploads,
        "gaps": gaps(agreed, given, day_of(now)),
        "commitments": list(_signed(agreed, who, now)),
        "subjects": dict(checked.subjects),
        "acr": who.acr,
        "outcome": None,
        "withdrawn": False,
        "submitted_at": now,
        "completed_at": None,
        "correlation": telemetry.correlation_id.get(),
        "version": 1,
    }


def _signed(agreed: Plan, who: Principal, now: datetime) -> Iterable[dict[str, Any]]:
    """Who signed which text when, and what it stands in for."""
    for one in agreed["commitments"]:
        if one["chosen"]:
            text = {name: one[name] for name in ("item", "code", "version", "digest")}
            stands = {"for": one["for"], "replaces": one["replaces"]}
            by = {"account": who.sub, "acr": who.acr, "signed_at": now.isoformat()}
            yield text | stands | by


def member_rows(
    application: UUID, agreed: Plan, settled: Mapping[str, UUID], point: str | None
) -> list[dict[str, Any]]:
    return [
        {
            "application": application,
            "member": member["member"],
            "place": place,
            "approval": uuid_utils.compat.uuid7(),
            "department": member["department"],
            "holder": settled[role_of(member)],
            "ask": {
                "item": member["item"],
                "item_version": member["item_version"],
                "item_name": member["name"],
                "accepts": member["accepts"],
                "promise": member["promise"],
                **member["clock"],
                **member["power"],
                "issues": member["issues"],
                "situations": [one["code"] for one in member["situations"]],
                "point": point,
            },
            "state": MemberState.WAITING,
            "issued": False,
            "requested_at": None,
            "settled_at": None,
            "choice": None,
            "result_number": None,
            "reason_code": None,
            "late": None,
            "department_of": 0,
            "due": None,
            "due_of": 0,
            "receipt": None,
            "refusal": None,
            "delivery": None,
            "holds": {},
        }
        for place, member in enumerate(agreed["members"])
    ]


def role_of(member: Mapping[str, Any]) -> str:
    return f"{member['holder']}[{member['entry']}]" if member["entry"] else str(member["holder"])


def begin(row: dict[str, Any], members: list[dict[str, Any]], agreed: Plan) -> list[Fact]:
    """Set every member that waits for nothing to requested; answers the events that say so."""
    submitted = ApplicationSubmitted(
        application=row["id"],
        bundle=row["bundle"],
        bundle_version=row["bundle_version"],
        region=row["region"],
        filer=row["filer"],
        holder=row["holder"],
        submitted_at=row["submitted_at"],
        promise_hours=agreed["promise"]["working_hours"],
        members=tuple(
            MemberSelected(
                member=m["member"],
                item=m["ask"]["item"],
                item_version=m["ask"]["item_version"],
                department=m["department"],
                approval=m["approval"],
                promise=Duration(**m["ask"]["promise"]),
            )
            for m in members
        ),
    )
    graph = Graph.of(agreed)
    untouched = Progress({member: Standing() for member in graph.waits})
    by_name = {m["member"]: m for m in members}
    case = Case(SimpleNamespace(**row), graph, by_name, untouched, row["submitted_at"])
    case.take(rules.start(graph))
    return [(submitted, 1, row["correlation"]), *case.facts]
