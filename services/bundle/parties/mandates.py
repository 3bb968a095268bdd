"""Mandates (委托): a principal lets an agent file for them, and takes that back."""

from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import CompoundSelect, Row, literal, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.parties import rules
from services.bundle.parties.actions import (
    PARTY,
    REPRESENTATIVE,
    by_number,
    new_party,
    own_person,
)
from services.bundle.parties.sealing import Sealer
from services.bundle.parties.tables import Kind, Mandate
from services.chassis.identity import Principal
from services.chassis.ticks import moment


async def grant_mandate(
    tx: AsyncSession,
    who: Principal,
    agent: str,
    bundles: list[str],
    valid_until: datetime,
    number: str | None,
    sealer: Sealer,
) -> Mandate:
    """Let `agent` file for the caller's own person, or for the enterprise of their login."""
    if number is not None and who.enterprise != number:
        raise rules.HolderNotYours("number", *rules.NUMBER)
    if number is None:
        principal = await own_person(tx, who.sub) or await new_party(
            tx, "person", None, None, sealer, account=who.sub
        )
        principal = principal or await own_person(tx, who.sub)
    else:
        index = sealer.index("enterprise", number)
        principal = await by_number(tx, "enterprise", index)
        principal = principal or await new_party(tx, "enterprise", None, number, sealer)
        principal = principal or await by_number(tx, "enterprise", index)
    assert principal is not None
    mandate = Mandate(
        id=uuid_utils.compat.uuid7(),
        principal=principal,
        granted_by=who.sub,
        agent=agent,
        bundles=sorted(set(bundles)),
        valid_until=valid_until,
        created_at=moment(tx),
    )
    tx.add(mandate)
    await tx.flush()
    return mandate


async def revoke_mandate(tx: AsyncSession, who: Principal, mandate: UUID) -> Mandate:
    """From now on the agent may neither file nor read under it; what was filed stays filed."""
    mine = select(Mandate).where(Mandate.id == mandate, Mandate.granted_by == who.sub)
    row = await tx.scalar(mine.with_for_update())
    if row is None:
        raise rules.MandateUnknown()
    if row.revoked_at is None:
        row.revoked_at = moment(tx)
        await tx.flush()
    return row


def holders(mandate: Row[Any]) -> CompoundSelect[Any]:
    """About whose results an agent may ask something: the principal's, and where a person gave the
    mandate those of whom they represent, as their bundles are filed for these too."""
    represented = select(REPRESENTATIVE.c.party).where(
        REPRESENTATIVE.c.account == mandate.granted_by, literal(mandate.kind is Kind.PERSON)
    )
    return union(select(PARTY.c.id).where(PARTY.c.id == mandate.principal), represented)


def applicant(mandate: Row[Any], who: Principal) -> str:
    """Whose own person the applicant is: who gave it for themselves, or who acts for an
    enterprise."""
    return str(mandate.granted_by) if mandate.kind is Kind.PERSON else who.sub
