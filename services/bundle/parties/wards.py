"""Children (被监护人) whose guardians file for them: named by their guardian, known to nobody else.

What a form says of a child's number proves nothing.  So it finds only children whom this account
acts for already: one born of its own application, or one it named before.  Anybody else's child is
as absent as none, and the guardian gets a party of their own, with an empty wallet; a desk sees the
proof of the relation before anything is issued to it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition.rules import Party
from services.bundle.parties import tables
from services.bundle.parties.sealing import Sealer
from services.bundle.parties.tables import Kind, Representative
from services.chassis.database import table

PARTY = table(tables.Party)
REPRESENTATIVE = table(Representative)


async def number_of(tx: AsyncSession, account: str, party: UUID) -> str | None:
    """The index of a ward's number: as it was issued, or as this guardian stated it."""
    known = (
        select(func.coalesce(PARTY.c.number_index, REPRESENTATIVE.c.stated_number))
        .join(REPRESENTATIVE, REPRESENTATIVE.c.party == PARTY.c.id)
        .where(PARTY.c.id == party, REPRESENTATIVE.c.account == account)
    )
    index: str | None = await tx.scalar(known)
    return index


async def named(
    tx: AsyncSession, role: Party, account: str, form: Mapping[str, Any], sealer: Sealer
) -> UUID:
    """The child that this guardian names: one they act for already, or a new party of theirs.

    Two filings at once take turns, so that one child does not become two.
    """
    name, number = form.get(role.name_field or ""), form.get(role.number_field or "")
    index = sealer.index(role.kind, number) if number else None
    if index:
        turn = func.pg_advisory_xact_lock(func.hashtextextended(f"{account}|{index}", 0))
        await tx.execute(select(turn))
        if known := await _known(tx, account, index):
            return known
    party = uuid_utils.compat.uuid7()
    row = {
        "id": party,
        "kind": Kind(role.kind),
        "name": sealer.seal(str(name), f"party|name|{party}") if name else None,
        "number": sealer.seal(str(number), f"party|number|{party}") if number else None,
        "number_index": None,  # stated, not proven: nobody finds the child by it
    }
    await tx.execute(insert(PARTY).values(row))
    stands = {"party": party, "account": account, "stated_number": index}
    await tx.execute(insert(REPRESENTATIVE).values(stands))
    return party


async def _known(tx: AsyncSession, account: str, index: str) -> UUID | None:
    mine = (
        select(PARTY.c.id)
        .join(REPRESENTATIVE, REPRESENTATIVE.c.party == PARTY.c.id)
        .where(REPRESENTATIVE.c.account == account, PARTY.c.kind == Kind.PERSON)
        .where(or_(PARTY.c.number_index == index, REPRESENTATIVE.c.stated_number == index))
        .order_by(PARTY.c.number_index.is_(None), PARTY.c.id)
    )
    found: UUID | None = await tx.scalar(mine.limit(1))
    return found
