"""Dossiers: what one desk may read, and where it puts the content of what it issues."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import rfc8785
import uuid_utils.compat
from sqlalchemy import Row, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.rules import MemberState, Verdict
from services.bundle.applications.tables import Application, Member
from services.bundle.composition.rules import Dossier, ItemVersion, dossier_fields
from services.bundle.composition.rules.values import Unfit, fit, wanted
from services.bundle.composition.shelf import ITEM_COPY
from services.bundle.dossiers import rules
from services.bundle.dossiers.tables import Disclosure
from services.bundle.parties.actions import give_number
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet.actions import EVIDENCE, EVIDENCE_FILE, RESULT_CONTENT
from services.bundle.wallet.uploads import UPLOAD, Files
from services.chassis.database import table
from services.chassis.errors import Flaw
from services.chassis.identity import Principal

APPLICATION = table(Application)
MEMBER = table(Member)
DISCLOSURE = table(Disclosure)

# A desk reads a dossier once it was asked, and no longer when the applicant took it back.  A stop
# may cross the desk's acceptance, of which we hear later: then it still owes its decision.
READABLE = (
    MemberState.REQUESTED,
    MemberState.ACCEPTED,
    MemberState.GRANTED,
    MemberState.REFUSED,
    MemberState.CANCELLED,
)


async def read(tx: AsyncSession, who: Principal, approval: UUID, sealer: Sealer) -> dict[str, Any]:
    """The fields and evidence that this approval's item declares; the reading is written down."""
    row, application = await _mine(tx, who, approval)
    dossier = _dossier(row, application)
    await _disclose(tx, who, approval, "dossier")
    return {
        "approval": approval,
        "application": application.id,
        "bundle": application.bundle,
        "member": row.member,
        "item": row.ask["item"],
        "item_version": row.ask["item_version"],
        "issues": row.ask["issues"],
        "fields": _fields(dossier, sealer.open_form(application.form, application.id)),
        "evidence": await _evidence(tx, application, dossier, sealer),
        "commitments": [key for key in dossier.materials if application.materials.get(key) == []],
        "registers": list(dossier.registers),
        "spared": row.ask.get("spared", []),
    }


def _dossier(row: Row[Any], application: Row[Any]) -> Dossier:
    return dossier_fields(application.plan, row.member, row.ask.get("spared", ()))


async def file(
    tx: AsyncSession, who: Principal, approval: UUID, upload: UUID, sealer: Sealer, files: Files
) -> tuple[str, bytes]:
    """The media type and bytes of one file of the dossier."""
    row, application = await _mine(tx, who, approval)
    dossier = _dossier(row, application)
    found = await _rows(tx, application, dossier)
    listed = await _files(tx, [one.id for one in found])
    if not any(one.upload == upload for group in listed.values() for one in group):
        raise rules.DossierUnknown()
    await _disclose(tx, who, approval, f"file {upload}")
    media_type = await tx.scalar(select(UPLOAD.c.media_type).where(UPLOAD.c.id == upload))
    return str(media_type), sealer.open_bytes(await files.get(upload), f"upload|{upload}")


async def store_result(
    tx: AsyncSession, who: Principal, approval: UUID, content: Mapping[str, Any], sealer: Sealer
) -> str:
    """Keep the content of what the desk issues (sealed); answers its digest (over RFC 8785).

    The same content again is the same digest.  Another content stands beside it: the decision
    names the one that counts.
    """
    row, _ = await _mine(tx, who, approval, issuing=True)
    version = await _item(tx, row.ask["item"], row.ask["item_version"])
    kind = next(
        (e for e in version["evidence_types"] if e["code"] == version["item"]["issues"]), None
    )
    if kind is None:
        flaw = Flaw("/content", "该事项不颁发结果。", "This item issues nothing.")
        raise rules.ContentFaulty(errors=[flaw])
    cleaned = _cleaned(content, kind["content"], ItemVersion.from_record(version))

    digest = "sha256:" + hashlib.sha256(rfc8785.dumps(cleaned)).hexdigest()
    number = cleaned.get(kind["identifies"]) if kind["identifies"] else None
    index = sealer.index(kind["holder_kind"], number) if number else None
    sealed_number = sealer.seal(str(number), f"party|number|{row.holder}") if number else None
    kept = {
        "approval": approval,
        "digest": digest,
        "content": sealer.seal(orjson.dumps(cleaned).decode(), f"content|{approval}|{digest}"),
        "number": sealed_number,
        "number_index": index,
    }
    await tx.execute(upsert(RESULT_CONTENT).values(kept).on_conflict_do_nothing())
    issued = [EVIDENCE.c.approval == approval, EVIDENCE.c.digest == digest]
    came_first = (await tx.execute(select(EVIDENCE.c.id).where(*issued))).first()
    if came_first and sealed_number and index:
        await give_number(tx, row.holder, sealed_number, index)
    return digest


def _cleaned(
    content: Mapping[str, Any], expected: list[str], version: ItemVersion
) -> dict[str, Any]:
    rules.check_content(content, expected)
    definitions = {field.code: field for field in version.fields}
    cleaned, flaws = {}, []
    for code, value in content.items():
        definition = definitions[code]
        try:
            cleaned[code] = fit(value, definition.type, definition.rule)
        except Unfit:
            flaws.append(Flaw(f"/content/{code}", *wanted(definition.type, definition.rule)))
    if flaws:
        raise rules.ContentFaulty(errors=flaws)
    return cleaned


async def _mine(
    tx: AsyncSession, who: Principal, approval: UUID, issuing: bool = False
) -> tuple[Row[Any], Row[Any]]:
    """The member and application behind an approval of the caller's own department.

    Nobody reads on after a withdrawal; a grant that crossed it still issues its result.
    """
    mine = [MEMBER.c.approval == approval, MEMBER.c.department == who.department]
    row = (await tx.execute(select(MEMBER).where(*mine))).first()
    if row is None or row.state is MemberState.WAITING:
        raise rules.DossierUnknown(retry_after=1)  # it may be about to be requested
    stands = issuing and row.late == Verdict.GRANTED
    if row.requested_at is None or not (row.state in READABLE or stands):
        raise rules.DossierUnknown()
    application = select(APPLICATION).where(APPLICATION.c.id == row.application)
    return row, (await tx.execute(application)).one()


async def _item(tx: AsyncSession, code: str, version: int) -> dict[str, Any]:
    same = [ITEM_COPY.c.code == code, ITEM_COPY.c.version == version]
    record: dict[str, Any] = (
        await tx.execute(select(ITEM_COPY.c.record).where(*same))
    ).scalar_one()
    return record


def _fields(dossier: Dossier, form: Mapping[str, Any]) -> dict[str, Any]:
    """Of a list that the member repeats over, only its own entry."""
    return {
        one.field: [form[one.field][one.entry - 1]] if one.entry else form[one.field]
        for one in dossier.fields
        if one.field in form
    }


async def _evidence(
    tx: AsyncSession, application: Row[Any], dossier: Dossier, sealer: Sealer
) -> list[dict[str, Any]]:
    rows = await _rows(tx, application, dossier)
    files = await _files(tx, [row.id for row in rows])
    contents = await _contents(tx, rows, sealer)
    return [
        {
            "evidence": row.evidence,
            "trust": row.trust,
            "provider": row.provider if row.approval else "applicant",
            "material": row.material,
            "result_number": row.result_number,
            "issuer_number": row.issuer_number,
            "valid_until": row.valid_until,
            "digest": row.digest,
            "content": contents.get(row.approval),
            "files": [
                {
                    "upload": one.upload,
                    "media_type": one.media_type,
                    "size": one.size,
                    "digest": one.digest,
                }
                for one in files.get(row.id, ())
            ],
        }
        for row in rows
    ]


async def _rows(tx: AsyncSession, application: Row[Any], dossier: Dossier) -> list[Row[Any]]:
    """Handed in with this filing, issued on its way by predecessors, or held already."""
    issuers = [member for member, _ in dossier.issued]
    approvals = select(MEMBER.c.approval).where(
        MEMBER.c.application == application.id, MEMBER.c.member.in_(issuers)
    )
    handed_in = (EVIDENCE.c.application == application.id) & EVIDENCE.c.material.in_(
        dossier.materials
    )
    held = EVIDENCE.c.id.in_([UUID(one) for one in dossier.held])
    wanted = or_(handed_in, EVIDENCE.c.approval.in_(approvals), held)
    return list((await tx.execute(select(EVIDENCE).where(wanted).order_by(EVIDENCE.c.id))).all())


async def _files(tx: AsyncSession, evidence: list[UUID]) -> dict[UUID, list[Row[Any]]]:
    found = (
        select(EVIDENCE_FILE, UPLOAD.c.media_type, UPLOAD.c.size, UPLOAD.c.digest)
        .join(UPLOAD, UPLOAD.c.id == EVIDENCE_FILE.c.upload)
        .where(EVIDENCE_FILE.c.evidence.in_(evidence))
        .order_by(EVIDENCE_FILE.c.place)
    )
    grouped: dict[UUID, list[Row[Any]]] = {}
    for row in (await tx.execute(found)).all():
        grouped.setdefault(row.evidence, []).append(row)
    return grouped


async def _contents(
    tx: AsyncSession, rows: list[Row[Any]], sealer: Sealer
) -> dict[UUID, dict[str, Any]]:
    digests = {row.approval: row.digest for row in rows if row.approval}
    found = select(RESULT_CONTENT).where(RESULT_CONTENT.c.approval.in_(digests))
    return {
        row.approval: orjson.loads(sealer.open(row.content, f"content|{row.approval}|{row.digest}"))
        for row in (await tx.execute(found)).all()
        if digests[row.approval] == row.digest
    }


async def _disclose(tx: AsyncSession, who: Principal, approval: UUID, what: str) -> None:
    row = {
        "id": uuid_utils.compat.uuid7(),
        "approval": approval,
        "department": who.department,
        "account": who.sub,
        "what": what,
    }
    await tx.execute(insert(DISCLOSURE).values(row))
