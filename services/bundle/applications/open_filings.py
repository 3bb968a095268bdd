"""Filings that nobody has decided, of holders the caller may act for: not to be filed twice."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.rules import UNDECIDED
from services.bundle.composition.rules import OpenFiling, Published, subjects_of
from services.bundle.parties.actions import take_turns
from services.chassis import driver

# What is asked of a result ("replaces") is no first filing.
_STATES = ", ".join(f"'{state}'" for state in sorted(UNDECIDED))
OPEN = f"""
    SELECT m.holder, m.member, m.ask ->> 'item' AS item, m.application, a.subjects
    FROM member m JOIN application a ON a.id = m.application
    WHERE m.holder = ANY(%s) AND m.state IN ({_STATES})
      AND NOT m.ask ? 'replaces' AND m.ask ->> 'item' = ANY(%s)
    ORDER BY m.application, m.place
"""
"""For (holders, items), in that order."""
FIND = OPEN % ("$1::uuid[]", "$2::text[]")


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
    parties = list(holders.values())
    if lock:
        await take_turns(tx, parties)
    rows = await driver.fetch(tx, FIND, parties, list(published.items))
    return same_things(published, holders, about, rows)


def same_things(
    published: Published,
    holders: Mapping[str, UUID],
    about: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> list[OpenFiling]:
    """Of the undecided members, those that are about the same thing."""
    found: dict[tuple[str, str], OpenFiling] = {}
    for row in rows:
        if not _same_thing(published, row["item"], about, row["subjects"]):
            continue
        for role in (role for role, party in holders.items() if str(party) == str(row["holder"])):
            one = OpenFiling(row["item"], role, str(row["application"]), row["member"])
            found.setdefault((row["item"], role), one)
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
