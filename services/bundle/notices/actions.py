"""Tell an applicant something, once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.notices.tables import Notice
from services.chassis import driver
from services.chassis.database import insertion, packed, table
from services.chassis.ticks import moment
from services.contracts import NoticeIssued

NOTICE = table(Notice)
NEW = insertion(NOTICE, NOTICE.c.keys(), strict=True)
Fact = tuple[Any, int, str | None]


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell the accounts behind an application.  `facts` are codes."""

    accounts: Iterable[str]
    application: UUID
    party: UUID
    kind: Any
    facts: Mapping[str, Any]
    member: str | None = None
    correlation: str | None = None


async def tell(tx: AsyncSession, *tellings: Telling) -> list[Fact]:
    """Keep one notice per account; answers the events to record."""
    if not tellings:
        return []
    now = moment(tx)
    rows, facts = [], list[Fact]()
    for one in tellings:
        for account in dict.fromkeys(one.accounts):
            notice = uuid_utils.compat.uuid7()
            about = {"application": one.application, "kind": one.kind, "member": one.member}
            row = {"id": notice, "account": account, "facts": dict(one.facts), "made_at": now}
            rows.append(row | about)
            told = NoticeIssued(notice=notice, party=one.party, **about)
            facts.append((told, 1, one.correlation))
    await driver.execute(tx, NEW, packed(rows))
    return facts
