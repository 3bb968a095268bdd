"""Dossiers: what one desk may read, and where it puts the content of what it issues."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition.rules import (
    Dossier,
    EvidenceType,
    ItemVersion,
    correctable,
    dossier_fields,
)
from services.bundle.composition.rules.values import Unfit, fit, wanted
from services.bundle.composition.shelf import ITEM_COPY
from services.bundle.corrections import actions as corrections
from services.bundle.dossiers import consulting, rules, supervising
from services.bundle.dossiers.access import disclose, mine, shown
from services.bundle.dossiers.gathering import Corrected, earlier_of, evidence_of, files_of, rows_of
from services.bundle.dossiers.guardians import check_relation, relation
from services.bundle.explanations import actions as explanations
from services.bundle.parties.actions import give_number
from services.bundle.parties.sealing import Sealer
from services.bundle.points.rules import CLOSE
from services.bundle.wallet.actions import EVIDENCE, keep_content
from services.bundle.wallet.uploads import UPLOAD, Files
from services.chassis.errors import Flaw
from services.chassis.identity import Principal


async def read(
    tx: AsyncSession, who: Principal, approval: UUID, sealer: Sealer, now: datetime
) -> dict[str, Any]:
    """The fields and evidence that this approval's item declares; the reading is written down.

    A department that was asked for its opinion reads just what it was shown.
    """
    row, application, asked = await shown(tx, who, approval, now)
    dossier = dossier_of(row, application, asked)
    answers = await corrections.answers_of(tx, application.id)
    form = sealer.open_form(application.form, application.id)
    await disclose(tx, who, row, "dossier")
    return {
        "question": await consulting.question(tx, asked, sealer) if asked else None,
        "opinions": [] if asked else await consulting.opinions(tx, approval, sealer),
        "approval": approval,
        "application": application.id,
        "bundle": application.bundle,
        "member": row.member,
        "item": row.ask["item"],
        "item_version": row.ask["item_version"],
        "issues": row.ask["issues"],
        "fields": _fields(dossier, corrections.form_for(row.member, form, answers, sealer)),
        "evidence": await evidence_of(tx, application, dossier, _corrected(row, answers), sealer),
        "commitments": _promised(application, dossier),
        "signed": [] if asked else await _signed(tx, row, application.commitments),
        "gaps": _gaps(application, dossier),
        "registers": list(dossier.registers),
        "relation": None if asked else await _relation(tx, row, application),
        "spared": row.ask.get("spared", []),
        "replaces": None if asked else await earlier_of(tx, row, sealer),
    }


def dossier_of(row: Row[Any], application: Row[Any], asked: Row[Any] | None = None) -> Dossier:
    whole = dossier_fields(application.plan, row.member, row.ask.get("spared", ()))
    return rules.narrowed(whole, asked.fields, asked.evidence) if asked else whole


def _corrected(row: Row[Any], answers: Iterable[Row[Any]]) -> Corrected:
    after = {one.approval for one in answers if row.member in one.closed}
    return Corrected(frozenset(one.approval for one in answers) - after, frozenset(after))


def _promised(application: Row[Any], dossier: Dossier) -> list[str]:
    """Commitments that are given by naming them; a material that is to come is none."""
    given = application.materials
    return [m for m in dossier.materials if given.get(m) == [] and m not in application.gaps]


async def _relation(
    tx: AsyncSession, member: Row[Any], application: Row[Any]
) -> dict[str, Any] | None:
    found = await relation(tx, member, application)
    return found._asdict() if found else None


def _gaps(application: Row[Any], dossier: Dossier) -> list[dict[str, Any]]:
    """What the applicant may bring later, and by when."""
    return [
        {"material": key, "until": application.gaps[key]["until"]}
        for key in dossier.materials
        if key in application.gaps and application.gaps[key]["came_at"] is None
    ]


async def _signed(
    tx: AsyncSession, member: Row[Any], signed: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The texts that stand in for evidence here, as they were signed."""
    own = [one for one in signed if member.member in one["for"]]
    if not own:
        return []
    version = await _item(tx, member.ask["item"], member.ask["item_version"])
    texts = {text["code"]: text for text in version["item"]["commitments"]}
    return [{**texts[one["code"]], **one, "replaces": _replaced(one, member.member)} for one in own]


def _replaced(signed: Mapping[str, Any], member: str) -> list[str]:
    return [one["material"] for one in signed["replaces"] if one["member"] == member]


async def file(
    tx: AsyncSession,
    who: Principal,
    approval: UUID,
    upload: UUID,
    sealer: Sealer,
    files: Files,
    now: datetime,
) -> tuple[str, bytes]:
    """The media type and bytes of one file of the dossier."""
    row, application, asked = await shown(tx, who, approval, now)
    dossier = dossier_of(row, application, asked)
    answers = await corrections.answers_of(tx, application.id)
    found = await rows_of(tx, application, dossier, _corrected(row, answers))
    listed = await files_of(tx, [one.id for one in found])
    if not any(one.upload == upload for group in listed.values() for one in group):
        raise rules.DossierUnknown()
    await disclose(tx, who, row, f"file {upload}")
    media_type = await tx.scalar(select(UPLOAD.c.media_type).where(UPLOAD.c.id == upload))
    return str(media_type), sealer.open_bytes(await files.get(upload), f"upload|{upload}")


async def store_result(
    tx: AsyncSession,
    who: Principal,
    approval: UUID,
    content: Mapping[str, Any],
    sealer: Sealer,
    now: datetime,
) -> str:
    """Keep the content of what the desk issues (sealed); answers its digest (over RFC 8785).

    The same content again is the same digest.  Another content stands beside it: the decision
    names the one that counts.
    """
    row, application = await mine(tx, who, approval, now, issuing=True, right=CLOSE)
    await check_relation(tx, row, application)
    version = await _item(tx, row.ask["item"], row.ask["item_version"])
    kind = next(
        (e for e in version["evidence_types"] if e["code"] == version["item"]["issues"]), None
    )
    if kind is None:
        flaw = Flaw("/content", "该事项不颁发结果。", "This item issues nothing.")
        raise rules.ContentFaulty(errors=[flaw])
    cleaned = _cleaned(content, kind["content"], ItemVersion.from_record(version))

    type_ = EvidenceType.from_record(kind)
    digest = await keep_content(tx, approval, row.holder, type_, cleaned, sealer)
    issued = [EVIDENCE.c.approval == approval, EVIDENCE.c.digest == digest]
    came_first = (await tx.execute(select(EVIDENCE.c.id).where(*issued))).first()
    number = cleaned.get(type_.identifies) if type_.identifies else None
    if came_first and number:
        sealed = sealer.seal(str(number), f"party|number|{row.holder}")
        await give_number(tx, row.holder, sealed, sealer.index(type_.holder_kind, number))
    return digest


async def explain(
    tx: AsyncSession,
    who: Principal,
    approval: UUID,
    text: str,
    gaps: Mapping[str, str],
    sealer: Sealer,
    now: datetime,
) -> str:
    """Keep what the desk writes to the applicant, or to another department, or a regulator to the
    holder; answers its digest."""
    try:
        row, application, asked = await shown(tx, who, approval, now, issuing=True)
    except rules.DossierUnknown:
        if not await supervising.looks_after(tx, who, approval):
            raise
        rules.check_explained(gaps, ())  # a regulator has no dossier to speak of
        written = {"text": text, "gaps": {}}
        return await explanations.keep(tx, sealer, approval, str(who.department), written)
    spared = {one["evidence"] for one in row.ask.get("spared", ())}
    known = correctable(application.plan, row.member, spared)
    rules.check_explained(gaps, () if asked else {*known.fields, *known.materials})
    written = {"text": text, "gaps": dict(gaps)}
    author = str(asked.department if asked else row.department)
    return await explanations.keep(tx, sealer, approval, author, written)


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
