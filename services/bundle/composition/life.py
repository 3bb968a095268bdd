"""The HTTP face of a bundle's life: checked, superseded, compared, suspended, copied."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy import select

from services.bundle.composition import actions, views
from services.bundle.composition.bodies import Closed, CopyBody, SuspensionBody
from services.bundle.composition.rules import day_of
from services.bundle.composition.shelf import BundleUnknown
from services.bundle.composition.tables import Bundle, BundleVersion
from services.bundle.composition.views import (
    BundleView,
    CheckView,
    CopyView,
    DifferenceView,
    VersionLine,
    VersionView,
)
from services.chassis.database import Tx
from services.chassis.errors import Flaw
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import ANYONE, Allow, Principal
from services.chassis.reading import BadCursor, Cursor, Limit, Page, cursor, etag, position
from services.chassis.ticks import Now

Bureau = Annotated[Principal, Depends(Allow("bureau"))]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
OldVersion = Annotated[int, Query(ge=1, le=2**31 - 1, alias="from")]
NewVersion = Annotated[int, Query(ge=1, le=2**31 - 1, alias="to")]

router = APIRouter(tags=["bundle"])


class Check(Closed):
    """检查 / Checking needs nothing said."""


@router.get("/bundles/{code}/draft")
async def draft(code: Code, who: Bureau, tx: Tx, response: Response) -> BundleView:
    """草稿 / The draft, with the ETag to change it by."""
    row = await tx.get(Bundle, code)
    if row is None:
        raise BundleUnknown()
    return views.draft(row, response)


@router.post("/bundles/{code}/check")
async def check(code: Code, body: Check, who: Bureau, tx: Tx, now: Now) -> CheckView:
    """发布前检查 / What publishing the draft would say; nothing is published."""
    return views.checked(await actions.check(tx, code, day_of(now)))


@router.put("/bundles/{code}/suspension")
async def suspend(
    code: Code, body: SuspensionBody, who: Bureau, tx: Tx, response: Response, now: Now
) -> BundleView:
    """暂停受理 / From now on nobody can apply for it; what is filed goes on."""
    return views.draft(await actions.suspend(tx, code, body.reason, now), response)


@router.delete("/bundles/{code}/suspension")
async def resume(code: Code, who: Bureau, tx: Tx, response: Response) -> BundleView:
    """恢复受理 / People can apply for it again."""
    return views.draft(await actions.resume(tx, code), response)


@router.post("/bundles/{code}/copies", status_code=201, response_model=CopyView)
async def copy(code: Code, body: CopyBody, who: Bureau, once: OnceOnly) -> Response:
    """复制到另一地区 / A draft for another region, with its items and thresholds replaced."""
    named = body.model_dump(exclude={"code", "items", "thresholds"})

    async def effect() -> CopyView:
        made = await actions.copy(once.tx, code, body.code, body.items, body.thresholds, **named)
        return views.copy(*made)

    return await once(who.sub, effect, 201, headers=_told)


def _told(made: CopyView) -> dict[str, str]:
    return {"location": f"/bundles/{made.code}/draft", "etag": etag(made.version)}


@router.get("/bundles/{code}/versions", dependencies=[ANYONE])
async def versions(
    code: Code, tx: Tx, limit: Limit = 50, cursor: Cursor = None
) -> Page[VersionLine]:
    """各版本，新的在前 / The versions that were ever published, newest first."""
    number = await _published_version(tx, code)
    columns = BundleVersion.version, BundleVersion.published_at
    found = select(*columns).where(BundleVersion.code == code)
    if cursor:
        found = found.where(BundleVersion.version < _after(cursor))
    rows = (await tx.execute(found.order_by(BundleVersion.version.desc()).limit(limit + 1))).all()
    shown = [
        VersionLine(version=v, published_at=at, in_force=v == number) for v, at in rows[:limit]
    ]
    return Page(items=shown, next=_next(shown) if len(rows) > limit else None)


def _next(shown: list[VersionLine]) -> str:
    return cursor(shown[-1].version)


def _after(given: str) -> int:
    number = position(given)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw])
    return int(number)


@router.get("/bundles/{code}/versions/{version}", dependencies=[ANYONE])
async def version(code: Code, version: Version, tx: Tx) -> VersionView:
    """一个版本 / One version, superseded or in force."""
    number = await _published_version(tx, code)
    return views.version(await actions.version(tx, code, version), number)


@router.get("/bundles/{code}/diff", dependencies=[ANYONE])
async def diff(code: Code, tx: Tx, old: OldVersion, new: NewVersion) -> DifferenceView:
    """版本差异 / What changed between two versions, in words."""
    await _published_version(tx, code)
    found = await actions.compare(tx, code, old, new)
    return DifferenceView(code=code, old=old, new=new, changes=views.changes(found))


async def _published_version(tx: Tx, code: str) -> int:
    number = await tx.scalar(select(Bundle.published_version).where(Bundle.code == code))
    if number is None:
        raise BundleUnknown()
    return number
