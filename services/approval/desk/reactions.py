"""What we do when bundle asks for an answer, or no longer wants it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock import actions as clock
from services.approval.clock.rules.reckoning import midnight_after
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk import actions, hearing
from services.approval.desk.arrivals import Arrivals
from services.approval.desk.rules import Acceptor, Accepts, Filing, State
from services.chassis import outbox
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import (
    ApprovalAmended,
    ApprovalCancelled,
    ApprovalOpened,
    ApprovalReceived,
    ApprovalRequested,
    Event,
    PartnerApprovalAmended,
)

Judge = Callable[
    [AsyncSession, Timekeeper, Sequence[Any], Sequence[Heard[ApprovalRequested]]],
    Awaitable[None],
]
"""Looks at what has just opened, in the same transaction."""


def reactions(
    partners: Collection[str], time: Timekeeper, judge: Judge, arrivals: Arrivals
) -> Mapping[Any, Reaction]:
    """`partners`: the departments whose own systems are told on their own streams."""

    async def open_approvals(tx: AsyncSession, heard: Sequence[Heard[ApprovalRequested]]) -> None:
        """Put each requested approval on its desk; accept at once where its item says so."""
        await hearing.take_turns(tx, [o.event.approval for o in heard if o.event.deferred])
        now = time.now()
        opened = await hearing.open_all(tx, [_opened(one, now) for one in heard])
        asked = [(one.event.approval, one.event.spared) for one in heard if one.event.spared]
        await hearing.spare(tx, asked)
        opened = await hearing.trimmed(tx, opened)
        ours = [row.id for row in opened if row.department in partners]
        spared = await hearing.spared_of(tx, ours)
        ahead = await clock.arm_new(tx, time, opened)
        told = [
            (event, row.version, row.correlation)
            for row in opened
            for event in _openings(
                row,
                clock.due_of(ahead[row.id]),
                row.department in partners,
                spared.get(row.id, ()),
            )
        ]
        await outbox.record_all(tx, told)
        await judge(tx, time, opened, heard)
        arrivals.announce(tx, [row.id for row in opened])

    async def cancel_approvals(tx: AsyncSession, heard: Sequence[Heard[ApprovalCancelled]]) -> None:
        """End what may still be ended; a cancellation that comes first leaves a mark."""
        for one in sorted(heard, key=lambda one: one.event.approval):
            if await hearing.leave_mark(tx, _mark(one, time.now())):
                continue
            row = await hearing.cancel(tx, one.event.approval, one.event.reason)
            if row is not None:
                told = hearing.stopping(
                    row, time.now(), row.department in partners, one.event.reason
                )
                await outbox.record(tx, *told, version=row.version, correlation=row.correlation)

    async def amend_approvals(tx: AsyncSession, heard: Sequence[Heard[ApprovalAmended]]) -> None:
        """Note what is no longer asked, and tell the department's own system."""
        ordered = sorted(heard, key=lambda one: one.event.approval)
        told = [await _amended(tx, one, partners, time.now()) for one in ordered]
        await outbox.record_all(tx, [one for one in told if one])

    return {
        ApprovalRequested: open_approvals,
        ApprovalCancelled: cancel_approvals,
        ApprovalAmended: amend_approvals,
    }


def _opened(one: Heard[ApprovalRequested], now: datetime) -> dict[str, Any]:
    event = one.event
    automatic = event.accepts == "automatic"
    return {
        "id": event.approval,
        "application": event.application,
        "bundle": event.bundle,
        "member": event.member,
        "item": event.item,
        "item_version": event.item_version,
        "item_name": event.item_name,
        "department": event.department,
        "region": event.region,
        "point": event.point,
        "situations": list(event.situations),
        "promise": event.promise.model_dump(),
        "legal": event.legal.model_dump() if event.legal else None,
        "extension": event.extension.model_dump() if event.extension else None,
        "licensing_law": event.licensing_law,
        "joint_order": event.joint_order,
        "deemed_consent": event.deemed_consent,
        "power_source": event.power_source,
        "entrusted_by": event.entrusted_by,
        "four_eyes": event.four_eyes,
        "deferred": [one.model_dump(mode="json") for one in event.deferred],
        "issues_with_gaps": event.issues_with_gaps,
        "filing": event.replaces.kind if event.replaces else Filing.FIRST,
        "replaces": event.replaces.number if event.replaces else None,
        "silence_grants_at": _silent_until(event),
        "handling": event.handling,
        "special_procedures": [one.model_dump() for one in event.special_procedures],
        "issues": event.issues,
        "acr": event.acr,
        "holder": event.holder,
        "facts": event.facts,
        "relies_on": list(event.relies_on),
        "accepts": Accepts(event.accepts),
        "state": State.ACCEPTED if automatic else State.OPENED,
        "receipt": actions.drawn("RC", now),
        "opened_at": now,
        "accepted_at": now if automatic else None,
        "acceptor": Acceptor.AUTOMATIC if automatic else None,
        "correlation": one.correlation,
        "version": 1,
    }


def _silent_until(event: ApprovalRequested) -> datetime | None:
    """When silence renews: at the end of the earlier result's last day (行政许可法 art. 50)."""
    earlier = event.replaces
    if earlier is None or earlier.kind != "renewal" or earlier.valid_until is None:
        return None
    by_law = event.licensing_law or earlier.deemed_consent
    return midnight_after(earlier.valid_until) if by_law else None


def _mark(one: Heard[ApprovalCancelled] | Heard[ApprovalAmended], now: datetime) -> dict[str, Any]:
    return {
        "id": one.event.approval,
        "application": one.event.application,
        "bundle": "",
        "member": one.event.member,
        "item": "",
        "item_version": 0,
        "item_name": "",
        "department": one.event.department,
        "region": "",
        "situations": [],
        "promise": {},
        "power_source": "own",
        "four_eyes": False,
        "deferred": [],
        "issues_with_gaps": False,
        "handling": "promise",
        "special_procedures": [],
        "acr": "",
        "facts": {},
        "relies_on": [],
        "accepts": Accepts.AUTOMATIC,
        "state": State.CANCELLED,
        "opened_at": now,
        "correlation": one.correlation,
        "version": 1,
    }


def _openings(
    row: Any, due: datetime | None, partner: bool, spared: Sequence[Row[Any]]
) -> list[Event]:
    told: list[Event] = [_opening(row)]
    if row.state is State.ACCEPTED:
        told.append(actions.acceptance(row, due))
    else:
        told.append(_receipt(row))
    if partner:
        told.append(hearing.partner_opening(row, due, spared))
    return told


def _opening(row: Any) -> ApprovalOpened:
    return ApprovalOpened(
        approval=row.id,
        application=row.application,
        bundle=row.bundle,
        member=row.member,
        item=row.item,
        department=row.department,
        opened_at=row.opened_at,
    )


def _receipt(row: Any) -> ApprovalReceived:
    return ApprovalReceived(
        approval=row.id,
        application=row.application,
        member=row.member,
        department=row.department,
        receipt=row.receipt,
        received_at=row.opened_at,
    )


async def _amended(
    tx: AsyncSession, one: Heard[ApprovalAmended], partners: Collection[str], now: datetime
) -> tuple[Event, int, str] | None:
    """What a partner is told of an amendment, where there is something new in it.  The approval may
    have been handed over since bundle wrote: it is told to whom it lies with."""
    if not await hearing.spare(tx, [(one.event.approval, one.event.spared)]):
        return None
    gone = {spared.evidence for spared in one.event.spared}
    row = await hearing.amend(tx, _mark(one, now), gone)
    if row is None or row.department not in partners:
        return None
    said = one.event.model_dump(exclude={"member", "department"})
    told = PartnerApprovalAmended(department=row.department, **said)
    return told, row.version, one.correlation
