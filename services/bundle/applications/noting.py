"""What of an application changes when one of its authorities says something."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.bundle.applications import rules
from services.bundle.applications.cases import Case
from services.bundle.applications.notifying import ItemVersion
from services.bundle.applications.rules import AT_A_DESK, Hold, MemberState, Refusal, Verdict
from services.bundle.composition.rules import correctable, resolved
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


EARLIER_GONE = "earlier-result-gone"


def _note_receipt(case: Case, member: str, event: ApprovalReceived | ApprovalAccepted) -> None:
    if event.receipt and case.members[member]["receipt"] != event.receipt:
        case.change(member, receipt=event.receipt)


def _note_acceptance(case: Case, member: str, event: ApprovalAccepted) -> None:
    _note_receipt(case, member, event)
    _note_due(case, member, event.due)
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
        "remedies": case.remedies[version_of(case, member)],
    }
    why = {"reason_code": event.reason_code, "refusal": refusal}
    if case.members[member]["state"] in CLOSED:
        case.change(member, late=Verdict.REFUSED, **why)
        return
    step = rules.note_decided(case.graph, case.progress, member, Verdict.REFUSED)
    if member in step.changed:
        case.members[member] |= why
    case.refuse(step, member)


def version_of(case: Case, member: str) -> ItemVersion:
    ask = case.members[member]["ask"]
    return ask["item"], ask["item_version"]


def _note_issue(case: Case, member: str, event: ResultIssued) -> None:
    case.change(member, result_number=event.number)
    case.take(rules.note_issued(case.graph, case.progress, member))


def _note_ending(case: Case, member: str, event: ResultEnded) -> None:
    """What was granted here stays granted; its result counts no longer."""
    about = {"number": event.number, "ended_as": event.kind, "by": event.ended_by}
    case.tell("ended", member, **about, reason_codes=list(event.reason_codes))
    case.moved = True


def _note_stop(case: Case, member: str, event: ApprovalStopped) -> None:
    """Most stops are our own wish, no news.  A later filing ends with the result it is about."""
    if event.because == "earlier_result_gone":
        step = rules.note_impossible(case.graph, case.progress, member)
        if member in step.changed:
            case.members[member]["reason_code"] = EARLIER_GONE
        case.take(step)


def _note_delivery(case: Case, member: str, event: ApprovalDelivered) -> None:
    """Whoever opened it knows; of any other way the applicant is told, so as to object in time."""
    said = {"way": event.way, "by": event.by, "delivered_at": event.delivered_at.isoformat()}
    if case.members[member]["delivery"]:
        return
    case.change(member, delivery=said)
    if event.by != "holder":
        case.tell("delivered", member, **said, number=event.result)


def _note_correction(case: Case, member: str, event: CorrectionRequested) -> None:
    """It is the applicant's turn.  What the dossier does not have nobody can put right: where that
    is all that was asked, it is answered at once."""
    own, number = case.members[member], event.number
    asked = [gap.model_dump() for gap in event.gaps]
    known = correctable(case.plan, member, case.spared(member))
    fields, materials, unknown = resolved(known, asked)
    facts = {
        "gaps": asked,
        "fields": fields,
        "materials": materials,
        "unknown": unknown,
        "explanation": event.explanation,
        "answer_by": event.answer_by.isoformat() if event.answer_by else None,
    }
    since = event.requested_at.isoformat()
    holds = rules.begun(own["holds"], Hold.CORRECTION, number, since, facts)
    if holds == own["holds"]:
        return
    if not fields and not materials:
        holds = rules.ended(holds, Hold.CORRECTION, number, since)
        case.amended(member, "correction", unknown=unknown)
    elif own["state"] in AT_A_DESK:
        case.tell("correction", member, explanation=event.explanation, answer_by=facts["answer_by"])
    case.change(member, holds=holds)


def _note_due(case: Case, member: str, due: datetime | None) -> None:
    """What the authority said last holds, in whatever order its messages come."""
    if due is not None and case.sequence > case.members[member]["due_of"]:
        case.change(member, due=due, due_of=case.sequence)


def _note_suspension(case: Case, member: str, event: ApprovalSuspended) -> None:
    own, expected = case.members[member], event.expected.model_dump()
    facts = {"procedure": event.kind, "expected": expected, "explanation": event.explanation}
    since = event.since.isoformat()
    holds = rules.begun(own["holds"], Hold.PROCEDURE, event.number, since, facts)
    if holds == own["holds"]:
        return
    case.change(member, holds=holds)
    if own["state"] in AT_A_DESK:
        case.tell("suspended", member, **facts, since=since)


def _note_resumption(case: Case, member: str, event: ApprovalResumed) -> None:
    own, until = case.members[member], event.until.isoformat()
    _note_due(case, member, event.due)
    holds = rules.ended(own["holds"], Hold.PROCEDURE, event.number, until)
    if holds == own["holds"]:
        return
    case.change(member, holds=holds)
    if own["state"] in AT_A_DESK:
        case.tell("resumed", member, due=_iso(event.due))


def _note_extension(case: Case, member: str, event: ApprovalExtended) -> None:
    """The authority takes more time, once, and says why."""
    own, at = case.members[member], event.extended_at.isoformat()
    _note_due(case, member, event.due)
    holds = rules.ended(own["holds"], Hold.EXTENSION, 1, at)
    if holds == own["holds"]:
        return
    case.change(member, holds=holds)
    if own["state"] in AT_A_DESK:
        said = {"length": event.length.model_dump(), "reason_code": event.reason_code}
        case.tell("extended", member, **said, explanation=event.explanation, due=_iso(event.due))


def _note_handover(case: Case, member: str, event: ApprovalHandedOver) -> None:
    """Another department answers: it reads the dossier from now on, and the former one no more."""
    if case.sequence > case.members[member]["department_of"]:
        case.change(member, department=event.department, department_of=case.sequence)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


NOTED: dict[type, Callable[[Case, str, Any], None]] = {
    ApprovalReceived: _note_receipt,
    ApprovalAccepted: _note_acceptance,
    AcceptanceRefused: _note_refused_acceptance,
    CorrectionRequested: _note_correction,
    ApprovalSuspended: _note_suspension,
    ApprovalResumed: _note_resumption,
    ApprovalExtended: _note_extension,
    ApprovalHandedOver: _note_handover,
    ApprovalDecided: _note_decision,
    ApprovalDelivered: _note_delivery,
    ApprovalStopped: _note_stop,
    ResultIssued: _note_issue,
    ResultEnded: _note_ending,
}
