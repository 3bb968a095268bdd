"""Open a certificate for its holder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.moves import MEMBER
from services.bundle.composition.reactions import DEPARTMENT_NAME
from services.bundle.composition.rules import day_of
from services.bundle.composition.shelf import ITEM_COPY
from services.bundle.parties.sealing import Sealer
from services.bundle.points.actions import POINT
from services.bundle.wallet.actions import EVIDENCE, PROVIDER, RESULT_CONTENT, open_result
from services.bundle.wallet.api import parties_of
from services.chassis import outbox
from services.chassis.errors import NotFound
from services.chassis.identity import Principal
from services.chassis.ticks import moment
from services.contracts import ResultOpened


class CertificateUnknown(NotFound):
    """There is no such certificate in a wallet of yours."""

    zh = "您的材料库中没有这份证照。"


@dataclass(frozen=True, slots=True)
class Line:
    """One datum of the certificate, as people read it."""

    name: str
    name_en: str
    value: str


@dataclass(frozen=True, slots=True)
class Certificate:
    title: str
    title_en: str
    item: str
    sealed_by: str
    """Whose e-seal it bears: a department's code, or `point:<code>` of one with its own name."""
    authority: str
    """The name of the authority that decided, as the signed act has it."""
    number: str
    issuer_number: str
    code: str
    digest: str
    valid_from: date
    valid_until: date | None
    ended_as: str | None
    """What ended it, if anything did."""
    lines: tuple[Line, ...]
    replaced_as: str | None = None
    """How it was replaced, where another one counts in its place by now."""


async def open_for(tx: AsyncSession, who: Principal, evidence: UUID, sealer: Sealer) -> Certificate:
    """A result in a wallet that the caller may open, with its content.  Raises CertificateUnknown
    for an upload, for what is somebody else's, and while the content is not there yet.

    The first time, it is told that it was opened: that is how it is delivered electronically."""
    mine = [EVIDENCE.c.id == evidence, EVIDENCE.c.party.in_(parties_of(who, sealer))]
    held = (await tx.execute(select(EVIDENCE).where(*mine))).first()
    if held is None or held.result_number is None:
        raise CertificateUnknown()
    same = [RESULT_CONTENT.c.approval == held.approval, RESULT_CONTENT.c.digest == held.digest]
    kept = (await tx.execute(select(RESULT_CONTENT.c.content).where(*same))).scalar()
    if kept is None:
        raise CertificateUnknown(retry_after=1)
    content = orjson.loads(sealer.open(kept, f"content|{held.approval}|{held.digest}"))
    version = await _version(tx, held.approval)
    await _note_opened(tx, held)
    issuer = await _issuer(tx, held, version["item"])
    return _certificate(held, version, issuer, content, day_of(moment(tx)))


async def _note_opened(tx: AsyncSession, held: Row[Any]) -> None:
    now = moment(tx)
    if held.opened_at is None and await open_result(tx, held.id, now):
        opened = ResultOpened(
            number=held.result_number,
            approval=held.approval,
            application=held.application,
            opened_at=now,
        )
        await outbox.record(tx, opened, version=1)


async def _version(tx: AsyncSession, approval: UUID) -> Any:
    """The item version under which it was issued: it names the fields."""
    ask = (await tx.execute(select(MEMBER.c.ask).where(MEMBER.c.approval == approval))).scalar_one()
    same = [ITEM_COPY.c.code == ask["item"], ITEM_COPY.c.version == ask["item_version"]]
    return (await tx.execute(select(ITEM_COPY.c.record).where(*same))).scalar_one()


async def _issuer(tx: AsyncSession, held: Row[Any], item: Mapping[str, Any]) -> tuple[str, str]:
    """Whose seal it bears, and what the authority is called.

    Who decided: a point in its own name (授权, 下放), or the department where the approval lay in
    the end; where that is the item's own, the record may name another one that issues.
    """
    if held.authority:
        named = select(POINT.c.name).where(POINT.c.code == held.authority)
        return f"point:{held.authority}", (await tx.execute(named)).scalar() or held.authority
    decided = held.provider.removeprefix(PROVIDER)
    own = decided == item["department"]
    return decided, await _name(tx, item.get("issued_by") or decided if own else decided)


async def _name(tx: AsyncSession, department: str) -> str:
    """What the authority is called; its code until we have heard the name."""
    named = select(DEPARTMENT_NAME.c.name).where(DEPARTMENT_NAME.c.code == department)
    return (await tx.execute(named)).scalar() or department


def _certificate(
    held: Row[Any],
    version: Any,
    issuer: tuple[str, str],
    content: dict[str, Any],
    today: date,
) -> Certificate:
    kind = next(one for one in version["evidence_types"] if one["code"] == held.evidence)
    fields = {one["code"]: one for one in version["fields"]}
    gone = held.replaced_from is not None and held.replaced_from <= today
    return Certificate(
        title=kind["name"],
        title_en=kind["name_en"],
        item=version["item"]["name"],
        sealed_by=issuer[0],
        authority=issuer[1],
        number=held.result_number,
        issuer_number=held.issuer_number,
        code=held.verification_code or "",
        digest=held.digest,
        valid_from=held.valid_from,
        valid_until=held.valid_until,
        ended_as=held.ended_as,
        lines=tuple(
            Line(fields[code]["name"], fields[code]["name_en"], _told(fields[code], content[code]))
            for code in kind["content"]
        ),
        replaced_as=held.replaced_as if gone else None,
    )


def _told(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if field["type"] == "choice":
        names = {option["value"]: option["name"] for option in field["rule"]["options"]}
        return str(names.get(value, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
