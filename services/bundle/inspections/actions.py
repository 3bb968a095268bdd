"""Answer what is to be put right, and read what rests on files."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import ColumnElement, Row, RowMapping, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.actions import find
from services.bundle.applications.moves import MEMBER
from services.bundle.dossiers.access import disclose
from services.bundle.dossiers.supervising import SUPERVISED, readable
from services.bundle.explanations import actions as explanations
from services.bundle.inspections import rules, tables
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet.actions import check_uploads
from services.bundle.wallet.rules import DEPARTMENTS
from services.bundle.wallet.uploads import SHOWN, UPLOAD, Files, show
from services.chassis import outbox
from services.chassis.database import table
from services.chassis.identity import Principal
from services.contracts import RectificationAnswered

INSPECTED = table(tables.Inspected)
ANSWER = table(tables.RectificationAnswer)
NEWEST = INSPECTED.c.found_at.desc(), INSPECTED.c.finding.desc()


async def answer(
    tx: AsyncSession,
    who: Principal,
    application: UUID,
    supervision: UUID,
    text: str,
    uploads: Sequence[UUID],
    sealer: Sealer,
    now: datetime,
) -> None:
    """Say what was put right, once for each finding.  The same twice is once."""
    await find(tx, who, application)
    duty = await _duty(tx, application, supervision)
    asked = await _asked(tx, supervision)
    digest = _digest(asked.finding, text, uploads)
    known = select(ANSWER.c.digest).where(ANSWER.c.finding == asked.finding)
    if not rules.check_answer(duty.over, (await tx.execute(known)).scalar(), digest):
        return
    await check_uploads(tx, {"/uploads": uploads}, who.sub)

    before = select(func.count()).select_from(ANSWER).join(INSPECTED)
    n = (await tx.execute(before.where(INSPECTED.c.supervision == supervision))).scalar_one()
    row = {
        "finding": asked.finding,
        "written": sealer.seal(text, place(asked.finding)),
        "digest": digest,
        "uploads": [str(one) for one in uploads],
        "answered_by": who.sub,
        "answered_at": now,
    }
    await tx.execute(insert(ANSWER).values(row))
    await show(tx, asked.approval, uploads, supervision)
    told = RectificationAnswered(
        supervision=supervision,
        finding=asked.finding,
        approval=asked.approval,
        application=application,
        statement=digest,
        uploads=tuple(uploads),
        answered_at=now,
    )
    await outbox.record(tx, told, version=n + 1)


async def _duty(tx: AsyncSession, application: UUID, supervision: UUID) -> Row[Any]:
    """The duty, locked, so that two answers take turns."""
    own = [SUPERVISED.c.supervision == supervision, SUPERVISED.c.application == application]
    row = (await tx.execute(select(SUPERVISED).where(*own).with_for_update())).first()
    if row is None:
        raise rules.RectificationUnknown()
    return row


async def _asked(tx: AsyncSession, supervision: UUID) -> Row[Any]:
    """What was last asked to be put right."""
    asks = [INSPECTED.c.supervision == supervision, INSPECTED.c.verdict == "rectify"]
    found = select(INSPECTED).where(*asks).order_by(*NEWEST).limit(1)
    row = (await tx.execute(found)).first()
    if row is None:
        raise rules.RectificationUnknown()
    return row


def _digest(finding: UUID, text: str, uploads: Sequence[UUID]) -> str:
    """Over the finding, too: equal words about two checks are not seen to be equal."""
    about = {"finding": str(finding), "text": text, "uploads": [str(one) for one in uploads]}
    return "sha256:" + hashlib.sha256(rfc8785.dumps(about)).hexdigest()


def place(finding: UUID) -> str:
    return f"rectification|{finding}"


async def seen_by(
    tx: AsyncSession, who: Principal, approval: UUID, sealer: Sealer
) -> list[dict[str, Any]]:
    """What was found at a grant, in words, for those who look after it; each reading is written
    down."""
    duties = select(SUPERVISED).where(SUPERVISED.c.approval == approval, readable(who))
    mine = (await tx.execute(duties)).all()
    if not mine:
        raise rules.InspectionUnknown()
    await disclose(tx, who, mine[0], "inspections", supervising=True)
    of_these = INSPECTED.c.supervision.in_([row.supervision for row in mine])
    return await told(tx, of_these, sealer)


async def told(
    tx: AsyncSession, which: ColumnElement[bool], sealer: Sealer
) -> list[dict[str, Any]]:
    """Findings with their answers, in words, oldest first."""
    answer = ANSWER.c.written, ANSWER.c.uploads.label("answered_with"), ANSWER.c.answered_at
    found = select(INSPECTED, SUPERVISED.c.over, SUPERVISED.c.proposed, *answer)
    found = found.join(SUPERVISED, SUPERVISED.c.supervision == INSPECTED.c.supervision)
    found = found.outerjoin(ANSWER, ANSWER.c.finding == INSPECTED.c.finding).where(which)
    found = found.order_by(INSPECTED.c.found_at, INSPECTED.c.finding)
    rows = (await tx.execute(found)).mappings().all()
    keys = [(row["approval"], row["explanation"]) for row in rows if row["explanation"]]
    words = await explanations.opened(tx, sealer, keys)
    return [
        {
            **row,
            "explanation": words.get((row["approval"], row["explanation"]), {}).get("text"),
            "answer": _opened(row, sealer),
        }
        for row in rows
    ]


def _opened(row: RowMapping, sealer: Sealer) -> str | None:
    return sealer.open(row["written"], place(row["finding"])) if row["written"] else None


async def file(
    tx: AsyncSession, who: Principal, upload: UUID, sealer: Sealer, files: Files
) -> tuple[str, bytes]:
    """The media type and bytes of an upload: to whom it is, and to whoever may read what rests on
    it.  Each reading by a department is written down."""
    row = (await tx.execute(select(UPLOAD).where(UPLOAD.c.id == upload))).first()
    if row is None:
        raise rules.UploadUnknown()
    # Who has gone to another department leaves the files of the former one behind.
    if row.department or row.account != who.sub:
        about = await _about(tx, who, row)
        await disclose(tx, who, about, f"upload {upload}", supervising=True)
    return row.media_type, sealer.open_bytes(await files.get(upload), f"upload|{upload}")


async def _about(tx: AsyncSession, who: Principal, row: Row[Any]) -> Row[Any]:
    """What the caller's department may read it for; else it is as absent as none."""
    if who.department is None or not DEPARTMENTS.intersection(who.roles):
        raise rules.UploadUnknown()
    desk = select(MEMBER.c.approval).where(MEMBER.c.approval == SHOWN.c.approval)
    duty = select(SUPERVISED.c.supervision).where(SUPERVISED.c.supervision == SHOWN.c.supervision)
    mine = or_(
        SHOWN.c.supervision.is_(None) & desk.where(MEMBER.c.department == who.department).exists(),
        duty.where(readable(who)).exists(),
    )
    shown = select(SHOWN.c.approval).where(SHOWN.c.upload == row.id, mine).limit(1)
    found = (await tx.execute(shown)).first()
    if found is None and row.department != who.department:
        raise rules.UploadUnknown()
    # Its own that nothing rests on yet is read for no approval.
    return found or (await tx.execute(NOTHING)).one()


NOTHING = select(literal(UUID(int=0)).label("approval"))
