"""Put evidence into wallets, and say what a wallet holds."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import rfc8785
import uuid_utils.compat
from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition.rules import EvidenceType, Held, Published
from services.bundle.parties.actions import give_number
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet import tables
from services.bundle.wallet.rules import UploadRefused
from services.bundle.wallet.tables import EvidenceFile, ResultContent
from services.bundle.wallet.uploads import UPLOAD
from services.chassis import driver
from services.chassis.database import insertion, packed, table
from services.chassis.errors import Flaw, Unavailable
from services.chassis.ticks import moment

EVIDENCE = table(tables.Evidence)
EVIDENCE_FILE = table(EvidenceFile)
RESULT_CONTENT = table(ResultContent)
PROVIDER = "department:"
"""Begins the provider of what a department issued."""
KEEP = insertion(EVIDENCE, EVIDENCE.c.keys(), returning=["approval"])
KEEP_CONTENT = upsert(RESULT_CONTENT).on_conflict_do_nothing()
NAMED = """
    SELECT approval, digest, number, number_index FROM result_content
    WHERE approval = ANY($1::uuid[]) AND number IS NOT NULL
"""
VALID = """
    SELECT id, party, evidence, trust, subject_index FROM evidence
    WHERE party = ANY(%s) AND evidence = ANY(%s) AND ended_as IS NULL AND replaced_for IS NULL
      AND (valid_until IS NULL OR valid_until >= %s)
      AND (replaced_from IS NULL OR replaced_from > %s)
"""
"""For (owners, types, today, today), in that order."""
HOLD = VALID % ("$1::uuid[]", "$2::text[]", "$3", "$3")
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def held(
    tx: AsyncSession,
    roles: Mapping[str, UUID | None],
    published: Published,
    answers: Mapping[str, Any],
    sealer: Sealer,
) -> list[Held]:
    """Valid evidence in the wallets of the known parties, for this bundle's evidence types."""
    owners = {party: role for role, party in roles.items() if party}
    needed = published.needed
    if not owners or not needed:
        return []
    today = moment(tx).astimezone(SHANGHAI).date()
    rows = await driver.fetch(tx, HOLD, list(owners), list(needed), today)
    return [as_held(row, owners[row["party"]], published, answers, sealer) for row in rows]


def as_held(
    row: Mapping[str, Any],
    role: str,
    published: Published,
    answers: Mapping[str, Any],
    sealer: Sealer,
) -> Held:
    """What a wallet holds, for the thing that the answers name or for none."""
    field = published.evidence[row["evidence"]].subject_field
    same = field and sealer.index("subject", answers.get(field)) == row["subject_index"]
    subject = answers.get(field) if field and same else None
    return Held(str(row["id"]), row["evidence"], role, row["trust"], subject)


async def hand_in(
    tx: AsyncSession,
    application: UUID,
    plan: Mapping[str, Any],
    materials: Mapping[str, Sequence[UUID]],
    parties: Mapping[str, UUID],
    subjects: Mapping[str, str],
    account: str,
    otherwise: UUID,
    corrected_for: UUID | None = None,
) -> None:
    """Put what was uploaded into the wallets it belongs to, at trust level C.

    `otherwise`: the party that owns what may be anyone's.
    """
    named = {f"/materials/{key}": uploads for key, uploads in materials.items()}
    await check_uploads(tx, named, account)
    rows: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    for asked in plan["materials"]:
        given = materials.get(asked["key"], ())
        if asked["kind"] == "commitment" or not given:
            continue
        evidence = uuid_utils.compat.uuid7()
        rows.append(
            {
                "id": evidence,
                "party": parties.get(asked["owner"], otherwise),
                "evidence": asked["evidence"],
                "trust": "C",
                "made_at": moment(tx),
                "subject_index": subjects.get(asked["evidence"]),
                "provider": account,
                "application": application,
                "material": asked["key"],
                "corrected_for": corrected_for,
            }
        )
        files += [
            {"evidence": evidence, "place": place, "upload": upload}
            for place, upload in enumerate(given)
        ]
    if rows:
        await tx.execute(insert(EVIDENCE), rows)
        await tx.execute(insert(EVIDENCE_FILE), files)


async def replace(
    tx: AsyncSession,
    application: UUID,
    materials: Sequence[str],
    held: Sequence[UUID],
    approval: UUID,
) -> None:
    """What an application has under these keys, or held already, serves nobody from now on."""
    here = and_(EVIDENCE.c.application == application, EVIDENCE.c.material.in_(materials))
    serving = update(EVIDENCE).where(or_(here, EVIDENCE.c.id.in_(held)))
    serving = serving.where(EVIDENCE.c.replaced_for.is_(None))
    await tx.execute(serving.values(replaced_for=approval))


async def tie(tx: AsyncSession, application: UUID, subjects: Mapping[str, str]) -> None:
    """Tie what an application brought to other things: evidence type -> the thing's index."""
    for evidence, index in sorted(subjects.items()):
        brought = EVIDENCE.c.application == application, EVIDENCE.c.evidence == evidence
        await tx.execute(update(EVIDENCE).where(*brought).values(subject_index=index))


async def check_uploads(
    tx: AsyncSession, named: Mapping[str, Sequence[UUID]], account: str
) -> None:
    """Refuse what the account has not uploaded.  `named`: by where in the request it stands."""
    wanted = {upload for given in named.values() for upload in given}
    if not wanted:
        return
    mine = [UPLOAD.c.id.in_(wanted), UPLOAD.c.account == account]
    known = set((await tx.execute(select(UPLOAD.c.id).where(*mine))).scalars())
    flaws = [
        Flaw(f"{pointer}/{place}", "没有这个上传文件。", "There is no such upload of yours.")
        for pointer, given in named.items()
        for place, upload in enumerate(given)
        if upload not in known
    ]
    if flaws:
        raise UploadRefused(errors=flaws)


async def keep_content(
    tx: AsyncSession,
    approval: UUID,
    holder: UUID,
    kind: EvidenceType,
    content: Mapping[str, Any],
    sealer: Sealer,
) -> str:
    """Keep what a result says, sealed; answers its digest (over RFC 8785).

    The same content again is the same digest; another content stands beside it.
    """
    digest = "sha256:" + hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()
    number = content.get(kind.identifies) if kind.identifies else None
    kept = {
        "approval": approval,
        "digest": digest,
        "content": sealer.seal(orjson.dumps(content).decode(), f"content|{approval}|{digest}"),
        "number": sealer.seal(str(number), f"party|number|{holder}") if number else None,
        "number_index": sealer.index(kind.holder_kind, number) if number else None,
    }
    await tx.execute(KEEP_CONTENT, kept)
    return digest


async def keep_results(tx: AsyncSession, results: Iterable[Mapping[str, Any]]) -> None:
    """Put issued results into their holders' wallets, at trust level A, each once.

    A result may name its holder's number (a credit code, an ID number): a holder that did not
    exist before has it from now on.
    """
    ours = {"trust": "A", "material": None, "made_at": moment(tx)}
    rows = [{"id": uuid_utils.compat.uuid7(), **ours, **result} for result in results]
    if not rows:
        return
    fresh = {one["approval"] for one in await driver.fetch(tx, KEEP, packed(rows))}
    issued = {row["approval"]: row for row in rows if row["approval"] in fresh}
    if not issued:
        return
    for content in await driver.fetch(tx, NAMED, list(issued)):
        result = issued[content["approval"]]
        if content["digest"] == result["digest"]:
            await give_number(tx, result["party"], content["number"], content["number_index"])


class ResultOnItsWay(Unavailable):
    """Its result has not arrived yet; what happened to it waits for that."""

    zh = "该结果尚未到达，须待其到达。"


async def end_result(tx: AsyncSession, approval: UUID, kind: str, ended_at: datetime) -> None:
    """The result counts no longer: it is not offered or held again.  The first ending holds."""
    same = EVIDENCE.c.approval == approval
    known = await tx.execute(select(EVIDENCE.c.id).where(same).with_for_update())
    if known.first() is None:
        raise ResultOnItsWay()
    ended = update(EVIDENCE).where(same, EVIDENCE.c.ended_as.is_(None))
    await tx.execute(ended.values(ended_as=kind, ended_at=ended_at))


async def replace_result(
    tx: AsyncSession, number: str, by: str, kind: str | None, since: date
) -> None:
    """Another result was issued in its place.  Both are seen; from that day on one serves."""
    same = update(EVIDENCE).where(EVIDENCE.c.result_number == number)
    await tx.execute(same.values(replaced_by=by, replaced_as=kind, replaced_from=since))


async def deliver_result(tx: AsyncSession, approval: UUID, way: str, at: datetime) -> None:
    """The certificate reached its holder; approval says so once."""
    same = update(EVIDENCE).where(EVIDENCE.c.approval == approval)
    known = await tx.execute(
        same.values(delivered_as=way, delivered_at=at).returning(EVIDENCE.c.id)
    )
    if known.first() is None:
        raise ResultOnItsWay()


async def open_result(tx: AsyncSession, evidence: UUID, at: datetime) -> bool:
    """Whether its holder opens it for the first time; of several at once one does."""
    unopened = EVIDENCE.c.id == evidence, EVIDENCE.c.opened_at.is_(None)
    first = update(EVIDENCE).where(*unopened).values(opened_at=at).returning(EVIDENCE.c.id)
    return (await tx.execute(first)).first() is not None
