"""Find the parties of an application, and make those that are not known yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import uuid_utils.compat
from asyncpg import Record
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition.rules import Bundle, Party
from services.bundle.parties import rules, tables, wards
from services.bundle.parties.sealing import Sealer
from services.bundle.parties.tables import Kind, Mandate, Representative
from services.chassis import driver
from services.chassis.database import table
from services.chassis.identity import Principal
from services.chassis.ticks import moment

PARTY = table(tables.Party)
MANDATE = table(Mandate)
REPRESENTATIVE = table(Representative)
OWN = "SELECT id FROM party WHERE account = $1"
BY_NUMBER = "SELECT id FROM party WHERE kind = $1 AND number_index = $2 AND account IS NULL"
NEW = """
    INSERT INTO party (id, kind, account, name, number, number_index, born_of)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id
"""
# In the order of their ids, so that no two transactions wait for each other.
TURN = """
    UPDATE party SET filings = filings + 1
    FROM (SELECT id FROM party WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE) AS one
    WHERE party.id = one.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """For whom somebody says they apply."""

    number: str | None = None
    mandate: UUID | None = None
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """The parties behind a bundle's roles, as far as they exist."""

    roles: Mapping[str, UUID | None]
    account: str
    """Whose own person the applicant is: the principal's, where an agent files for a person."""
    mandate: UUID | None = None
    principal: str | None = None
    """The account that gave the mandate; it reads what its agent files."""
    number_index: str | None = None
    """The number that the named holder must have in the form."""


async def cast(
    tx: AsyncSession, who: Principal, bundle: Bundle, claim: Claim, sealer: Sealer
) -> Cast:
    """Who stands behind each role; refuses a holder the caller may not act for."""
    mandate = await mandated(tx, who, claim.mandate) if claim.mandate else None
    if mandate is not None and bundle.code not in mandate.bundles:
        raise rules.HolderNotYours("mandate", *rules.MANDATE)
    for_person = mandate is not None and mandate.kind is Kind.PERSON
    account = mandate.granted_by if mandate and for_person else who.sub
    roles: dict[str, UUID | None] = {party.role: None for party in bundle.parties}
    if bundle.applicant:
        roles[bundle.applicant] = await own_person(tx, account)
    index = None
    if named := next((party for party in bundle.parties if party.who == "named"), None):
        roles[named.role], index = await _named(tx, who, named, claim, mandate, sealer)
    elif claim.number:
        raise rules.HolderNotYours("number", *rules.KIND)
    if claim.party:
        roles[bundle.holder] = await _represented(tx, account, claim.party, bundle)
        index = await _index_of(tx, account, claim.party, bundle)
    principal = mandate.granted_by if mandate else None
    return Cast(roles, account, mandate.id if mandate else None, principal, index)


async def mandated(tx: AsyncSession, who: Principal, mandate: UUID) -> Row[Any]:
    """The mandate that the caller was given, in force; which bundles it covers is asked next."""
    found = select(MANDATE, PARTY.c.kind, PARTY.c.number_index).join(
        PARTY, PARTY.c.id == MANDATE.c.principal
    )
    in_force = [MANDATE.c.revoked_at.is_(None), MANDATE.c.valid_until > moment(tx)]
    mine = [MANDATE.c.id == mandate, MANDATE.c.agent == who.sub]
    row = (await tx.execute(found.where(*mine, *in_force))).first()
    if row is None:
        raise rules.HolderNotYours("mandate", *rules.MANDATE)
    return row


async def own_person(tx: AsyncSession, account: str) -> UUID | None:
    return _first(await driver.fetch(tx, OWN, account))


async def _named(
    tx: AsyncSession,
    who: Principal,
    role: Party,
    claim: Claim,
    mandate: Row[Any] | None,
    sealer: Sealer,
) -> tuple[UUID | None, str | None]:
    """The existing party a bundle is about, and the number that proves it is the same one.

    Without a number and without a legal-person login nobody is named yet: the plan then counts on
    no wallet, and filing asks again.
    """
    proves = role.kind == Kind.ENTERPRISE  # a person's number is what a form said
    login = who.enterprise if proves else None
    granted = mandate.number_index if proves and mandate and mandate.kind == role.kind else None
    number = claim.number or login
    index = sealer.index(role.kind, number) if number else None
    if granted and claim.number is None:
        index = granted
    if claim.number and login != claim.number and granted != index:
        raise rules.HolderNotYours("number", *rules.NUMBER)
    return (await by_number(tx, role.kind, index) if index else None), index


async def _index_of(tx: AsyncSession, account: str, party: UUID, bundle: Bundle) -> str | None:
    """The number that a holder who exists already must have in the form."""
    role = bundle.party(bundle.holder)
    if role is not None and role.who == "ward":
        return await wards.number_of(tx, account, party)
    index: str | None = await tx.scalar(select(PARTY.c.number_index).where(PARTY.c.id == party))
    return index


async def by_number(tx: AsyncSession, kind: str, index: str) -> UUID | None:
    return _first(await driver.fetch(tx, BY_NUMBER, Kind(kind), index))


def _first(rows: list[Record]) -> UUID | None:
    return rows[0]["id"] if rows else None


async def _represented(tx: AsyncSession, account: str, party: UUID, bundle: Bundle) -> UUID:
    mine = select(PARTY.c.kind).outerjoin(
        REPRESENTATIVE,
        (REPRESENTATIVE.c.party == PARTY.c.id) & (REPRESENTATIVE.c.account == account),
    )
    allowed = (PARTY.c.account == account) | REPRESENTATIVE.c.account.is_not(None)
    kind = await tx.scalar(mine.where(PARTY.c.id == party, allowed))
    if kind is None:
        raise rules.HolderNotYours("party", *rules.PARTY)
    role = bundle.party(bundle.holder)
    if role is None or role.kind != kind or role.who == "born":
        raise rules.HolderNotYours("party", *rules.KIND)
    return party


async def take_turns(tx: AsyncSession, parties: Collection[UUID]) -> None:
    """Wait until nobody else is filing for them, and have others wait until this is filed.

    Whoever looked before without waiting (applications/swift.py) sees by the number that it was
    somebody else's turn meanwhile.
    """
    await driver.execute(tx, TURN, list(parties))


async def settle(
    tx: AsyncSession,
    known: Cast,
    bundle: Bundle,
    form: Mapping[str, Any],
    application: UUID,
    sealer: Sealer,
) -> dict[str, UUID]:
    """A party for every role and every entry of a list: found, or made now.

    Keys are roles, and `role[n]` for the n-th entry of a list, as in plans.
    """
    settled: dict[str, UUID] = {}
    for role in bundle.parties:
        if role.who == "entry":
            for place, entry in enumerate(form.get(role.list or "", ()), 1):
                key = f"{role.role}[{place}]"
                settled[key] = await _known_or_new(tx, role, entry, sealer)
            continue
        party = known.roles.get(role.role)
        settled[role.role] = party or await _make(tx, role, known, form, application, sealer)
    return settled


async def _make(
    tx: AsyncSession,
    role: Party,
    known: Cast,
    form: Mapping[str, Any],
    application: UUID,
    sealer: Sealer,
) -> UUID:
    if role.who == "applicant":
        return await _make_own(tx, role, known.account, form, sealer)
    if role.who == "ward":
        return await wards.named(tx, role, known.principal or known.account, form, sealer)
    if role.who == "born":
        party = await new_party(
            tx, role.kind, _text(form, role.name_field), None, sealer, application
        )
        assert party is not None
        stands = {"party": party, "account": known.principal or known.account}
        await tx.execute(insert(REPRESENTATIVE).values(stands))
        return party
    return await _known_or_new(tx, role, form, sealer)


async def _make_own(
    tx: AsyncSession, role: Party, account: str, form: Mapping[str, Any], sealer: Sealer
) -> UUID:
    """The account's own person.  Two first filings at once make one: the loser finds the winner's.

    What the form says of name and number is kept, sealed, but proves nothing: it never joins this
    party to another with the same number.
    """
    party = await new_party(tx, role.kind, *stated(role, form), sealer, account=account)
    found = party or await own_person(tx, account)
    assert found is not None
    return found


async def _known_or_new(
    tx: AsyncSession, role: Party, form: Mapping[str, Any], sealer: Sealer
) -> UUID:
    name, number = stated(role, form)
    if number is None:
        party = await new_party(tx, role.kind, name, None, sealer)
        assert party is not None
        return party
    index = sealer.index(role.kind, number)
    found = await by_number(tx, role.kind, index)
    found = found or await new_party(tx, role.kind, name, number, sealer)
    found = found or await by_number(tx, role.kind, index)
    assert found is not None
    return found


async def new_party(
    tx: AsyncSession,
    kind: str,
    name: str | None,
    number: str | None,
    sealer: Sealer,
    born_of: UUID | None = None,
    account: str | None = None,
) -> UUID | None:
    """A new party, or None where somebody else made the same one first."""
    party = uuid_utils.compat.uuid7()
    values = (Kind(kind), account, *sealed(party, kind, name, number, sealer), born_of)
    return _first(await driver.fetch(tx, NEW, party, *values))


def sealed(
    party: UUID, kind: str, name: str | None, number: str | None, sealer: Sealer
) -> tuple[str | None, str | None, str | None]:
    """A party's name, its number, and the number's index, as they are stored."""
    return (
        sealer.seal(name, f"party|name|{party}") if name else None,
        sealer.seal(number, f"party|number|{party}") if number else None,
        sealer.index(kind, number) if number else None,
    )


def stated(role: Party, form: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The name and the number that a form gives of whoever stands behind a role."""
    return _text(form, role.name_field), _text(form, role.number_field)


def _text(form: Mapping[str, Any], field: str | None) -> str | None:
    value = form.get(field) if field else None
    return str(value) if value is not None else None


async def give_number(tx: AsyncSession, party: UUID, number: str, index: str) -> None:
    """A party that did not exist yet has been given its number; `number` is sealed for it.

    A party that has a number keeps it, and a number that another party holds is not taken over:
    the result still says what was issued, and an operator sees the two parties side by side.
    """
    taken = select(PARTY.c.id).where(PARTY.c.number_index == index, PARTY.c.account.is_(None))
    if (await tx.execute(taken)).first():
        return
    nameless = [PARTY.c.id == party, PARTY.c.number.is_(None)]
    await tx.execute(update(PARTY).where(*nameless).values(number=number, number_index=index))
