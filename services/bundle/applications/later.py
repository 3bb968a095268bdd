"""Later filings of a result (延续, 变更, 补证): what they build on.

Whoever files locks the earlier result's row in the wallet: of two at once the second finds the
first.  Whether the result still stands is approval's to say; what is refused here was known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.applications.rules import UNDECIDED, MemberState, earlier
from services.bundle.composition.rules import (
    REPLACEMENT,
    Held,
    Later,
    OpenFiling,
    Plan,
    Published,
    day_of,
    digest,
    of_the_same_thing,
    untied,
)
from services.bundle.composition.shelf import Shelf
from services.bundle.parties import actions as parties
from services.bundle.parties import mandates
from services.bundle.parties.actions import PARTY, Cast
from services.bundle.parties.sealing import Sealer
from services.bundle.parties.tables import Kind
from services.bundle.wallet.actions import EVIDENCE, RESULT_CONTENT, keep_content
from services.bundle.wallet.api import parties_of
from services.chassis.identity import Principal

REPLACES = MEMBER.c.ask["replaces"]["number"].astext.label("number")


@dataclass(frozen=True, slots=True)
class Earlier:
    """The result that a later filing is about, as its holder names it."""

    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What a filing is composed from: a bundle, or one item and the result it once issued."""

    published: Published
    cast: Cast
    held: Row[Any] | None = None
    later: Later | None = None
    same_thing: frozenset[str] = frozenset()
    """Evidence types that are about what the earlier result is about."""
    untied: frozenset[str] = frozenset()
    """Those that are about some thing which the form does not name."""


async def ground(
    tx: AsyncSession,
    who: Principal,
    named: Earlier,
    shelf: Shelf,
    sealer: Sealer,
    now: datetime,
    filing: bool,
    mandate: UUID | None = None,
) -> Ground:
    """Raises where it is nobody's here, counts no longer, or its item does not offer the kind."""
    agency = await parties.mandated(tx, who, mandate) if mandate else None
    whose = mandates.holders(agency) if agency else parties_of(who, sealer)
    found = select(EVIDENCE, PARTY.c.kind, PARTY.c.account, MEMBER.c.ask["item"].astext)
    found = found.join(PARTY, PARTY.c.id == EVIDENCE.c.party)
    found = found.join(MEMBER, MEMBER.c.approval == EVIDENCE.c.approval)
    found = found.where(EVIDENCE.c.result_number == named.number, EVIDENCE.c.party.in_(whose))
    held = (await tx.execute(found.with_for_update(of=EVIDENCE) if filing else found)).first()
    # To an agent what the mandate does not cover is as absent as none.
    if held is None or (agency and await bundle_of(tx, held) not in agency.bundles):
        raise earlier.ResultUnknown()
    today = day_of(now)
    earlier.check_standing(held.ended_as, held.replaced_by, held.valid_until, today)
    account = mandates.applicant(agency, who) if agency else who.sub
    own, enterprise = held.account == account, held.kind is Kind.ENTERPRISE
    published, later, version = await shelf.later(tx, held[-1], named.kind, enterprise, own)
    earlier.check_in_time(later, held.valid_until, today)
    roles: dict[str, UUID | None] = {published.bundle.holder: held.party}
    if not own and published.bundle.applicant:
        roles[published.bundle.applicant] = await parties.own_person(tx, account)
    things = of_the_same_thing(version, published), untied(version, published)
    by = (agency.id, agency.granted_by) if agency else (None, None)
    return Ground(published, Cast(roles, account, *by), held, later, *things)


async def bundle_of(tx: AsyncSession, held: Row[Any]) -> str | None:
    """Under which bundle it was first issued to its holder: what was renewed or changed since came
    of filings without one.  None: not by any filing that lies here."""
    came = select(MEMBER.c.application, REPLACES).where(MEMBER.c.approval == held.approval)
    line = came.cte("line", recursive=True)
    same = EVIDENCE.c.result_number == line.c.number, EVIDENCE.c.party == held.party
    before = select(MEMBER.c.application, REPLACES).join(
        EVIDENCE, EVIDENCE.c.approval == MEMBER.c.approval
    )
    line = line.union(before.join(line, and_(*same)))
    first = select(APPLICATION.c.bundle).join(line, line.c.application == APPLICATION.c.id)
    found: str | None = await tx.scalar(first.where(line.c.number.is_(None)))
    return found


async def open_filings(tx: AsyncSession, held: Row[Any]) -> list[OpenFiling]:
    """What is asked of this result already, whatever its kind, and has issued nothing yet."""
    waits = and_(MEMBER.c.state == MemberState.GRANTED, MEMBER.c.issued.is_(False))
    found = (
        select(MEMBER.c.application, MEMBER.c.member)
        .where(
            MEMBER.c.holder == held.party,
            MEMBER.c.ask["replaces"]["number"].astext == held.result_number,
            or_(MEMBER.c.state.in_(UNDECIDED), waits),
        )
        .order_by(MEMBER.c.application)
        .limit(1)
    )
    return [
        OpenFiling(held[-1], "holder", str(row.application), row.member)
        for row in await tx.execute(found)
    ]


def named(plan: Plan, held: Row[Any], later: Later) -> Plan:
    """The plan says what it is about: the same answers about another result are another plan."""
    about = {"number": held.result_number, "kind": later.kind}
    whole = {**plan, "replaces": about}
    return whole | {"digest": digest(whole)}


def asked(agreed: Plan, held: Row[Any], later: Later) -> dict[str, Any]:
    """What the request tells approval of the earlier result."""
    until = held.valid_until
    nothing = not (agreed["form"] or agreed["materials"] or agreed["commitments"])
    return {
        "number": held.result_number,
        "kind": later.kind,
        "valid_until": until.isoformat() if until else None,
        "deemed_consent": later.deemed_consent,
        "at_once": later.kind == REPLACEMENT and nothing,
    }


def subjects(ground: Ground) -> dict[str, str]:
    """The thing that the earlier result is tied to: the new one is tied to the same, and so is what
    is handed in about it."""
    if ground.held is None or not ground.held.subject_index:
        return {}
    return dict.fromkeys(ground.same_thing, ground.held.subject_index)


async def about_it(tx: AsyncSession, ground: Ground, held: Sequence[Held]) -> list[Held]:
    """Without evidence in the wallet that is about another thing than the earlier result."""
    doubtful = [UUID(one.id) for one in held if one.evidence in ground.untied]
    if not doubtful or ground.held is None:
        return list(held)
    found = select(EVIDENCE.c.id).where(
        EVIDENCE.c.id.in_(doubtful),
        EVIDENCE.c.evidence.in_(ground.same_thing),
        EVIDENCE.c.subject_index == ground.held.subject_index,
    )
    good = {str(one) for one in (await tx.execute(found)).scalars()}
    return [one for one in held if one.evidence not in ground.untied or one.id in good]


async def repeat_content(
    tx: AsyncSession, ground: Ground, member: Mapping[str, Any], sealer: Sealer
) -> None:
    """补证: what the new document says lies ready, sealed for the new approval."""
    held, later = ground.held, ground.later
    if held is None or later is None or later.kind != REPLACEMENT:
        return
    same = [RESULT_CONTENT.c.approval == held.approval, RESULT_CONTENT.c.digest == held.digest]
    kept = (await tx.execute(select(RESULT_CONTENT.c.content).where(*same))).scalar()
    if kept is None:
        return  # the desk keeps it itself: its digest is all we have
    content = orjson.loads(sealer.open(kept, f"content|{held.approval}|{held.digest}"))
    kind = ground.published.evidence[held.evidence]
    await keep_content(tx, member["approval"], held.party, kind, content, sealer)
