"""What applicants do: see what it takes, file, withdraw, choose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves, rules
from services.bundle.applications.moves import APPLICATION, MEMBER, Case
from services.bundle.applications.rules import Graph, MemberState, Progress, Standing
from services.bundle.applications.views import ApplicationView, whole
from services.bundle.composition.actions import Shelf
from services.bundle.composition.rules import Plan, Published, check_filing, compose
from services.bundle.notices.actions import Fact
from services.bundle.parties import actions as parties
from services.bundle.parties.actions import MANDATE, Cast, Claim
from services.bundle.parties.rules import NUMBER, HolderNotYours
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet import actions as wallet
from services.chassis import outbox, telemetry
from services.chassis.errors import Conflict, NotFound
from services.chassis.identity import Principal
from services.contracts import ApplicationSubmitted, ApplicationWithdrawn, Duration, MemberSelected

NEW_APPLICATION = insert(APPLICATION)
NEW_MEMBERS = insert(MEMBER)


class PlanChanged(Conflict):
    """The plan you agreed to is no longer right; here is the new one, and nothing was stored."""

    zh = "您确认的方案已不再适用；附上新方案，本次没有保存任何内容。"


class ApplicationUnknown(NotFound):
    """There is no such application, or it is not yours."""

    zh = "没有这个办件，或它与您无关。"


@dataclass(frozen=True, slots=True)
class Filing:
    """What an applicant hands in."""

    bundle: str
    plan: str
    answers: Mapping[str, Any]
    claim: Claim
    form: Mapping[str, Any]
    materials: Mapping[str, list[UUID]]


async def plan(
    tx: AsyncSession,
    who: Principal,
    bundle: str,
    answers: Mapping[str, Any],
    claim: Claim,
    shelf: Shelf,
    sealer: Sealer,
) -> tuple[Published, Cast, Plan]:
    """What this bundle becomes for these answers and this holder's wallet."""
    published = await shelf.published(tx, bundle)
    cast = await parties.cast(tx, who, published.bundle, claim, sealer)
    held = await wallet.held(tx, cast.roles, published, answers, sealer)
    return published, cast, compose(published, answers, held)


async def submit(
    tx: AsyncSession, who: Principal, filing: Filing, shelf: Shelf, sealer: Sealer
) -> ApplicationView:
    """File: everything or nothing.  Members whose inputs are there are requested at once.

    The answer is made from what was written, not read again: filing is the dearest request.
    """
    published, cast, agreed = await plan(
        tx, who, filing.bundle, filing.answers, filing.claim, shelf, sealer
    )
    if agreed["digest"] != filing.plan:
        raise PlanChanged(plan=agreed)
    uploads = {key: [str(one) for one in given] for key, given in filing.materials.items()}
    form = check_filing(agreed, filing.form, uploads)
    _check_named(published, cast, form, sealer)

    application = uuid_utils.compat.uuid7()
    settled = await parties.settle(tx, cast, published.bundle, form, application, sealer)
    subjects = _subjects(published, {**form, **agreed["answers"]}, sealer)
    row = _application(application, who, published, cast, agreed, settled, subjects)
    personal = {code for code, field in published.fields.items() if field.personal}
    row["form"] = sealer.seal_form(form, personal, application)
    row["materials"] = uploads
    members = _members(application, agreed, settled)
    facts = _begin(row, members, agreed)
    await tx.execute(NEW_APPLICATION, row)
    await tx.execute(NEW_MEMBERS, members)
    rest = (agreed, filing.materials, settled, subjects, who.sub, row["filer"])
    await wallet.hand_in(tx, application, *rest)
    await outbox.record_all(tx, facts)
    return whole(SimpleNamespace(**row), members, form)


def _check_named(published: Published, cast: Cast, form: Mapping[str, Any], sealer: Sealer) -> None:
    """The existing holder named in the form must be the one the caller may act for."""
    named = next((party for party in published.bundle.parties if party.who == "named"), None)
    if named is None or named.number_field is None:
        return
    stated = sealer.index(named.kind, form.get(named.number_field))
    if cast.number_index != stated:
        raise HolderNotYours("number", *NUMBER)


def _subjects(published: Published, values: Mapping[str, Any], sealer: Sealer) -> dict[str, str]:
    """The things this application is about, by the evidence types that are tied to one."""
    return {
        code: sealer.index("subject", values[kind.subject_field])
        for code, kind in published.evidence.items()
        if kind.subject_field and kind.subject_field in values
    }


def _application(
    application: UUID,
    who: Principal,
    published: Published,
    cast: Cast,
    agreed: Plan,
    settled: Mapping[str, UUID],
    subjects: Mapping[str, str],
) -> dict[str, Any]:
    bundle = published.bundle
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
        "graph": moves.kept(Graph.of(agreed)),
        "subjects": dict(subjects),
        "acr": who.acr,
        "outcome": None,
        "withdrawn": False,
        "submitted_at": datetime.now(UTC),
        "completed_at": None,
        "correlation": telemetry.correlation_id.get(),
        "version": 1,
    }


def _members(application: UUID, agreed: Plan, settled: Mapping[str, UUID]) -> list[dict[str, Any]]:
    return [
        {
            "application": application,
            "member": member["member"],
            "place": place,
            "approval": uuid_utils.compat.uuid7(),
            "department": member["department"],
            "holder": settled[_role(member)],
            "ask": {
                "item": member["item"],
                "item_version": member["item_version"],
                "item_name": member["name"],
                "accepts": member["accepts"],
                "promise": member["promise"],
                "issues": member["issues"],
            },
            "state": MemberState.WAITING,
            "issued": False,
            "requested_at": None,
            "settled_at": None,
            "choice": None,
            "result_number": None,
            "reason_code": None,
            "late": None,
        }
        for place, member in enumerate(agreed["members"])
    ]


def _role(member: Mapping[str, Any]) -> str:
    return f"{member['holder']}[{member['entry']}]" if member["entry"] else str(member["holder"])


def _begin(row: dict[str, Any], members: list[dict[str, Any]], agreed: Plan) -> list[Fact]:
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
    case = Case(SimpleNamespace(**row), graph, {m["member"]: m for m in members}, untouched)
    case.take(rules.start(graph))
    return [(submitted, 1, row["correlation"]), *case.facts]


async def withdraw(tx: AsyncSession, who: Principal, application: UUID) -> None:
    """Take the whole application back.  What is decided stays decided."""
    case = await _mine(tx, who, application)
    _withdraw(case, rules.withdraw_all(case.graph, case.progress), whole=True)
    await moves.store(tx, [case])


async def withdraw_member(tx: AsyncSession, who: Principal, application: UUID, member: str) -> None:
    """Take one member back, as long as it is not decided."""
    case = await _mine(tx, who, application)
    _withdraw(case, rules.withdraw_member(case.graph, case.progress, member), whole=False)
    await moves.store(tx, [case])


def _withdraw(case: Case, step: rules.Step, whole: bool) -> None:
    taken_back = [
        m for m in step.changed if step.progress.members[m].state is MemberState.WITHDRAWN
    ]
    if taken_back or step.outcome:
        told = ApplicationWithdrawn(
            application=case.row.id, bundle=case.row.bundle, members=tuple(taken_back), whole=whole
        )
        case.facts.append((told, case.version, case.correlation))
    case.take(step)


async def choose(
    tx: AsyncSession, who: Principal, application: UUID, member: str, choice: str
) -> None:
    """After a refusal that asks: go on with the others, or stop them."""
    case = await _mine(tx, who, application)
    case.take(rules.choose(case.graph, case.progress, member, choice))
    await moves.store(tx, [case])


async def _mine(tx: AsyncSession, who: Principal, application: UUID) -> Case:
    await find(tx, who, application)
    return (await moves.load(tx, [application]))[application]


async def find(tx: AsyncSession, who: Principal, application: UUID) -> Row[Any]:
    """The caller's application; another's is as absent as none."""
    found = select(APPLICATION).where(APPLICATION.c.id == application, visible_to(who))
    row = (await tx.execute(found)).first()
    if row is None:
        raise ApplicationUnknown()
    return row


def visible_to(who: Principal) -> ColumnElement[bool]:
    """The filer's own, an agent's as long as its mandate is in force, and the principal's."""
    in_force = (
        select(MANDATE.c.id)
        .where(
            MANDATE.c.id == APPLICATION.c.mandate,
            MANDATE.c.revoked_at.is_(None),
            MANDATE.c.valid_until > func.now(),
        )
        .exists()
    )
    filed = and_(
        APPLICATION.c.filer_account == who.sub, or_(APPLICATION.c.mandate.is_(None), in_force)
    )
    return or_(filed, APPLICATION.c.principal_account == who.sub)
