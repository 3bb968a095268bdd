"""What we do when an authority answers."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves
from services.bundle.applications.cases import Case
from services.bundle.applications.moves import APPLICATION
from services.bundle.applications.notifying import remedies_of
from services.bundle.applications.noting import NOTED, version_of
from services.bundle.wallet.actions import (
    PROVIDER,
    deliver_result,
    end_result,
    keep_results,
    replace_result,
)
from services.bundle.wallet.uploads import show
from services.chassis.envelope import Heard
from services.chassis.errors import NotFound
from services.contracts import (
    AcceptanceRefused,
    ApprovalAccepted,
    ApprovalDecided,
    ApprovalDelivered,
    ApprovalExtended,
    ApprovalHandedOver,
    ApprovalReceived,
    ApprovalResumed,
    ApprovalStopped,
    ApprovalSuspended,
    CorrectionRequested,
    ResultEnded,
    ResultIssued,
)

Answer = (
    ApprovalReceived
    | ApprovalAccepted
    | AcceptanceRefused
    | CorrectionRequested
    | ApprovalSuspended
    | ApprovalResumed
    | ApprovalExtended
    | ApprovalHandedOver
    | ApprovalDecided
    | ApprovalDelivered
    | ApprovalStopped
    | ResultIssued
    | ResultEnded
)


class NobodyAsked(NotFound):
    """An answer to an approval that this service never requested."""

    zh = "本服务从未请求过这项审批。"


async def note_answers(tx: AsyncSession, heard: Sequence[Heard[Answer]]) -> None:
    """Write down what authorities said, let what waited go on, complete what is settled.

    One function for all that approvals tell: it locks all the applications that a batch touches in
    one statement, in id order.
    """
    cases = await moves.load(tx, [one.event.application for one in heard])
    said = [(_about(cases, one.event), one.event, one.sequence) for one in heard]
    appeals = await remedies_of(tx, [version_of(*about) for about, event, _ in said if _no(event)])
    await _read_plans(tx, [case for (case, _), event, _ in said if _reads_plan(event)])
    results = []
    for (case, member), event, sequence in said:
        case.remedies, case.sequence = appeals, sequence
        NOTED[type(event)](case, member, event)
        if isinstance(event, ResultIssued):
            results.append(_result(case, member, event))
    await keep_results(tx, results)
    for _, event, _ in said:
        await _note_result(tx, event)
    await moves.store(tx, cases.values())


async def _note_result(tx: AsyncSession, event: Answer) -> None:
    """What happened to a result that lies in a wallet by now, or to a file that an act rests on."""
    if isinstance(event, ResultIssued) and event.replaces and event.replaced_from:
        marks = event.number, event.replaced_as, event.replaced_from
        await replace_result(tx, event.replaces, *marks)
    if isinstance(event, ResultEnded):
        await end_result(tx, event.approval, event.kind, event.ended_at)
    if isinstance(event, ApprovalDelivered) and event.result:
        await deliver_result(tx, event.approval, event.way, event.delivered_at)
    if isinstance(event, ApprovalSuspended) and event.exhibit:
        await show(tx, event.approval, [event.exhibit])


def _about(cases: Mapping[UUID, Case], event: Answer) -> tuple[Case, str]:
    case = cases.get(event.application)
    member = _asked(case, event.approval) if case else None
    if case is None or member is None:
        raise NobodyAsked(f"{event.approval}", f"{event.approval}")
    return case, member


def _asked(case: Case, approval: UUID) -> str | None:
    """The member that an approval answers: by its id, as a department may have two members."""
    return next((m for m, own in case.members.items() if own["approval"] == approval), None)


def _no(event: Answer) -> bool:
    refused = isinstance(event, ApprovalDecided) and event.verdict == "refused"
    return refused or isinstance(event, AcceptanceRefused)


def _reads_plan(event: Answer) -> bool:
    return isinstance(event, CorrectionRequested)


async def _read_plans(tx: AsyncSession, cases: Sequence[Case]) -> None:
    """Plans are large and hardly ever needed, so they are not read with their applications."""
    if not cases:
        return
    by_id = {case.row.id: case for case in cases}
    found = select(APPLICATION.c.id, APPLICATION.c.plan).where(APPLICATION.c.id.in_(by_id))
    for row in await tx.execute(found):
        by_id[row.id].plan = row.plan


def _result(case: Case, member: str, event: ResultIssued) -> dict[str, Any]:
    return {
        "party": case.members[member]["holder"],
        "evidence": event.evidence,
        "subject_index": case.row.subjects.get(event.evidence),
        "provider": f"{PROVIDER}{event.department}",
        "application": event.application,
        "approval": event.approval,
        "result_number": event.number,
        "issuer_number": event.issuer_number,
        "verification_code": event.verification_code or None,
        "authority": event.authority,
        "digest": event.digest,
        "valid_from": event.valid_from,
        "valid_until": event.valid_until,
    }


REACTIONS = dict.fromkeys(NOTED, note_answers)
