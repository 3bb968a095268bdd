"""What an instant approval needs of a filing: facts for its rule, content for its certificate.

The content is made from the form and lies ready, sealed, before approval judges the rule: approval
never sees it, and grants or not by its digest.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.composition.rules import EvidenceType, Plan, Published, names
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet import actions as wallet

SHANGHAI = ZoneInfo("Asia/Shanghai")
DIGITS = 8


async def prepare(
    tx: AsyncSession,
    published: Published,
    agreed: Plan,
    members: list[dict[str, Any]],
    form: Mapping[str, Any],
    sealer: Sealer,
    now: datetime,
) -> None:
    """Add `instant` and `facts` to what is asked of each member that goes the instant way.

    The ordinary way is taken where the applicant did not sign, where the member is one of many, and
    where the certificate says something that the form does not.
    """
    values = {**agreed["answers"], **form}
    for planned, member in zip(agreed["members"], members, strict=True):
        instant = planned["instant"]
        if instant is None or planned["entry"]:
            continue
        signed = _signed(agreed, planned["item"], instant["commitment"])
        kind = published.evidence[planned["issues"]]
        number = _number(instant["number_prefix"], now)
        content = _content(kind, values, number)
        if content is None or (instant["commitment"] and signed is None):
            continue
        reads = {
            code: field.type
            for code, field in published.fields.items()
            if code in names(instant["rule"]) and not field.personal
        }
        approval, holder = member["approval"], member["holder"]
        digest = await wallet.keep_content(tx, approval, holder, kind, content, sealer)
        member["ask"] |= {
            "facts": {code: values[code] for code in reads if code in values},
            "instant": {
                "rule": instant["rule"],
                "reads": reads,
                "acr": instant["acr"],
                "commitment": instant["commitment"],
                "commitment_version": signed["version"] if signed else None,
                "signed": signed["digest"] if signed else None,
                "content": digest,
                "issuer_number": number,
                "validity": instant["validity"],
            },
        }


def _signed(agreed: Plan, item: str, commitment: str | None) -> Mapping[str, Any] | None:
    chosen = (one for one in agreed["commitments"] if one["chosen"])
    return next((c for c in chosen if (c["item"], c["code"]) == (item, commitment)), None)


def _content(kind: EvidenceType, values: Mapping[str, Any], number: str) -> dict[str, Any] | None:
    """All that the certificate says, or nothing where the form leaves some of it open."""
    known = {**values, **({kind.number_field: number} if kind.number_field else {})}
    if any(code not in known for code in kind.content):
        return None
    return {code: known[code] for code in kind.content}


def _number(prefix: str, now: datetime) -> str:
    """The certificate's own number: nobody can count up to another's."""
    drawn = secrets.randbelow(10**DIGITS)
    return f"{prefix}{now.astimezone(SHANGHAI):%Y%m%d}{drawn:0{DIGITS}d}"
