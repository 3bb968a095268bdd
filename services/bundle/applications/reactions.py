"""What we do when an authority answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves, rules
from services.bundle.applications.moves import Case
from services.bundle.applications.notifying import ItemVersion, remedies_of
from services.bundle.applications.rules import MemberState, Refusal, Verdict
from services.bundle.wallet.actions import keep_results
from services.chassis.envelope import Heard
from services.chassis.errors import NotFound
from services.contracts import (
    AcceptanceRefused,
    ApprovalAccepted,
    ApprovalDecided,
    ApprovalReceived,
    ResultIssued,
)

Answer = ApprovalReceived | ApprovalAccepted | AcceptanceRefused | ApprovalDecided | ResultIssued

# A member in one of these no longer listens: a decision that crossed the cancellation stands, its
# result reaches the wallet, and neither state nor outcome changes.
CLOSED = frozenset(
    {
        MemberState.CANCELLED,
        MemberState.WITHDRAWN,
        MemberState.IMPOSSIBLE,
        MemberState.NOT_NEEDED,
    }
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
    said = [(_about(cases, one.event), one.event) for one in heard]
    appeals = await remedies_of(tx, [_version(*about) for about, event in said if _no(event)])
    results = []
    for (case, member), event in said:
        case.remedies = appeals
        NOTED[type(event)](case, member, event)
        if isinstance(event, ResultIssued):
            results.append(_result(case, member, event))
    await keep_results(tx, results)
    await moves.store(tx, cases.values())


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


def _note_receipt(case: Case, member: str, event: ApprovalReceived | ApprovalAccepted) -> None:
    if event.receipt and case.members[member]["receipt"] != event.receipt:
        case.change(member, receipt=event.receipt)


def _note_acceptance(case: Case, member: str, event: ApprovalAccepted) -> None:
    _note_receipt(case, member, event)
    case.take(rules.note_accepted(case.graph, case.progress, member))


def _note_refused_acceptance(case: Case, member: str, event: AcceptanceRefused) -> None:
    """To the rest of the application it is a refusal: nobody grants this member any more."""
    _note_refusal(case, member, event, Refusal(event.kind), event.refer_to)


def _note_decision(case: Case, member: str, event: ApprovalDecided) -> None:
    if event.verdict == "refused":
        _note_refusal(case, member, event, Refusal.DECISION)
    elif case.members[member]["state"] in CLOSED:
        case.change(member, late=event.verdict, reason_code=event.reason_code)
    else:
        case.members[member]["reason_code"] = event.reason_code
        case.take(rules.note_decided(case.graph, case.progress, member, event.verdict))


def _note_refusal(
    case: Case,
    member: str,
    event: AcceptanceRefused | ApprovalDecided,
    kind: Refusal,
    refer_to: str | None = None,
) -> None:
    refusal = {
        "kind": str(kind),
        "refer_to": refer_to,
        "explanation": event.explanation,
        "remedies": case.remedies[_version(case, member)],
    }
    why = {"reason_code": event.reason_code, "refusal": refusal}
    if case.members[member]["state"] in CLOSED:
        case.change(member, late=Verdict.REFUSED, **why)
        return
    step = rules.note_decided(case.graph, case.progress, member, Verdict.REFUSED)
    if member in step.changed:
        case.members[member] |= why
    case.refuse(step, member)


def _version(case: Case, member: str) -> ItemVersion:
    ask = case.members[member]["ask"]
    return ask["item"], ask["item_version"]


def _note_issue(case: Case, member: str, event: ResultIssued) -> None:
    case.change(member, result_number=event.number)
    case.take(rules.note_issued(case.graph, case.progress, member))


NOTED: dict[type, Callable[[Case, str, Any], None]] = {
    ApprovalReceived: _note_receipt,
    ApprovalAccepted: _note_acceptance,
    AcceptanceRefused: _note_refused_acceptance,
    ApprovalDecided: _note_decision,
    ResultIssued: _note_issue,
}


def _result(case: Case, member: str, event: ResultIssued) -> dict[str, Any]:
    return {
        "party": case.members[member]["holder"],
        "evidence": event.evidence,
        "subject_index": case.row.subjects.get(event.evidence),
        "provider": f"department:{event.department}",
        "application": event.application,
        "approval": event.approval,
        "result_number": event.number,
        "issuer_number": event.issuer_number,
        "digest": event.digest,
        "valid_from": event.valid_from,
        "valid_until": event.valid_until,
    }


REACTIONS = dict.fromkeys(NOTED, note_answers)
