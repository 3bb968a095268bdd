"""A result that takes an earlier one's place.

Whoever ends a result locks it before any approval.  So does whoever issues what replaces it: of the
two the one that comes first wins, and neither waits for the other in a circle.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.desk import rules, tables
from services.approval.desk.rules import Filing
from services.approval.desk.tables import Approval
from services.chassis.database import table
from services.contracts import ResultStatement

APPROVAL = table(Approval)
RESULT = table(tables.Result)
EARLIER = (
    select(RESULT)
    .join(APPROVAL, APPROVAL.c.replaces == RESULT.c.number)
    .where(APPROVAL.c.id == bindparam("approval"))
    .with_for_update(of=RESULT)
)


async def hold(tx: AsyncSession, approval: UUID) -> Row[Any] | None:
    """The result that this approval's own is to replace, locked; called before the approval is."""
    return (await tx.execute(EARLIER, {"approval": approval})).first()


def stated(
    row: Any, earlier: Row[Any] | None, result: ResultStatement, today: date
) -> tuple[date, date | None]:
    """From when until when the result is valid; raises where it may not replace the earlier one."""
    if earlier is None:
        return result.valid_from or today, result.valid_until
    filing = Filing(row.filing)
    rules.check_earlier(earlier.ended_as, earlier.replaced_by)
    rules.check_same_content(filing, result.digest, earlier.digest)
    said, before = (
        (result.valid_from, result.valid_until),
        (earlier.valid_from, earlier.valid_until),
    )
    return rules.term(filing, said, before, today)


async def replace(
    tx: AsyncSession, row: Any, earlier: Row[Any] | None, values: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """Mark the earlier one; answers what is told of it.  It keeps its number: the new one may have
    the same of the issuer's own."""
    if earlier is None:
        return {}
    since = rules.replaced_from(values["valid_from"], today)
    gone = update(RESULT).where(RESULT.c.number == earlier.number)
    marks = {"replaced_by": values["number"], "replaced_as": row.filing, "replaced_from": since}
    await tx.execute(gone.values(**marks))
    return {"replaces": earlier.number, "replaced_as": row.filing, "replaced_from": since}
