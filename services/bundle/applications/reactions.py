"""What we do when an authority answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves, rules
from services.bundle.applications.moves import Case
from services.bundle.applications.rules import MemberState
from services.bundle.wallet.actions import keep_results
from services.chassis.envelope import Heard
from services.chassis.errors import NotFound
from services.contracts import ApprovalAccepted, ApprovalDecided, ResultIssued

Answer = ApprovalAccepted | ApprovalDecided | ResultIssued

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

    One function for three events: it locks all the applications that a batch touches in one
    statement, in id order.
    """
    cases = await moves.load(tx, [one.event.application for one in heard])
    results = []
    for one in heard:
        case = cases.get(one.event.application)
        member = _asked(case, one.event.approval) if case else None
        if case is None or member is None:
            raise NobodyAsked(f"{one.event.approval}", f"{one.event.approval}")
        if isinstance(one.event, ResultIssued):
            results.append(_result(case, member, one.event))
        _note(case, member, one.event)
    await keep_results(tx, results)
    await moves.store(tx, cases.values())


def _asked(case: Case, approval: UUID) -> str | None:
    """The member that an approval answers: by its id, as a department may have two members."""
    return next((m for m, own in case.members.items() if own["approval"] == approval), None)


def _note(case: Case, member: str, event: Answer) -> None:
    closed = case.members[member]["state"] in CLOSED
    if isinstance(event, ApprovalAccepted):
        case.take(rules.note_accepted(case.graph, case.progress, member))
    elif isinstance(event, ApprovalDecided):
        if closed:
            case.change(member, late=event.verdict, reason_code=event.reason_code)
            return
        case.members[member]["reason_code"] = event.reason_code
        case.take(rules.note_decided(case.graph, case.progress, member, event.verdict))
    else:
        case.change(member, result_number=event.number)
        case.take(rules.note_issued(case.graph, case.progress, member))


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


REACTIONS = {
    ApprovalAccepted: note_answers,
    ApprovalDecided: note_answers,
    ResultIssued: note_answers,
}
