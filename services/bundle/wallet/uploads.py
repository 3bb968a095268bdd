"""Uploads: content checked, hashed, sealed, stored; object first, row second, orphans swept."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlparse
from uuid import UUID

import obstore
import puremagic
import uuid_utils.compat
from fastapi import Depends, FastAPI, Request
from obstore.store import LocalStore, from_url
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.parties.sealing import Sealer
from services.bundle.wallet.rules import check_upload
from services.bundle.wallet.tables import Upload, UploadShown
from services.chassis import outbox
from services.chassis.database import Sessions, table
from services.chassis.ticks import utc
from services.contracts import ExhibitFiled

log = logging.getLogger(__name__)

UPLOAD = table(Upload)
SHOWN = table(UploadShown)
SWEEP_EVERY = 600
ORPHAN_AGE = timedelta(hours=1)
"""An object without a row this old was left by a crash between the two."""


class Files:
    """The object store: a folder (`file:///…`) or S3 (`s3://bucket/prefix`)."""

    def __init__(self, url: str) -> None:
        if url.startswith("file://"):
            folder = Path(urlparse(url).path)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.store: Any = LocalStore(prefix=folder)
        else:
            self.store = from_url(url)

    async def put(self, upload: UUID, content: bytes) -> None:
        await obstore.put_async(self.store, f"uploads/{upload}", content)

    async def get(self, upload: UUID) -> bytes:
        found = await obstore.get_async(self.store, f"uploads/{upload}")
        return bytes(await found.bytes_async())

    async def older_than(self, moment: datetime) -> list[UUID]:
        found = []
        async for batch in obstore.list(self.store, prefix="uploads"):
            found += [
                UUID(one["path"].rpartition("/")[2])
                for one in batch
                if one["last_modified"] < moment
            ]
        return found

    async def delete(self, upload: UUID) -> None:
        await obstore.delete_async(self.store, f"uploads/{upload}")


async def _files(request: Request) -> Files:
    files: Files = request.app.state.files
    return files


Stored = Annotated[Files, Depends(_files)]


async def keep(
    tx: AsyncSession,
    files: Files,
    sealer: Sealer,
    account: str,
    content: bytes,
    department: str | None = None,
) -> dict[str, Any]:
    """Store a file.  Should we die before the row is committed, the sweep removes the object.

    What is a department's is told: others rest their acts on it.
    """
    media_type = check_upload(content, _looks_like(content))
    upload = uuid_utils.compat.uuid7()
    await files.put(upload, sealer.seal_bytes(content, f"upload|{upload}"))
    row = {
        "id": upload,
        "account": account,
        "department": department,
        "digest": "sha256:" + hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "media_type": media_type,
    }
    kept = (await tx.execute(insert(UPLOAD).values(row).returning(UPLOAD.c.made_at))).scalar_one()
    if department:
        told = ExhibitFiled(
            exhibit=upload, department=department, digest=row["digest"], filed_at=kept
        )
        await outbox.record(tx, told, version=1)
    return row


async def show(
    tx: AsyncSession, approval: UUID, uploads: Iterable[UUID], supervision: UUID | None = None
) -> None:
    """From now on whoever may read what rests on these files may read them."""
    about = {"approval": approval, "supervision": supervision}
    rows = [{"upload": one, **about} for one in uploads]
    if rows:
        await tx.execute(upsert(SHOWN).values(rows).on_conflict_do_nothing())


def _looks_like(content: bytes) -> str:
    """The content's own media type; its name and what the sender says do not count."""
    try:
        return str(puremagic.from_string(content, mime=True))
    except (puremagic.PureError, ValueError):
        return ""


async def sweep(app: FastAPI) -> None:
    """Remove objects that no row names, for ever."""
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        try:
            removed = await sweep_once(app.state.files, app.state.sessions, ORPHAN_AGE)
            log.info("orphaned uploads swept", extra={"removed": removed})
        except Exception:
            log.exception("sweep failed, tries again")


async def sweep_once(files: Files, sessions: Sessions, age: timedelta) -> int:
    old = await files.older_than(utc() - age)  # as the store counts, whatever our clock shows
    async with sessions() as session:
        known = set(await session.scalars(select(UPLOAD.c.id).where(UPLOAD.c.id.in_(old))))
    orphans = [upload for upload in old if upload not in known]
    for upload in orphans:
        await files.delete(upload)
    return len(orphans)
