"""Tell an applicant something, once."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.notices.tables import Notice
from services.chassis.database import table
from services.chassis.ticks import moment
from services.contracts import NoticeIssued

NOTICE = table(Notice)
NEW = insert(NOTICE)
Fact = tuple[Any, int, str | None]


async def tell(
    tx: AsyncSession,
    accounts: Iterable[str],
    application: UUID,
    party: UUID,
    kind: Any,
    facts: Mapping[str, Any],
    member: str | None = None,
    correlation: str | None = None,
) -> list[Fact]:
    """Keep one notice per account; answers the events to record."""
    rows = [
        {
            "id": uuid_utils.compat.uuid7(),
            "account": account,
            "application": application,
            "kind": kind,
            "member": member,
            "facts": dict(facts),
            "made_at": moment(tx),
        }
        for account in dict.fromkeys(accounts)
    ]
    await tx.execute(NEW, rows)
    return [
        (
            NoticeIssued(
                notice=row["id"], application=application, party=party, kind=kind, member=member
            ),
            1,
            correlation,
        )
        for row in rows
    ]
