"""Whether somebody has seen that who filed for a child is its guardian."""

from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition.shelf import BUNDLE_VERSION
from services.bundle.dossiers.rules import RelationUnchecked
from services.bundle.wallet.actions import EVIDENCE

PROVES = ("A", "B")


class Relation(NamedTuple):
    """What shows the relation, under which key it is handed in, and whether it has been seen."""

    evidence: str
    material: str
    proven: bool


async def relation(tx: AsyncSession, member: Row[Any], application: Row[Any]) -> Relation | None:
    """None where the member's holder is nobody's ward."""
    version = [
        BUNDLE_VERSION.c.code == application.bundle,
        BUNDLE_VERSION.c.version == application.bundle_version,
    ]
    parties = await tx.scalar(select(BUNDLE_VERSION.c.record["parties"]).where(*version))
    selected = next(m for m in application.plan["members"] if m["member"] == member.member)
    roles = {party["role"]: party for party in parties or ()}
    ward = roles.get(selected["holder"], {})
    if ward.get("who") != "ward":
        return None
    seen = select(EVIDENCE.c.id).where(
        EVIDENCE.c.party == member.holder,
        EVIDENCE.c.evidence == ward["proved_by"],
        EVIDENCE.c.trust.in_(PROVES),
        EVIDENCE.c.ended_as.is_(None),
        EVIDENCE.c.replaced_for.is_(None),
    )
    proven = (await tx.execute(seen.limit(1))).first() is not None
    return Relation(ward["proved_by"], f"{ward['proved_by']}:{ward['role']}", proven)


async def check_relation(tx: AsyncSession, member: Row[Any], application: Row[Any]) -> None:
    """Nothing is issued to a child before a desk has seen who its guardian is."""
    found = await relation(tx, member, application)
    if found is not None and not found.proven:
        raise RelationUnchecked(material=found.material)
