"""What catalog says of retirements and of who issues what: kept, and looked up for a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Row, String, Table, and_, any_, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition import tables
from services.bundle.composition.rules import Published, Retired, Retirement
from services.bundle.composition.tables import Issuer
from services.chassis.database import table
from services.contracts import ItemRetired

ISSUER = table(Issuer)
RETIREMENT = table(tables.Retirement)
ENDS = ("cancelled", "commitment")
"""The modes after which nobody can apply for the item; after the others it has a next version."""
KEPT = ("version", "mode", "withdrawn", "evidence", "dispositions", "no_longer_asks")


async def keep_retirement(tx: AsyncSession, event: ItemRetired) -> None:
    """Keep what catalog last said of an item's retirement; an older word changes nothing."""
    said = event.model_dump(mode="json")
    row = {name: said[name] for name in KEPT} | {"effective": event.effective}
    await _keep_newer(tx, RETIREMENT, item=event.item, **row)


async def keep_issuer(tx: AsyncSession, item: str, version: int, evidence: str | None) -> None:
    await _keep_newer(tx, ISSUER, item=item, version=version, evidence=evidence)


async def _keep_newer(tx: AsyncSession, table: Table, **row: Any) -> None:
    new = insert(table).values(row)
    changed = {name: new.excluded[name] for name in row if name != "item"}
    newer = table.c.version < new.excluded.version
    await tx.execute(new.on_conflict_do_update(index_elements=["item"], set_=changed, where=newer))


def _in_force(of: Any) -> Any:
    return and_(of.c.withdrawn.is_(False), of.c.effective <= bindparam("today"))


OTHER = RETIREMENT.alias("other")
STILL_ISSUED = exists().where(
    ISSUER.c.evidence == RETIREMENT.c.evidence,
    ~exists().where(
        OTHER.c.item == ISSUER.c.item, OTHER.c.evidence == ISSUER.c.evidence, _in_force(OTHER)
    ),
)
CONCERNING = (
    select(RETIREMENT, STILL_ISSUED.label("still_issued"))
    .where(
        _in_force(RETIREMENT),
        or_(
            RETIREMENT.c.item == any_(bindparam("items", type_=ARRAY(String))),
            RETIREMENT.c.evidence == any_(bindparam("evidence", type_=ARRAY(String))),
        ),
    )
    .order_by(RETIREMENT.c.effective, RETIREMENT.c.item)
)


async def retired(tx: AsyncSession, published: Published, today: date) -> Retired:
    """What of a bundle's items and of the evidence they need is no more on a day."""
    known = {"items": list(published.items), "evidence": list(published.needed)}
    return _retired((await tx.execute(CONCERNING, known | {"today": today})).all())


def _retired(rows: Sequence[Row[Any]]) -> Retired:
    gone = {row.item: _retirement(row) for row in rows if row.mode in ENDS}
    ended = [row for row in rows if row.evidence and not row.still_issued]
    kept = frozenset(
        (item, row.evidence)
        for row in ended
        for one in row.dispositions
        if one["action"] == "keep"
        for item in one["items"]
    )
    return Retired(gone, {row.evidence: _retirement(row) for row in ended}, kept)


def _retirement(row: Row[Any]) -> Retirement:
    return Retirement(row.item, row.mode, row.effective.isoformat())
