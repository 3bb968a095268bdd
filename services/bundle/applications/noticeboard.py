"""The HTTP face of notices: what you have been told."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field
from sqlalchemy import select

from services.bundle.applications.actions import visible_to
from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.explanations import actions as explanations
from services.bundle.notices.actions import NOTICE
from services.bundle.paging import last_seen
from services.bundle.parties.sealing import Seals
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.problems import language
from services.chassis.reading import Cursor, Limit, Page, cursor
from services.chassis.ticks import Now

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
    "refused": (
        "有事项未获受理或批准：附理由和救济途径。",
        "A member was refused, or not accepted: see why, and how you can appeal.",
    ),
    "correction": (
        "需要您补正：请按说明一次补齐，补齐之日起重新计算受理时间。",
        "Something has to be put right by you: see what, and answer all of it at once.",
    ),
    "suspended": (
        "有事项进入特别程序，所需时间不计入办理期限。",
        "A special procedure has begun; the time it needs is not counted.",
    ),
    "resumed": (
        "特别程序已结束，办理期限继续计算。",
        "The special procedure has ended; the time runs again.",
    ),
    "extended": (
        "经批准，有事项的办理期限延长，理由见说明。",
        "An authority takes more time, with consent: see why.",
    ),
    "expiring": (
        "您的证照即将到期，请在到期前申请延续。",
        "A certificate of yours runs out soon: apply for its renewal before it does.",
    ),
    "ended": (
        "您的一项办理结果已被终止（撤回、撤销、吊销或注销），不再有效，理由见说明。",
        "A result of yours has ended and counts no longer: see how, and on which grounds.",
    ),
    "delivered": (
        "决定书或证照已登记送达；如未收到，请联系该部门。",
        "A decision or certificate is on record as delivered to you; if it was not, say so there.",
    ),
    "deferral_due": (
        "您留待后补的材料即将到期，请在所示日期前补齐。",
        "What you left for later is due soon: hand it in before the day that is shown.",
    ),
    "rectify": (
        "监管检查发现问题：请按说明在期限前整改，并在线回复整改情况。",
        "A check found something: put it right before the last day, and say so here.",
    ),
    "inspection_passed": (
        "监管检查已通过，您无需做任何事。",
        "A check was passed; nothing is needed from you.",
    ),
    "ending_proposed": (
        "监管部门建议终止您的一项办理结果，尚未作出决定；您有权陈述申辩。",
        "A regulator proposes to end a result of yours; nothing is decided, and you may be heard.",
    ),
    "completed": ("您的申请已办结。", "Your application is settled."),
    "result": ("有新的办理结果进入您的材料库。", "A new result is in your wallet."),
}
NEXT = {
    "choice": ("choose", "/api/applications/{application}/choices/{member}"),
    "correction": ("correct", "/api/applications/{application}/corrections"),
    "refused": ("read-remedies", "/api/applications/{application}"),
    "result": ("fetch", "/api/wallet"),
    "expiring": ("renew", "/api/bundles"),
    "deferral_due": ("hand-in", "/api/applications/{application}"),
    "rectify": ("rectify", "/api/applications/{application}/rectifications"),
    "ending_proposed": ("state-your-case", "/api/applications/{application}/rectifications"),
    "ended": ("read-remedies", "/api/applications/{application}"),
}
"""What to do about it, and where; of the other kinds nothing has to be done."""
RENEWING = "/api/wallet/results/{number}/compositions"
"""Where its item's record offers the renewal of a result that runs out."""


class ExplanationView(BaseModel):
    """书面说明 / What the desk wrote to you.  `gaps`: of single fields and materials."""

    text: str
    gaps: dict[str, str]


class NextView(BaseModel):
    """下一步 / What to do next, and where."""

    code: str
    path: str


class NoticeView(BaseModel):
    """通知 / One thing you were told; `facts` are codes.

    Of a refusal, `remedies` among them says how to appeal: with whom, and within how long.
    `explanations`: by member, what its desk wrote to you.
    """

    id: UUID
    application: UUID
    kind: str
    member: str | None
    name: str | None = Field(description="事项名称 / The item's name, where it is about one.")
    text: str
    next: NextView | None = Field(description="下一步；无则不必做什么 / Null: nothing.")
    facts: dict[str, Any]
    explanations: dict[str, ExplanationView]
    made_at: datetime


@router.get("/notices")
async def notices(
    who: Applicant,
    tx: Tx,
    sealer: Seals,
    now: Now,
    limit: Limit = 50,
    cursor: Cursor = None,
    accept_language: Annotated[str, Header()] = "",
) -> Page[NoticeView]:
    """通知，新的在前 / Your notices, newest first; an agent's while its mandate is in force."""
    seen = visible_to(who, now)
    of = select(APPLICATION.c.id).where(APPLICATION.c.id == NOTICE.c.application, seen)
    about = MEMBER.c.application == NOTICE.c.application, MEMBER.c.member == NOTICE.c.member
    name = select(MEMBER.c.ask["item_name"].astext).where(*about).scalar_subquery()
    found = select(NOTICE, name.label("name")).where(NOTICE.c.account == who.sub, of.exists())
    if cursor:
        found = found.where(NOTICE.c.id < last_seen(cursor))
    rows = (await tx.execute(found.order_by(NOTICE.c.id.desc()).limit(limit + 1))).all()
    wanted = [key for row in rows for key in _explained(row).values()]
    written = await explanations.opened(tx, sealer, wanted)
    which = 0 if language(accept_language) == "zh" else 1
    shown = [
        NoticeView(
            id=row.id,
            application=row.application,
            kind=row.kind,
            member=row.member,
            name=row.name,
            text=WORDS[row.kind][which],
            next=_step(row),
            facts=row.facts,
            explanations={
                member: ExplanationView(**written[key])
                for member, key in _explained(row).items()
                if key in written
            },
            made_at=row.made_at,
        )
        for row in rows[:limit]
    ]
    return Page(items=shown, next=_next(shown) if len(rows) > limit else None)


def _step(row: Any) -> NextView | None:
    if row.kind not in NEXT:
        return None
    code, path = NEXT[row.kind]
    if row.kind == "expiring" and row.facts.get("renewable"):
        path = RENEWING.format(number=row.facts["result_number"])
    if row.kind == "deferral_due" and len(row.facts["materials"]) == 1:
        path += "/materials/" + next(iter(row.facts["materials"]))
    return NextView(code=code, path=path.format(application=row.application, member=row.member))


def _explained(row: Any) -> dict[str, explanations.Key]:
    """By member, what its desk wrote."""
    digests = {
        member: one.get("explanation") or (one.get("refusal") or {}).get("explanation")
        for member, one in _members(row).items()
    }
    return {
        member: (UUID(_members(row)[member]["approval"]), digest)
        for member, digest in digests.items()
        if digest
    }


def _members(row: Any) -> dict[str, Any]:
    return dict(row.facts.get("members") or {row.member: row.facts})


def _next(shown: list[NoticeView]) -> str:
    return cursor(shown[-1].id)
