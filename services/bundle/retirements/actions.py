"""The day of a retirement: applications under way are asked for less, in their favour only.

Catalog told of it before; the date makes it hold, not an event.  A few applications are one
transaction, so replicas share the work and a crash loses none of it; what was done once finds
nothing to do again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, String, Uuid, and_, any_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import moves, rules
from services.bundle.applications.cases import Case, kept
from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.applications.notifying import Notice
from services.bundle.applications.rules import Graph, MemberState
from services.bundle.composition.retiring import ENDS, RETIREMENT
from services.bundle.composition.rules import day_of, demanded
from services.bundle.retirements.rules import Retired
from services.bundle.retirements.tables import CarriedOut
from services.chassis.database import packed, table, update_all
from services.contracts import ApprovalAmended, SparedEvidence

CARRIED_OUT = table(CarriedOut)
AT_ONCE = 50
SECOND_ROUND = timedelta(minutes=1)
UNDECIDED = (MemberState.WAITING, MemberState.REQUESTED, MemberState.ACCEPTED)
AT_A_DESK = (MemberState.REQUESTED, MemberState.ACCEPTED)

SEEN_TO = and_(
    CARRIED_OUT.c.item == RETIREMENT.c.item, CARRIED_OUT.c.version == RETIREMENT.c.version
)
DUE = (
    select(RETIREMENT, CARRIED_OUT.c.after, CARRIED_OUT.c.again_at)
    .outerjoin(CARRIED_OUT, SEEN_TO)
    .where(
        RETIREMENT.c.withdrawn.is_(False),
        RETIREMENT.c.effective <= bindparam("today"),
        CARRIED_OUT.c.done_at.is_(None),
        or_(CARRIED_OUT.c.again_at.is_(None), CARRIED_OUT.c.again_at <= bindparam("now")),
    )
    .order_by(RETIREMENT.c.effective, RETIREMENT.c.item)
    .limit(1)
    .with_for_update(of=RETIREMENT, skip_locked=True)
)
NEXT = text(
    """
    SELECT m.application FROM member m JOIN application a ON a.id = m.application
    WHERE m.application > :after AND m.ask->>'item' = ANY (:items)
      AND (a.outcome IS NULL AND m.state IN ('waiting', 'requested', 'accepted')
           OR m.state = 'granted' AND NOT m.issued AND a.gaps <> '{}')
    GROUP BY m.application ORDER BY m.application LIMIT :most
    """
)
ENDED = select(RETIREMENT.c.item).where(
    RETIREMENT.c.item == any_(bindparam("items", type_=ARRAY(String))),
    RETIREMENT.c.mode.in_(ENDS),
    RETIREMENT.c.effective <= bindparam("today"),
    RETIREMENT.c.withdrawn.is_(False),
)
PLANS = select(APPLICATION.c.id, APPLICATION.c.plan).where(
    APPLICATION.c.id == any_(bindparam("wanted", type_=ARRAY(Uuid)))
)
CHANGE_ASKS = update_all(MEMBER, ["application", "member"], ["ask"])
CHANGE_GRAPHS = update_all(APPLICATION, ["id"], ["graph"])


async def carry_out(tx: AsyncSession, now: datetime) -> bool:
    """See to the next few applications of a retirement that is due; true where one was found."""
    today = day_of(now)
    due = (await tx.execute(DUE, {"today": today, "now": now})).first()
    if due is None:
        return False
    retired = Retired.of(due)
    after = due.after or UUID(int=0)
    wanted = {"after": after, "items": retired.items, "most": AT_ONCE}
    applications = list((await tx.execute(NEXT, wanted)).scalars())
    if applications:
        await _amend_all(tx, retired, applications, today)
    await _note_round(tx, due, applications, now)
    return True


async def _note_round(
    tx: AsyncSession, due: Row[Any], applications: Sequence[UUID], now: datetime
) -> None:
    """Where the next look begins: after these, from the beginning, or never again."""
    values: dict[str, Any] = {"after": None, "again_at": due.again_at, "done_at": None}
    if len(applications) == AT_ONCE:
        values["after"] = applications[-1]
    elif due.again_at is None:
        values["again_at"] = now + SECOND_ROUND
    else:
        values["done_at"] = now
    round_ = insert(CARRIED_OUT).values(item=due.item, version=due.version, **values)
    await tx.execute(round_.on_conflict_do_update(index_elements=["item", "version"], set_=values))


async def _amend_all(
    tx: AsyncSession, retired: Retired, applications: Sequence[UUID], today: date
) -> None:
    cases = await moves.load(tx, applications)
    plans = {row.id: row.plan for row in await tx.execute(PLANS, {"wanted": applications})}
    items = sorted({own["ask"]["item"] for case in cases.values() for own in case.members.values()})
    ended = set((await tx.execute(ENDED, {"items": items, "today": today})).scalars())

    asks, graphs = [], []
    for case in cases.values():
        spared, changed = _amend(case, retired, plans[case.row.id], ended)
        if not changed:
            continue
        asks += [case.members[member] for member in spared]
        graphs.append({"id": case.row.id, "graph": kept(case.graph)})
        case.notices.append(_notice(case, retired, spared))
    if asks:
        await tx.execute(CHANGE_ASKS, {"rows": packed(asks)})
    if graphs:
        await tx.execute(CHANGE_GRAPHS, {"rows": packed(graphs)})
    await moves.store(tx, cases.values())


def _amend(
    case: Case, retired: Retired, plan: Mapping[str, Any], ended: set[str]
) -> tuple[dict[str, list[dict[str, Any]]], bool]:
    """Spare one application what it need not bring any more; answers what, by member, and whether
    anything changed."""
    if any(len(wait) == 2 for waits in case.row.graph["waits"].values() for wait in waits):
        case.graph = Graph.of(plan)  # filed before graphs said what each wait is to bring
    spared = _spared(case, retired, plan)
    before = {member: own["state"] for member, own in case.members.items()}
    for member, more in spared.items():
        ask = case.members[member]["ask"]
        case.members[member]["ask"] = ask | {"spared": [*ask.get("spared", ()), *more]}
    less, step = rules.retire(
        case.graph,
        case.progress,
        {member: [one["evidence"] for one in more] for member, more in spared.items()},
        [member for member, own in case.members.items() if own["ask"]["item"] in ended],
    )
    _lessen_corrections(case, spared)
    changed = bool(spared) or less != case.graph or bool(step.changed)
    case.graph, case.moved = less, case.moved or changed
    case.take(step)
    case.facts += [
        (_amendment(case, member, retired, more), case.version, case.correlation)
        for member, more in spared.items()
        if before[member] is MemberState.GRANTED
        or (before[member] in AT_A_DESK and case.members[member]["state"] in AT_A_DESK)
    ]
    return spared, changed


def _spared(
    case: Case, retired: Retired, plan: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for member, own in case.members.items():
        asked = _asked(case, member, plan) - case.spared(member)
        if more := retired.spares(own["ask"]["item"], asked):
            found[member] = more
    return found


def _asked(case: Case, member: str, plan: Mapping[str, Any]) -> frozenset[str]:
    """What is still to be judged by, or still waited for: a grant holds back its result until what
    was left for later has come."""
    own = case.members[member]
    if own["state"] in UNDECIDED:
        return demanded(plan, member)
    if own["state"] is not MemberState.GRANTED or own["issued"]:
        return frozenset()
    left = {
        key.partition(":")[0]
        for key, gap in case.row.gaps.items()
        if member in gap.get("for", ()) and gap["came_at"] is None
    }
    return demanded(plan, member) & left


def _lessen_corrections(case: Case, spared: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Nobody is to put right what is no longer asked; where that was all, the desk goes on."""
    for member, more in spared.items():
        holds = case.members[member]["holds"]
        less = rules.lessened(holds, {one["evidence"] for one in more}, case.now.isoformat())
        if less == holds:
            continue
        case.change(member, holds=less)
        if rules.open_correction(less) is None:
            case.amended(member, "correction")


def _amendment(
    case: Case, member: str, retired: Retired, spared: Sequence[Mapping[str, Any]]
) -> ApprovalAmended:
    own = case.members[member]
    return ApprovalAmended(
        approval=own["approval"],
        application=case.row.id,
        member=member,
        item=own["ask"]["item"],
        department=own["department"],
        retired=retired.item,
        effective=retired.effective,
        spared=tuple(SparedEvidence(**one) for one in spared),
    )


def _notice(case: Case, retired: Retired, spared: Mapping[str, Sequence[Any]]) -> Notice:
    """One notice for all that an applicant is spared by one retirement."""
    facts = {
        "retired": retired.item,
        "mode": retired.mode,
        "effective": retired.effective.isoformat(),
        "spared": {m: [one["evidence"] for one in more] for m, more in spared.items()},
        "not_needed": [
            member
            for member, own in case.members.items()
            if own["state"] is MemberState.NOT_NEEDED and own["ask"]["item"] == retired.item
        ],
    }
    return Notice("amended", None, facts)
