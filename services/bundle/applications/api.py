"""The HTTP face of applications: file, follow, hand in later, withdraw, choose."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import actions, filing, live, views
from services.bundle.applications.bodies import FilingBody, HolderBody, Uploads
from services.bundle.applications.filing import Filing, Wish
from services.bundle.applications.later import Earlier
from services.bundle.applications.moves import APPLICATION
from services.bundle.applications.views import ApplicationLine, ApplicationView, ProgressView
from services.bundle.composition.bodies import MATERIAL_KEY, Closed
from services.bundle.composition.rules import FilingIncomplete
from services.bundle.composition.shelf import Shelved
from services.bundle.paging import last_seen
from services.bundle.parties.sealing import Seals
from services.chassis.database import Tx
from services.chassis.errors import Flaw
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Principal
from services.chassis.reading import Cursor, Limit, Page, cursor, etag
from services.chassis.ticks import Now

APPLICANT = Allow("citizen", "clerk")
Applicant = Annotated[Principal, Depends(APPLICANT)]
MemberKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=80)]
MaterialPath = Annotated[str, Path(pattern=MATERIAL_KEY, max_length=120)]

router = APIRouter(tags=["bundle"])


class MaterialBody(Closed):
    """后补材料 / The uploads that make up a material which was to come later."""

    uploads: Uploads = Field(min_length=1)


class WithdrawalBody(Closed):
    """撤回 / Withdrawing needs nothing said."""


class ChoiceBody(Closed):
    """选择 / After a refusal: go on with the others, or stop them."""

    choice: Literal["continue", "stop"]


@router.post("/applications", status_code=201, response_model=ApplicationView)
async def submit(
    body: FilingBody, who: Applicant, once: OnceOnly, shelf: Shelved, sealer: Seals, now: Now
) -> Response:
    """一次申报 / File everything, once.  The departments whose inputs are there start at once.
    What you ask of a result that you hold (延续、变更、补证) is filed here, too.

    409 `plan-changed` carries the new plan, `already-filed` the application that is open; nothing
    was stored.
    """
    whole = filing_of(body)

    async def effect() -> ApplicationView:
        return await filing.submit(once.tx, who, whole, shelf, sealer, now)

    return await once(who.sub, effect, 201, headers=told)


def filing_of(body: FilingBody) -> Filing:
    signed = tuple(one.model_dump() for one in body.commitments)
    chosen = tuple((one["item"], one["code"]) for one in signed)
    form = {code: value for code, value in body.form.items() if value is not None}
    wish = Wish(_bundle(body), body.answers, body.holder.claim(), chosen, _earlier(body))
    return Filing(wish, body.plan, form, body.materials, signed, body.point)


ONE_OF_BOTH = (
    "bundle（一件事）与 replaces（所涉证照）须且只须给出一项。",
    "Give one of both: `bundle`, or `replaces`.",
)
NOT_HERE = (
    "证后业务由持证人本人、其代表或受托代办人提出：除委托（mandate）外无需此项。",
    "What is asked of a result its holder asks: leave this out, but for an agent's `mandate`.",
)


def _bundle(body: FilingBody) -> str:
    """The bundle's code; what is asked of a result goes under its kind's."""
    if (body.bundle is None) is (body.replaces is None):
        raise FilingIncomplete(errors=[Flaw("/bundle", *ONE_OF_BOTH)])
    if body.replaces is not None and body.holder != HolderBody(mandate=body.holder.mandate):
        raise FilingIncomplete(errors=[Flaw("/holder", *NOT_HERE)])
    return body.bundle or (body.replaces.kind if body.replaces else "")


def _earlier(body: FilingBody) -> Earlier | None:
    return Earlier(body.replaces.number, body.replaces.kind) if body.replaces else None


def told(answer: ApplicationView) -> dict[str, str]:
    return {"location": f"/applications/{answer.id}", "etag": etag(answer.version)}


@router.get("/applications")
async def applications(
    who: Applicant, tx: Tx, now: Now, limit: Limit = 50, cursor: Cursor = None
) -> Page[ApplicationLine]:
    """我的办件，新的在前 / Your applications, newest first."""
    columns = (
        APPLICATION.c.id,
        APPLICATION.c.bundle,
        APPLICATION.c.plan["name"].astext.label("name"),
        APPLICATION.c.outcome,
        APPLICATION.c.submitted_at,
        APPLICATION.c.completed_at,
    )
    found = select(*columns).where(actions.visible_to(who, now))
    if cursor:
        found = found.where(APPLICATION.c.id < last_seen(cursor))
    rows = (await tx.execute(found.order_by(APPLICATION.c.id.desc()).limit(limit + 1))).all()
    shown = [ApplicationLine.model_validate(dict(row._mapping)) for row in rows[:limit]]
    return Page(items=shown, next=_next(shown) if len(rows) > limit else None)


def _next(shown: list[ApplicationLine]) -> str:
    return cursor(shown[-1].id)


@router.get("/applications/{application}")
async def show(
    application: UUID, who: Applicant, tx: Tx, sealer: Seals, response: Response
) -> ApplicationView:
    """一个办件 / One application; personal values are masked."""
    row = await actions.find(tx, who, application)
    members = await views.members_of(tx, application)
    view = views.whole(row, members, sealer.open_form(row.form, row.id))
    response.headers["etag"] = etag(view.version)
    return view


@router.put("/applications/{application}/materials/{material}")
async def complete(
    application: UUID,
    material: MaterialPath,
    body: MaterialBody,
    who: Applicant,
    tx: Tx,
    sealer: Seals,
    now: Now,
    response: Response,
) -> ApplicationView:
    """后补容缺材料 / Hand in a material that was left for later.  The same again is the same."""
    await actions.complete(tx, who, application, material, body.uploads, now)
    return await show(application, who, tx, sealer, response)


@router.get("/applications/{application}/progress")
async def progress(application: UUID, who: Applicant, tx: Tx) -> ProgressView:
    """进度 / Where it stands."""
    return await _progress(tx, who, application)


@router.put("/applications/{application}/withdrawal")
async def withdraw(application: UUID, body: WithdrawalBody, who: Applicant, tx: Tx) -> ProgressView:
    """撤回整个办件 / Take it all back.  What is decided stays decided."""
    await actions.withdraw(tx, who, application)
    return await _progress(tx, who, application)


@router.put("/applications/{application}/members/{member}/withdrawal")
async def withdraw_member(
    application: UUID, member: MemberKey, body: WithdrawalBody, who: Applicant, tx: Tx
) -> ProgressView:
    """撤回一个事项 / Take one member back; those that need its result become impossible."""
    await actions.withdraw_member(tx, who, application, member)
    return await _progress(tx, who, application)


@router.put("/applications/{application}/choices/{member}")
async def choose(
    application: UUID, member: MemberKey, body: ChoiceBody, who: Applicant, tx: Tx
) -> ProgressView:
    """选择 / Answer the question that a refusal put to you."""
    await actions.choose(tx, who, application, member, body.choice)
    return await _progress(tx, who, application)


@router.get("/applications/{application}/events", response_class=StreamingResponse)
async def events(
    application: UUID,
    who: Applicant,
    request: Request,
    last_event_id: Annotated[str, Header()] = "",
) -> StreamingResponse:
    """进度流（SSE）/ Live progress: the state now, then each change, until all is settled."""
    async with request.app.state.sessions() as tx:
        row = await actions.find(tx, who, application)
    stream = live.stream(request.app, who, application, live.resumed(last_event_id, row))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _progress(tx: AsyncSession, who: Principal, application: UUID) -> ProgressView:
    row = await actions.find(tx, who, application)
    return views.progress(row, await views.members_of(tx, application))
