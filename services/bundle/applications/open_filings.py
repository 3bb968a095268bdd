"""Filings that nobody has decided, of holders the caller may act for: not to be filed twice."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ARRAY, String, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.applications.rules import UNDECIDED
from services.bundle.composition.rules import OpenFiling, Published, subjects_of
from services.bundle.parties.actions import PARTY

HOLDERS = any_(bindparam("holders", type_=ARRAY(Uuid)))
LOCK = (
    select(PARTY.c.id)
    .where(PARTY.c.id == HOLDERS)
    .order_by(PARTY.c.id)
    .with_for_update(key_share=True)
)
ITEM = MEMBER.c.ask["item"].astext
OPEN = (
    select(
        MEMBER.c.holder,
        MEMBER.c.member,
        ITEM.label("item"),
        MEMBER.c.application,
        APPLICATION.c.subjects,
    )
    .join(APPLICATION, APPLICATION.c.id == MEMBER.c.application)
    .where(
        MEMBER.c.holder == HOLDERS,
        MEMBER.c.state.in_(UNDECIDED),
        ~MEMBER.c.ask.has_key("replaces"),  # what is asked of a result is no first filing
        any_(bindparam("items", type_=ARRAY(String))) == ITEM,
    )
    .order_by(MEMBER.c.application, MEMBER.c.place)
)


def holders(
    published: Published, roles: Mapping[str, UUID | None], born: bool = True
) -> dict[str, UUID]:
    """Role -> party, of those who hold a member's result by themselves.

    Entries of a list are left out: who a form names is nobody the caller acts for, and what is
    open for them is not told.  `born`: whether a party that came of an application counts.
    """
    wanted = {member.holder for member in published.bundle.members if member.repeat is None}
    kinds = {party.role: party.who for party in published.bundle.parties}
    return {
        role: party
        for role, party in roles.items()
        if party and role in wanted and (born or kinds[role] != "born")
    }


async def find(
    tx: AsyncSession,
    published: Published,
    holders: Mapping[str, UUID],
    about: Mapping[str, str],
    lock: bool = False,
) -> list[OpenFiling]:
    """The oldest open filing for each item and holder, about the same thing.

    `about`: evidence type -> index of the thing it is tied to, as far as that is known.
    """
    if not holders:
        return []
    parties = {"holders": list(holders.values())}
    if lock:
        await tx.execute(LOCK, parties)
    found: dict[tuple[str, str], OpenFiling] = {}
    for row in (await tx.execute(OPEN, parties | {"items": list(published.items)})).all():
        if not _same_thing(published, row.item, about, row.subjects):
            continue
        for role in (role for role, party in holders.items() if party == row.holder):
            one = OpenFiling(row.item, role, str(row.application), row.member)
            found.setdefault((row.item, role), one)
    return list(found.values())


def _same_thing(
    published: Published, item: str, about: Mapping[str, str], theirs: Mapping[str, str]
) -> bool:
    """What an item is tied to decides; one that is tied to nothing is about what its whole filing
    is about: two shops are two things, down to the licence check."""
    tied = subjects_of(published.items[item], published.evidence)
    return all(
        about.get(code) == theirs.get(code)
        for code in tied or theirs.keys() & published.evidence.keys()
    )
