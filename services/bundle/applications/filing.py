"""Filing: what it takes, and everything or nothing of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import instantly, later, open_filings
from services.bundle.applications.later import Earlier, Ground
from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.applications.opening import Checked, application_row, begin, member_rows
from services.bundle.applications.views import ApplicationView, whole
from services.bundle.composition.rules import (
    CommitmentKey,
    Plan,
    Published,
    check_filing,
    compose,
    dated,
    day_of,
    enough_answers,
    fitting_answers,
    guidance,
)
from services.bundle.composition.shelf import Shelf
from services.bundle.parties import actions as parties
from services.bundle.parties.actions import Cast, Claim
from services.bundle.parties.rules import NUMBER, HolderNotYours
from services.bundle.parties.sealing import Sealer
from services.bundle.points import actions as points
from services.bundle.wallet import actions as wallet
from services.chassis import driver, outbox
from services.chassis.database import packed, packed_row
from services.chassis.errors import Conflict
from services.chassis.identity import Principal

# One statement: filing is the dearest request, and row by row it took six.
ROW, ROWS = (", ".join(each.c.keys()) for each in (APPLICATION, MEMBER))
FILE = f"""
    WITH filed AS (
        INSERT INTO application ({ROW})
        SELECT {ROW} FROM jsonb_populate_record(NULL::application, $1::jsonb)
    )
    INSERT INTO member ({ROWS})
    SELECT {ROWS} FROM jsonb_populate_recordset(NULL::member, $2::jsonb)
"""


class PlanChanged(Conflict):
    """The plan you agreed to is no longer right; here is the new one, and nothing was stored."""

    zh = "您确认的方案已不再适用；附上新方案，本次没有保存任何内容。"


class AlreadyFiled(Conflict):
    """This is filed already and not decided yet; here is the open application."""

    zh = "同一事项已有在办的申请，无需再次申报；附上在办的办件。"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: a bundle, under these answers, for this holder."""

    bundle: str
    answers: Mapping[str, Any]
    claim: Claim
    commitments: tuple[CommitmentKey, ...] = ()
    """The commitments they choose to sign instead of bringing evidence."""
    earlier: Earlier | None = None
    """Instead of a bundle: something is asked of a result that was issued before."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What an applicant hands in."""

    wish: Wish
    plan: str
    form: Mapping[str, Any]
    materials: Mapping[str, list[UUID]]
    signed: tuple[Mapping[str, Any], ...] = ()
    """The texts they signed, each with its version and digest."""
    point: str | None = None
    """The service point at which they want it handled."""


async def consider(
    tx: AsyncSession, who: Principal, wish: Wish, shelf: Shelf, sealer: Sealer, now: datetime
) -> dict[str, Any]:
    """The next question, or the plan when enough is answered.  Nothing is stored."""
    ground = await _ground(tx, who, wish, shelf, sealer, now)
    if asks := guidance(ground.published, fitting_answers(ground.published, wish.answers)):
        return asks
    plan = await _plan(tx, ground, wish, sealer)
    return dated(plan, day_of(now))


async def _ground(
    tx: AsyncSession,
    who: Principal,
    wish: Wish,
    shelf: Shelf,
    sealer: Sealer,
    now: datetime,
    filing: bool = False,
) -> Ground:
    if wish.earlier:
        about = (wish.earlier, shelf, sealer, now, filing, wish.claim.mandate)
        return await later.ground(tx, who, *about)
    published = await shelf.published(tx, wish.bundle)
    return Ground(published, await parties.cast(tx, who, published.bundle, wish.claim, sealer))


async def _plan(
    tx: AsyncSession, ground: Ground, wish: Wish, sealer: Sealer, filing: bool = False
) -> Plan:
    """What this bundle becomes for these answers and this holder's wallet.

    `filing`: the holders' other filings wait until this one is stored, so that two at once cannot
    both be the first.
    """
    published, cast = ground.published, ground.cast
    answers = enough_answers(published, wish.answers)
    held = await wallet.held(tx, cast.roles, published, answers, sealer)
    if ground.held is not None and ground.later is not None:
        open_ = await later.open_filings(tx, ground.held)
        held = await later.about_it(tx, ground, held)
        plan = compose(published, answers, held, open_, wish.commitments)
        return later.named(plan, ground.held, ground.later)
    about = subjects_named(published, answers, sealer)
    known = open_filings.holders(published, cast.roles)
    open_ = await open_filings.find(tx, published, known, about, filing)
    return compose(published, answers, held, open_, wish.commitments)


async def submit(
    tx: AsyncSession, who: Principal, filing: Filing, shelf: Shelf, sealer: Sealer, now: datetime
) -> ApplicationView:
    """File: everything or nothing.  Members whose inputs are there are requested at once.

    The answer is made from what was written, not read again: filing is the dearest request.
    """
    ground = await _ground(tx, who, filing.wish, shelf, sealer, now, filing=True)
    published, cast = ground.published, ground.cast
    point = await points.wanted(tx, who, filing.point)
    agreed = await _plan(tx, ground, filing.wish, sealer, filing=True)
    check_agreed(agreed, filing.plan, now)
    uploads = {key: [str(one) for one in given] for key, given in filing.materials.items()}
    form = check_filing(agreed, filing.form, uploads, filing.signed)
    _check_named(published, cast, form, sealer)

    application = uuid_utils.compat.uuid7()
    settled = await parties.settle(tx, cast, published.bundle, form, application, sealer)
    subjects = subjects_named(published, {**form, **agreed["answers"]}, sealer)
    subjects |= later.subjects(ground)
    if ground.held is None:
        await _check_not_filed(tx, published, cast, agreed, settled, subjects)
    checked = Checked(form, uploads, settled, subjects)
    row = application_row(application, who, published, cast, agreed, checked, sealer, now)
    members = member_rows(application, agreed, settled, point)
    await instantly.prepare(tx, published, agreed, members, form, sealer, now)
    if ground.held is not None and ground.later is not None:
        members[0]["ask"]["replaces"] = later.asked(agreed, ground.held, ground.later)
        await later.repeat_content(tx, ground, members[0], sealer)
    facts = begin(row, members, agreed)
    await driver.execute(tx, FILE, packed_row(row), packed(members))
    rest = (agreed, filing.materials, settled, subjects, who.sub, row["filer"])
    await wallet.hand_in(tx, application, *rest)
    await outbox.record_all(tx, facts)
    return whole(SimpleNamespace(**row), members, form)


def check_agreed(agreed: Plan, digest: str, now: datetime) -> None:
    """The plan is still the one the applicant saw, and there is something left to file in it."""
    if agreed["digest"] == digest and agreed["members"]:
        return
    shown = dated(agreed, day_of(now))
    if agreed["already_open"]:
        raise AlreadyFiled(already_open=agreed["already_open"], plan=shown)
    raise PlanChanged(plan=shown)


async def _check_not_filed(
    tx: AsyncSession,
    published: Published,
    cast: Cast,
    agreed: Plan,
    settled: Mapping[str, UUID],
    subjects: Mapping[str, str],
) -> None:
    """What was not known before the form was read: who the holder is, and what it is about."""
    late = {role: party for role, party in settled.items() if cast.roles.get(role) != party}
    told = set(subjects) - {
        code for code, kind in published.evidence.items() if kind.subject_field in agreed["answers"]
    }
    holders = open_filings.holders(published, settled if told else late, born=False)
    found = await open_filings.find(tx, published, holders, subjects, lock=True)
    selected = {(m["item"], m["holder"]): m for m in agreed["members"]}
    again = [
        {name: m[name] for name in ("member", "item", "name", "name_en", "department")}
        | {"application": one.application, "open_member": one.member}
        for one in found
        if (m := selected.get((one.item, one.owner)))
    ]
    if again:
        raise AlreadyFiled(already_open=again)


def _check_named(published: Published, cast: Cast, form: Mapping[str, Any], sealer: Sealer) -> None:
    """The existing holder named in the form must be the one the caller may act for.  A child whom
    its guardian names for the first time is nobody we know."""
    existing = [party for party in published.bundle.parties if party.who in ("named", "ward")]
    named = next(iter(existing), None)
    if named is None or named.number_field is None:
        return
    if named.who == "ward" and cast.roles.get(named.role) is None:
        return
    stated = sealer.index(named.kind, form.get(named.number_field))
    if cast.number_index != stated:
        raise HolderNotYours("number", *NUMBER)


def subjects_named(
    published: Published, values: Mapping[str, Any], sealer: Sealer
) -> dict[str, str]:
    """The things this application is about, by the evidence types that are tied to one."""
    return {
        code: sealer.index("subject", values[kind.subject_field])
        for code, kind in published.evidence.items()
        if kind.subject_field and kind.subject_field in values
    }
