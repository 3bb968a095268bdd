"""Answer what a desk asked to put right, and read what stood there before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves
from services.bundle.applications.actions import find
from services.bundle.applications.cases import Case
from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.applications.rules import (
    AT_A_DESK,
    Hold,
    MemberState,
    UnknownMember,
    ended,
    open_correction,
)
from services.bundle.composition.rules import Correctable, correctable
from services.bundle.composition.shelf import BUNDLE_VERSION, ITEM_COPY
from services.bundle.corrections import rules
from services.bundle.corrections.tables import CorrectionAnswer
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet import actions as wallet
from services.chassis.database import table
from services.chassis.identity import Principal

ANSWER = table(CorrectionAnswer)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an applicant brings: new values, and new uploads for materials."""

    form: Mapping[str, Any]
    materials: Mapping[str, Sequence[UUID]]

    @property
    def uploads(self) -> dict[str, list[str]]:
        return {key: [str(one) for one in given] for key, given in self.materials.items()}


async def answer(
    tx: AsyncSession,
    who: Principal,
    application: UUID,
    member: str,
    given: Answer,
    sealer: Sealer,
    now: datetime,
) -> None:
    """Put right just what was asked, all of it.  The same answer again is one answer.

    Every desk that reads what was corrected and has yet to decide is told to read again.
    """
    await find(tx, who, application)
    case = (await moves.load(tx, [application]))[application]
    if member not in case.members:
        raise UnknownMember()
    own = case.members[member]
    asked = open_correction(own["holds"])
    if asked is None or own["state"] not in AT_A_DESK:
        if await _answered_so(tx, own["approval"], given, sealer, application):
            return
        raise rules.NothingToCorrect()

    filed = (await tx.execute(select(APPLICATION).where(APPLICATION.c.id == application))).one()
    known = correctable(filed.plan, member, case.spared(member))
    form = sealer.open_form(filed.form, application)
    identifying = await _identifying(tx, filed)
    rest = (identifying, given.form, given.uploads)
    cleaned = rules.check_answer(filed.plan, known, asked, *rest)

    await _write(tx, case, member, filed, known, form, cleaned, given, who.sub, sealer, now)
    if cleaned:
        await _leave_to_people(tx, case)
    _tell(case, member, filed.plan, known, asked)
    until = now.isoformat()
    holds = ended(own["holds"], Hold.CORRECTION, asked["number"], until)
    case.change(member, holds=holds)
    await moves.store(tx, [case])


async def _answered_so(
    tx: AsyncSession, approval: UUID, given: Answer, sealer: Sealer, application: UUID
) -> bool:
    """Whether just this was answered before."""
    row = (await tx.execute(select(ANSWER).where(ANSWER.c.approval == approval))).first()
    if row is None or row.materials != given.uploads:
        return False
    return bool(sealer.open_form(row.after, application) == dict(given.form))


async def _identifying(tx: AsyncSession, filed: Row[Any]) -> set[str]:
    """The fields whose values say who the parties are.  What is asked of a result is made of no
    bundle, and its form asks nobody who they are: the result says so."""
    same = [BUNDLE_VERSION.c.code == filed.bundle, BUNDLE_VERSION.c.version == filed.bundle_version]
    record = (await tx.execute(select(BUNDLE_VERSION.c.record).where(*same))).scalar()
    parties = record["parties"] if record else ()
    return {party["number_field"] for party in parties if party.get("number_field")}


async def _write(
    tx: AsyncSession,
    case: Case,
    member: str,
    filed: Row[Any],
    known: Correctable,
    form: Mapping[str, Any],
    cleaned: Mapping[str, Any],
    given: Answer,
    account: str,
    sealer: Sealer,
    now: datetime,
) -> None:
    """Form, materials and wallet as they are now, and beside them what was before."""
    application, approval = filed.id, case.members[member]["approval"]
    personal = _personal(filed.plan)
    after = rules.applied(known, form, cleaned)
    before = {code: form.get(code) for code in cleaned}
    states = {name: standing.state for name, standing in case.progress.members.items()}
    kept = {
        "approval": approval,
        "application": application,
        "member": member,
        "before": _sealed(sealer, before, personal, application),
        "after": sealer.seal_form(given.form, personal, application),
        "materials": given.uploads,
        "closed": rules.closed(states),
        "answered_by": account,
        "answered_at": now,
    }
    await tx.execute(insert(ANSWER).values(kept))
    if given.materials:
        await _hand_in(tx, filed, known, given, approval, account)
    subjects = await _subjects(tx, filed, cleaned, sealer)
    values = {
        "form": sealer.seal_form(after, personal, application),
        "subjects": {**filed.subjects, **subjects},
        "materials": {**filed.materials, **given.uploads},
        "gaps": _filled(filed.gaps, given, now),
    }
    await tx.execute(update(APPLICATION).where(APPLICATION.c.id == application).values(values))


async def _leave_to_people(tx: AsyncSession, case: Case) -> None:
    """What lies ready for a rule to grant was made from the form as it was filed, facts and
    certificate alike: a member that is still to be requested goes the ordinary way."""
    for member, own in case.members.items():
        if own["state"] is MemberState.WAITING and "instant" in own["ask"]:
            rest = {k: v for k, v in own["ask"].items() if k not in ("instant", "facts")}
            own["ask"] = rest
            mine = MEMBER.c.application == case.row.id, MEMBER.c.member == member
            await tx.execute(update(MEMBER).where(*mine).values(ask=rest))


async def _subjects(
    tx: AsyncSession, filed: Row[Any], cleaned: Mapping[str, Any], sealer: Sealer
) -> dict[str, str]:
    """Where a corrected field names the thing that evidence is tied to, the evidence follows."""
    versions = {member["item"]: member["item_version"] for member in filed.plan["members"]}
    found = select(ITEM_COPY).where(ITEM_COPY.c.code.in_(versions))
    kinds = [
        kind
        for row in (await tx.execute(found)).all()
        if versions[row.code] == row.version
        for kind in row.record["evidence_types"]
        if kind.get("subject_field") in cleaned
    ]
    subjects = {
        kind["code"]: sealer.index("subject", cleaned[kind["subject_field"]]) for kind in kinds
    }
    await wallet.tie(tx, filed.id, subjects)
    return subjects


def _sealed(
    sealer: Sealer, before: Mapping[str, Any], personal: set[str], application: UUID
) -> dict[str, Any]:
    there = {code: value for code, value in before.items() if value is not None}
    return {**dict.fromkeys(before), **sealer.seal_form(there, personal, application)}


async def _hand_in(
    tx: AsyncSession,
    filed: Row[Any],
    known: Correctable,
    given: Answer,
    approval: UUID,
    account: str,
) -> None:
    asked = [{**known.materials[key], "key": key, "kind": "evidence"} for key in given.materials]
    held = [UUID(one["by"]) for one in asked if one.get("why") == "held"]
    await wallet.replace(tx, filed.id, list(given.materials), held, approval)
    parties = {role: UUID(party) for role, party in filed.parties.items()}
    rest = (parties, filed.subjects, account, filed.filer)
    plan = {"materials": asked}
    await wallet.hand_in(tx, filed.id, plan, given.materials, *rest, corrected_for=approval)


def _filled(gaps: Mapping[str, Any], given: Answer, now: datetime) -> dict[str, Any]:
    """A material that was left for later has come with the correction."""
    came = {"came_at": now.isoformat()}
    return {
        key: {**gap, **came} if key in given.materials and gap["came_at"] is None else gap
        for key, gap in gaps.items()
    }


def _personal(plan: Mapping[str, Any]) -> set[str]:
    asked = [*plan["form"], *(sub for one in plan["form"] for sub in one["entry"] or ())]
    return {one["field"] for one in asked if one["personal"]}


def _tell(
    case: Case,
    member: str,
    plan: Mapping[str, Any],
    known: Correctable,
    asked: Mapping[str, Any],
) -> None:
    case.amended(
        member,
        "correction",
        fields=asked["fields"],
        evidence=asked["materials"],
        unknown=asked["unknown"],
    )
    for other, own in case.members.items():
        if other == member or own["state"] not in AT_A_DESK:
            continue
        fields, evidence = rules.shares(correctable(plan, other, case.spared(other)), known, asked)
        if fields or evidence:
            case.amended(other, "shared", fields=fields, evidence=evidence)


async def answers_of(tx: AsyncSession, application: UUID) -> Sequence[Row[Any]]:
    """What was put right in an application, in order."""
    found = select(ANSWER).where(ANSWER.c.application == application)
    return (await tx.execute(found.order_by(ANSWER.c.answered_at, ANSWER.c.approval))).all()


def form_for(
    member: str, form: Mapping[str, Any], answers: Sequence[Row[Any]], sealer: Sealer
) -> Mapping[str, Any]:
    """The form as a member's desk reads it: without what was put right after it was settled."""
    for one in reversed(answers):
        if member in one.closed:
            there = {code: value for code, value in one.before.items() if value is not None}
            before = dict.fromkeys(one.before) | sealer.open_form(there, one.application)
            form = rules.as_before(form, before)
    return form
