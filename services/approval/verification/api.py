"""The HTTP face of verification: public, and it tells nothing but what the certificate says."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from services.approval.desk.actions import APPROVAL, RESULT, SHANGHAI
from services.approval.desk.api import Number
from services.approval.desk.rules import Filing, State
from services.approval.desk.rules.codes import fits
from services.approval.verification import rules
from services.approval.verification.rules import Standing
from services.chassis.database import Tx
from services.chassis.identity import ANYONE
from services.chassis.ticks import Now

router = APIRouter(tags=["approval"])


LATER = APPROVAL.alias("later")
RENEWAL = select(LATER.c.id).where(
    LATER.c.replaces == RESULT.c.number,
    LATER.c.filing == Filing.RENEWAL,
    LATER.c.state == State.GRANTED,
    LATER.c.issued_at.is_(None),
)
"""A renewal that is granted, if by silence, and not issued yet."""


class VerificationView(BaseModel):
    """证照查验 / What the holder of a certificate may know: that it is genuine, and in force.

    Not whose it is, nor what it says: compare that with the certificate itself, whose content has
    this digest.
    """

    number: str
    evidence: str
    department: str
    region: str
    standing: Standing
    replaced_as: Filing | None = Field(
        None, description="被何种新证替代 / How it was replaced: renewed, changed, issued again."
    )
    valid_from: date
    valid_until: date | None
    digest: str


@router.get("/results/{number}/verification", dependencies=[ANYONE])
async def verify(
    number: Number,
    tx: Tx,
    now: Now,
    code: Annotated[str, Query(min_length=1, max_length=40)],
) -> VerificationView:
    """证照查验 / Verify a certificate by its number and code (the QR code holds both)."""
    renewed = RENEWAL.exists().label("renewed")
    found = select(RESULT, APPROVAL.c.region, renewed).join(
        APPROVAL, APPROVAL.c.id == RESULT.c.approval
    )
    row = (await tx.execute(found.where(RESULT.c.number == number))).first()
    # One answer for a wrong number and a wrong code: numbers cannot be tried out.
    if row is None or not fits(row.number, row.digest, code):
        raise rules.CertificateUnknown()
    today = now.astimezone(SHANGHAI).date()
    ended = row.ended_as is not None
    term = row.valid_from, row.valid_until
    standing = rules.standing(*term, today, ended, row.replaced_from, row.renewed)
    return VerificationView(
        number=row.number,
        evidence=row.evidence,
        department=row.department,
        region=row.region,
        standing=standing,
        replaced_as=row.replaced_as if standing is Standing.REPLACED else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        digest=row.digest,
    )
