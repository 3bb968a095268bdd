"""The HTTP face of notices: what you have been told."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel
from sqlalchemy import select

from services.bundle.applications.actions import visible_to
from services.bundle.applications.moves import APPLICATION
from services.bundle.notices.actions import NOTICE
from services.bundle.paging import last_seen
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.problems import language
from services.chassis.reading import Cursor, Limit, Page, cursor

Applicant = Annotated[Principal, Depends(Allow("citizen", "clerk"))]

router = APIRouter(tags=["bundle"])

WORDS = {
    "choice": (
        "有事项未获批准：请选择是否继续办理其余事项。",
        "A member was refused: choose whether the others go on.",
    ),
    "amended": (
        "有事项被取消或改革：您的申请从此少交材料、少等环节，无需您做任何事。",
        "An item was retired: your application needs less from now on, and nothing from you.",
    ),
    "completed": ("您的申请已办结。", "Your application is settled."),
    "result": ("有新的办理结果进入您的材料库。", "A new result is in your wallet."),
}


class NoticeView(BaseModel):
    """通知 / One thing you were told; `facts` are codes."""

    id: UUID
    application: UUID
    kind: str
    member: str | None
    text: str
    facts: dict[str, Any]
    made_at: datetime


@router.get("/notices")
async def notices(
    who: Applicant,
    tx: Tx,
    limit: Limit = 50,
    cursor: Cursor = None,
    accept_language: Annotated[str, Header()] = "",
) -> Page[NoticeView]:
    """通知，新的在前 / Your notices, newest first; an agent's while its mandate is in force."""
    of = select(APPLICATION.c.id).where(APPLICATION.c.id == NOTICE.c.application, visible_to(who))
    found = select(NOTICE).where(NOTICE.c.account == who.sub, of.exists())
    if cursor:
        found = found.where(NOTICE.c.id < last_seen(cursor))
    rows = (await tx.execute(found.order_by(NOTICE.c.id.desc()).limit(limit + 1))).all()
    which = 0 if language(accept_language) == "zh" else 1
    shown = [
        NoticeView(
            id=row.id,
            application=row.application,
            kind=row.kind,
            member=row.member,
            text=WORDS[row.kind][which],
            facts=row.facts,
            made_at=row.made_at,
        )
        for row in rows[:limit]
    ]
    return Page(items=shown, next=_next(shown) if len(rows) > limit else None)


def _next(shown: list[NoticeView]) -> str:
    return cursor(shown[-1].id)
