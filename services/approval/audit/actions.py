"""Enter acts, and chain what was entered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.audit import rules, tables
from services.approval.audit.rules import BEGINNING, Entry, Link
from services.approval.audit.signing import Signer
from services.approval.audit.tables import AuditAnchor, AuditEntry, AuditUnlinked
from services.chassis import outbox
from services.chassis.database import insert_all, packed, table
from services.contracts import ChainAnchored

ENTRY = table(AuditEntry)
UNLINKED = table(AuditUnlinked)
LINK = table(tables.AuditLink)
ANCHOR = table(AuditAnchor)

SEQUENCING = 7_102_647
"""The advisory lock that makes one replica's sequencer append to the chain."""
BATCH = 500
ANCHOR_EVERY = 1000
ANCHOR_AFTER = timedelta(minutes=1)
ENTER = text(
    """
    WITH entered AS (
        INSERT INTO audit_entry (id, approval, document, key, signature)
        VALUES (:id, :approval, :document, :key, :signature) RETURNING id
    )
    INSERT INTO audit_unlinked (entry) SELECT id FROM entered
    """
)
# The few that wait are taken first: joined and then limited, all entries may be read for them.
WAITING = select(UNLINKED.c.entry).order_by(UNLINKED.c.entry).limit(BATCH).subquery()
OLDEST = (
    select(ENTRY.c.id, ENTRY.c.document, ENTRY.c.key, ENTRY.c.signature)
    .join(WAITING, WAITING.c.entry == ENTRY.c.id)
    .order_by(WAITING.c.entry)
)
APPEND = insert_all(LINK, ["position", "entry", "digest"], strict=True)
LINKED = text("DELETE FROM audit_unlinked WHERE entry = ANY(CAST(CAST(:ids AS text[]) AS uuid[]))")
LAST = select(LINK.c.position, LINK.c.digest).order_by(LINK.c.position.desc()).limit(1)
LAST_ANCHOR = select(ANCHOR).order_by(ANCHOR.c.position.desc()).limit(1)


def signed(signer: Signer, approval: UUID, document: Mapping[str, Any]) -> dict[str, Any]:
    """The row of an act's entry."""
    canonical = rules.canonical({**document, **signer.remark()})
    key, signature = signer.sign(canonical)
    return {
        "id": uuid_utils.compat.uuid7(),
        "approval": approval,
        "document": canonical.decode(),
        "key": key,
        "signature": signature,
    }


async def enter(tx: AsyncSession, approval: UUID, document: Mapping[str, Any]) -> None:
    """Sign an act and write it down in the transaction that does it."""
    await tx.execute(ENTER, signed(tx.info["signer"], approval, document))


async def sequence(tx: AsyncSession, now: datetime) -> bool:
    """Append what was entered to the chain; true where there may be more.

    Which of two acts comes first in the chain is decided here, not by their clocks.
    """
    if not (await tx.execute(select(func.pg_try_advisory_xact_lock(SEQUENCING)))).scalar():
        return False
    waiting = (await tx.execute(OLDEST)).all()
    last = (await tx.execute(LAST)).first()
    before = (last.position, last.digest) if last else (0, BEGINNING)
    made = rules.links(
        before, [Entry(str(one.id), one.document, one.key, one.signature) for one in waiting]
    )
    if made:
        await tx.execute(APPEND, {"rows": packed([_row(one) for one in made])})
        await tx.execute(LINKED, {"ids": [str(one.id) for one in waiting]})
    after = (made[-1].position, made[-1].digest) if made else before
    await _anchor(tx, after, now)
    return len(waiting) == BATCH


def _row(link: Link) -> dict[str, Any]:
    return {
        "position": link.position,
        "entry": UUID(link.entry.id),
        "digest": link.digest,
    }


async def _anchor(tx: AsyncSession, at: tuple[int, str], now: datetime) -> None:
    """Tell where the chain stands, every so many entries and at the latest after a minute."""
    position, digest = at
    last = (await tx.execute(LAST_ANCHOR)).first()
    known = last.position if last else 0
    due = last is None or now - last.anchored_at >= ANCHOR_AFTER
    if position == known or not (due or position - known >= ANCHOR_EVERY):
        return
    signer: Signer = tx.info["signer"]
    key, signature = signer.sign(rules.anchor_message(position, digest))
    row = {"position": position, "digest": digest, "key": key, "signature": signature}
    await tx.execute(insert(ANCHOR), row | {"anchored_at": now})
    told = ChainAnchored(**row, anchored_at=now)
    await outbox.record(tx, told, version=1)
